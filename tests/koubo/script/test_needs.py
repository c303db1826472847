"""Planned lines say only what is so of the product and of what was told before."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from koubo.script.lines import Material, Telling
from koubo.script.needs import given, needs_of, told
from koubo.script.plan import SectionKind, plan
from koubo.script.slots import Slot
from koubo.script.tables import section_lines, words
from koubo.script.wording import wordings

POINTS = {Slot.POINT1, Slot.POINT2, Slot.POINT3, Slot.POINT4, Slot.MATERIAL}


def every_wording() -> list[str]:
    """Every wording of every planned line."""
    return [
        wording
        for roles in section_lines().values()
        for occasions in roles.values()
        for families in occasions.values()
        for lines in families.values()
        for line in lines
        for wording in wordings(line)
    ]


def bare(shop):
    """A cup of which nothing is known, nobody has written, and one kind is sold."""
    known = {"id": "bare", "brief": "", "attributes": {}, "skus": ()}
    shop.products["bare"] = shop.products["cup"].model_copy(update=known)
    return shop.brief("bare", seconds=180)


def planned(brief) -> str:
    return "".join(section.planned for section in plan(brief).sections)


def test_every_word_of_the_table_stands_in_a_line() -> None:
    said = "\n".join(every_wording())
    assert [word for row in words("needs.yaml").values() for word in row if word not in said] == []


def test_of_a_bare_product_no_reviews_no_options_and_no_earlier_words_are_spoken_of(shop) -> None:
    brief = bare(shop)
    assert given(brief) == {"nothing"}
    for seed in range(30):
        text = "".join(
            s.planned for s in plan(replace(brief, request=brief.request.model_copy(update={"seed": seed}))).sections
        )
        assert not re.search("评价里看看|翻评价|选好规格|不同规格|条目|念这么细|我说的这些|前面都讲过", text)


def test_a_product_without_points_is_shown_and_not_told(shop) -> None:
    section = next(s for s in plan(bare(shop)).sections if s.kind is SectionKind.SELLING_POINTS)
    assert needs_of(section.lines[0]) == {"nothing"}
    assert "nothing" not in given(shop.brief("cup"))


def test_words_that_look_back_need_something_told_and_are_few() -> None:
    assert told(frozenset({Slot.POINT1}), 0) == frozenset()
    assert told(frozenset({Slot.POINT1, Slot.POINT2}), 0) == {"points"}
    assert told(frozenset({Slot.POINT1, Slot.POINT2}), 1) == frozenset()
    assert told(frozenset(POINTS), 1) == {"points", "many"}


def test_another_round_is_promised_only_where_one_follows(shop) -> None:
    for seed in range(40):
        short = planned(shop.brief("cup", seconds=60, seed=seed))
        assert "再过一遍" not in short and "后头还会提" not in short


@pytest.mark.parametrize(("persona", "one"), [("专业", "朋友"), ("热情", None)])
def test_a_noun_stands_where_a_noun_must(shop, persona: str, one: str | None) -> None:
    telling = Telling(Material(shop.brief("cup", persona=persona)), 3)
    for number in range(20):
        said = telling._addressed(f"{number}要的{{you}}，哪位{{you_one}}在等？")
        assert not re.search("的(?:大家|各位)，|位.{1,3}们", said), said
        assert one is None or f"哪位{one}" in said
