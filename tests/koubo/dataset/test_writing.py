"""Rows that teach writing: checked for their own product, varied, and none of a held-out product."""

from __future__ import annotations

import json
import random
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from koubo.catalog.build import tables_of
from koubo.catalog.live import EMPTY
from koubo.catalog.pictures import NO_PICTURES
from koubo.catalog.snapshot import Snapshot
from koubo.catalog.store import CatalogView
from koubo.catalog.tables import load_catalog
from koubo.dataset.drafts import pattern_of, sentences, spoken_noun
from koubo.dataset.rows import DatasetError, write_jsonl
from koubo.dataset.writing import (
    Selection,
    Sold,
    Written,
    held_out_briefs,
    held_out_json,
    load_held_out,
    split,
    written_for,
)
from koubo.script.alike import alike
from koubo.script.check import check_free_text
from koubo.script.exemplars import load_exemplars
from koubo.script.plan import MODEL_SECTIONS
from koubo.script.slots import OFFER_SLOTS, slots_in

EXAMPLES = Path(__file__).parents[3] / "examples"
EVENING = datetime(2026, 11, 11, 20, tzinfo=timezone(timedelta(hours=8)))


@pytest.fixture(scope="module")
def products() -> list[Sold]:
    catalog = load_catalog(EXAMPLES / "catalog")
    view = CatalogView(Snapshot("examples", tables_of(catalog, NO_PICTURES)), EMPTY)
    return [Sold(f"examples/{product.id}", view.product(product.id, EVENING)) for product in catalog.products]


@pytest.fixture(scope="module")
def written(products: list[Sold]) -> list[Written]:
    exemplars = load_exemplars(EXAMPLES / "speech" / "host_lines.jsonl")
    return [one for sold in products for one in written_for(sold, exemplars, 1, 17)]


def test_every_completion_passes_the_check_of_its_product_and_asks_only_for_slots_it_is_offered(
    written: list[Written],
) -> None:
    assert {one.section.kind for one in written} == MODEL_SECTIONS
    assert {one.draft.style for one in written} == {"planned", "woven", "host"}
    for one in written:
        row = one.row()
        assert check_free_text(row.completion, one.brief) == ()
        assert not set(slots_in(row.completion)) & OFFER_SLOTS
        offered = row.prompt.split("可用：")[1].split("\n")[0]
        assert all("{" + slot + "}" in offered for slot in slots_in(row.completion))
        assert one.brief.short_name in row.prompt


def test_the_same_seed_writes_the_same_and_another_seed_something_else(products: list[Sold]) -> None:
    texts = [[one.draft.text for one in written_for(products[0], (), 2, seed)] for seed in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]


def test_those_who_look_for_such_a_product_are_spoken_to(written: list[Written]) -> None:
    named = [one for one in written if (noun := spoken_noun(one.brief)) and noun in one.draft.text]
    assert 0.2 < len(named) / len(written) < 0.9


def test_a_pattern_leaves_out_address_noun_and_number() -> None:
    said = ("想买保温杯的家人们看我手上这个，{point1}。", "各位看我手上这个，{point4}。")
    assert len({pattern_of(one, "保温杯") for one in said}) == 1
    assert pattern_of("合适就去拍。", "保温杯") != pattern_of("要的直接拍。", "保温杯")


def test_a_selection_takes_nothing_twice_and_no_sentence_too_often(written: list[Written]) -> None:
    selection = Selection(per_section=15, repeats=2)
    for one in random.Random(0).sample(written, len(written)):
        if selection.wants(one):
            selection.take(one)
    texts = [one.draft.text for one in selection.taken]
    assert len(set(texts)) == len(texts)
    assert max(selection.sections.values()) == 15
    said = [
        {pattern_of(sentence, spoken_noun(one.brief)) for sentence in sentences(one.draft.text)}
        for one in selection.taken
    ]
    assert max(sum(pattern in each for each in said) for pattern in set().union(*said)) == 2


def test_held_out_products_and_products_nearly_like_them_are_not_trained_on(products: list[Sold]) -> None:
    again = [Sold(f"copy/{sold.source}", sold.live) for sold in products]
    parts = split([*products, *again], 0.2, 17)
    assert len(parts.held_out) == round(0.4 * len(products))
    assert len(parts.trained) + len(parts.held_out) + len(parts.near) == 2 * len(products)
    assert parts.near
    for sold in parts.trained:
        assert not any(alike(sold.title, other.title) for other in parts.held_out)


def test_held_out_briefs_are_read_as_they_were_written_and_a_broken_one_is_named(
    products: list[Sold], tmp_path: Path
) -> None:
    held_out = held_out_briefs(products[:3], 17)
    path = write_jsonl(tmp_path / "held_out.jsonl", map(held_out_json, held_out))
    assert list(load_held_out(path)) == held_out
    row = json.loads(path.read_text("utf-8").splitlines()[1])
    del row["brief"]["title"]
    write_jsonl(path, [row])
    with pytest.raises(DatasetError, match=r"held_out.jsonl: line 1: (?s:.*)title"):
        load_held_out(path)
