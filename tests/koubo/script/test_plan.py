"""Planned sections: length, order, variety, and nothing in them that is not a slot."""

from __future__ import annotations

import re

import pytest

from koubo.reading import read
from koubo.rubric.safety import find_breaches
from koubo.script.numerals import find_numbers
from koubo.script.pace import pace_of, spoken_length
from koubo.script.plan import SectionKind, plan
from koubo.script.render import render, sentences_of
from koubo.script.slots import SLOT, Slot
from koubo.script.tables import section_lines
from koubo.script.wording import wordings


def lines() -> list[str]:
    """Every wording of every planned line."""
    return [
        wording
        for roles in section_lines().values()
        for occasions in roles.values()
        for families in occasions.values()
        for texts in families.values()
        for line in texts
        for wording in wordings(line)
    ]


def test_no_planned_line_makes_a_claim_of_its_own() -> None:
    for line in lines():
        free = re.sub("{[a-z_0-9]+}", "□", line)
        assert not find_numbers(free), line
        assert not find_breaches(free), line
        assert line[-1] in "。！？", line
        assert "活动" not in free, f"{line}: said while nothing runs; use {{activity}}"


def test_every_slot_of_a_planned_line_is_known() -> None:
    known = {*Slot, "you", "you_one", "point", "review", "answer"}
    for line in lines():
        assert set(re.findall("{([^}]*)}", line)) <= known, line


@pytest.mark.parametrize("seconds", [15, 30, 60, 120, 300, 600])
def test_the_length_asked_for_is_the_length_spoken(example_shop, script_of, seconds: int) -> None:
    off = []
    for product_id in list(example_shop.products)[::3]:
        live = example_shop.live(product_id)
        script = script_of(example_shop.brief(product_id, seconds=seconds))
        spoken = render(script, live, live.at, read).spoken
        off.append(abs(spoken_length(spoken) / pace_of("热情").overall / seconds - 1))
    assert max(off) <= 0.15


def test_sections_come_in_order_and_short_scripts_leave_some_out(shop) -> None:
    kinds = [section.kind for section in plan(shop.brief("cup", seconds=60)).sections]
    assert kinds == list(SectionKind)
    short = [section.kind for section in plan(shop.brief("cup", seconds=10)).sections]
    assert short == [SectionKind.HOOK, SectionKind.OFFER, SectionKind.CLOSING]


def test_a_last_call_is_heavier_on_the_offer_and_no_hook_is_long(example_shop) -> None:
    def seconds(occasion: str, kind: SectionKind) -> float:
        sections = plan(example_shop.brief("b02", seconds=90, occasion=occasion)).sections
        return sum(section.seconds for section in sections if section.kind is kind)

    assert seconds("last_call", SectionKind.OFFER) > 1.5 * seconds("opening", SectionKind.OFFER)
    assert seconds("flash_sale", SectionKind.OFFER) > 1.5 * seconds("single_product", SectionKind.OFFER)
    assert max(seconds(occasion, SectionKind.HOOK) for occasion in ("single_product", "last_call")) <= 11


def test_no_sentence_returns_and_offers_are_never_the_models(example_shop) -> None:
    for product_id in example_shop.products:
        sections = plan(example_shop.brief(product_id, seconds=180)).sections
        said = [sentence for section in sections for sentence in sentences_of(section.planned)]
        assert len(said) == len(set(said))
        assert not any(s.written_by_model for s in sections if s.kind is SectionKind.OFFER)


def test_a_seed_gives_the_same_words_and_another_seed_others(shop) -> None:
    def planned(seed: int) -> str:
        return "".join(s.planned for s in plan(shop.brief("cup", seed=seed)).sections)

    assert planned(3) == planned(3)
    assert len({planned(seed) for seed in range(20)}) == 20


def test_required_phrases_are_said_and_banned_ones_are_not(shop) -> None:
    brief = shop.brief("cup", required=("记得找客服备注颜色",), banned=("小黄车",))
    text = "".join(s.planned for s in plan(brief).sections)
    assert "记得找客服备注颜色。" in text
    assert "小黄车" not in text


@pytest.mark.parametrize(
    ("request_", "bad"),
    [
        ({"required": ("今天只要九块九",)}, "九块九"),
        ({"required": ("{stock}快抢",)}, "{"),
        ({"required": ("国家级品质",)}, "国家级"),
        ({"audience": "只要9块9的宝妈"}, "9"),
        ({"audience": "免费领杯刷的姐妹"}, "audience.*免费"),
        ({"required": ("全店包邮",)}, "required.*包邮"),
        ({"required": ("加薇我聊",)}, "required.*加薇"),
        ({"required": ("比虎牌的好用",)}, "required.*比虎牌"),
        ({"required": ("这杯子防摔",)}, "required.*防摔"),
        ({"required": ("孕妇也放心",)}, "required.*孕妇"),
    ],
)
def test_what_a_request_gives_to_be_spoken_holds_no_number_slot_or_forbidden_word(shop, request_, bad) -> None:
    with pytest.raises(ValueError, match=bad):
        shop.brief("cup", **request_)


def test_a_product_with_nothing_but_a_price_still_has_a_script(shop) -> None:
    bare = shop.products["cup"].model_copy(update={"id": "bare", "brief": "", "attributes": {}, "brand": None})
    shop.products["bare"] = bare
    sections = plan(shop.brief("bare")).sections
    assert {SectionKind.HOOK, SectionKind.OFFER, SectionKind.CLOSING} <= {s.kind for s in sections}
    assert all(SLOT.sub("", s.planned) for s in sections)
