from itertools import combinations

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from data_jobs.clustering.candidate_pairs import COMMON, candidate_pairs
from data_jobs.clustering.fingerprint import FINGERPRINT
from data_jobs.clustering.grouped_pages import load_pages
from data_jobs.clustering.near_duplicates import best_first, leaders, same_pairs, tiers
from data_jobs.clustering.same_page import never
from tests.data_jobs.drawn_pages import LINES, PRICE, drawing, ocr_lines, row

PRICES = ("¥79.9", "¥99.9", "¥99", None)
CUTS = ((0, 600), (24, 600), (0, 512), (24, 512))
"""Where a crop begins at the left and ends at the bottom: 512 is above the price."""


def variant(image_id: str, price: str | None, cut: tuple[int, int]) -> dict[str, object]:
    lines = [*LINES[:2], *([(price, PRICE[1], PRICE[2])] if price else [])]
    shown = [line for line in lines if line[1][1] + line[2] <= cut[1]]
    image = drawing(1, lines).crop((cut[0], 0, 600, cut[1]))
    return row(image_id, image, ocr_lines(shown, left=cut[0]))


VARIANTS = {(price, cut): variant("", price, cut) for price in PRICES for cut in CUTS}


def groups(rows: list[dict[str, object]]) -> dict[str, str]:
    table = best_first(pl.DataFrame(rows, schema=FINGERPRINT))
    pairs = candidate_pairs(table).to_numpy()
    same = same_pairs(pairs, lambda wanted: load_pages(table, wanted), never)
    ids = table["image_id"].to_list()
    return dict(zip(ids, (ids[i] for i in leaders(same, table["offers"].to_list(), tiers(table))), strict=True))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PRICES), st.sampled_from(CUTS)), min_size=2, max_size=8), st.randoms())
def test_no_group_ever_holds_two_prices_whatever_crops_lie_between(made: list, random: object) -> None:
    rows = [{**VARIANTS[of], "image_id": f"{i}"} for i, of in enumerate(made)]
    found = groups(rows)
    printed = {str(i): price for i, (price, cut) in enumerate(made) if cut[1] == 600}
    for a, b in combinations(printed, 2):
        if found[a] == found[b]:
            assert printed[a] == printed[b]
    random.shuffle(rows)  # type: ignore[attr-defined]
    assert groups(rows) == found


def test_copies_of_one_offer_are_one_group_named_after_the_best() -> None:
    rows = [{**VARIANTS["¥99", cut], "image_id": name} for name, cut in zip("dcba", CUTS, strict=True)]
    assert set(groups(rows).values()) == {"d"}
    rows[0]["usable"] = False
    assert set(groups(rows).values()) == {"c"}


def test_a_crop_that_may_be_of_either_price_stays_alone() -> None:
    whole = CUTS[0]
    rows = [variant("a", "¥79.9", whole), variant("b", "¥99", whole), variant("c", "¥99", CUTS[3])]
    assert groups(rows) == {"a": "a", "b": "b", "c": "c"}
    assert groups(rows[1:]) == {"b": "b", "c": "b"}


def test_pages_alone_are_their_own_group() -> None:
    rows = [row("a", drawing(1), ocr_lines()), row("b", drawing(2), ocr_lines()), row("c", drawing(3), [])]
    assert groups(rows) == {"a": "a", "b": "b", "c": "c"}


@settings(deadline=None)
@given(
    st.integers(2, 12).flatmap(
        lambda n: st.tuples(
            st.lists(st.sampled_from(["", "79", "99", "79 99"]), min_size=n, max_size=n),
            st.sets(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=40),
        )
    )
)
def test_members_of_a_group_have_equal_offers_or_were_compared(case: tuple[list[str], set[tuple[int, int]]]) -> None:
    offers, drawn = case
    edges = sorted({(a, b) for a, b in drawn if a < b})
    found = leaders(np.array(edges, np.uint32).reshape(-1, 2), offers, [page // 3 for page in range(len(offers))])
    for a, b in combinations(range(len(offers)), 2):
        if found[a] == found[b]:
            assert offers[a] == offers[b] or (a, b) in edges
    assert all(found[leader] == leader for leader in found)


def words(lists: list[list[int]], offers: list[str]) -> pl.DataFrame:
    return pl.DataFrame({"words": lists, "offers": offers}, schema={"words": pl.List(pl.UInt32), "offers": pl.String})


def test_candidates_share_two_words() -> None:
    table = words([[1, 2, 3], [2, 3, 4], [3, 4, 9], [8]], ["", "5", "", ""])
    assert candidate_pairs(table).rows() == [(0, 1), (1, 2)]
    assert candidate_pairs(table, shards=3).rows() == [(0, 1), (1, 2)]


def test_what_many_pages_share_brings_the_same_offers_together_and_stays_linear() -> None:
    many = 5 * COMMON
    table = words([[1, 2]] * many, ["99" if i % 2 else "79" for i in range(many)])
    found = candidate_pairs(table).rows()
    assert found == [(a, b) for a in (0, 1) for b in range(a + 2, many, 2)]


def test_a_table_without_pairs_is_empty() -> None:
    assert candidate_pairs(words([[1], [2], []], ["", "", ""])).is_empty()
