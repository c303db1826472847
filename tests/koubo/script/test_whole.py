"""A script stays whole when a sentence of it cannot be said."""

from __future__ import annotations

from koubo.script.plan import SectionKind
from koubo.script.slots import Slot
from koubo.script.tables import words
from koubo.script.whole import keep

HOOK, OFFER, CLOSING = SectionKind.HOOK, SectionKind.OFFER, SectionKind.CLOSING
ALWAYS = {Slot.NAME, Slot.PRICE}


def test_nothing_changes_where_everything_can_be_said() -> None:
    sentences = ("来，看价格，{price}。", "另外，{gift}。")
    kept = keep(OFFER, sentences, {*ALWAYS, Slot.GIFT})
    assert kept.said == sentences and not kept.dropped and not kept.rewritten


def test_an_offer_that_ended_leaves_the_price_in_its_place() -> None:
    kept = keep(OFFER, ("{activity}价我直接报，{offer}。", "另外，{gift}。", "付款前看一眼。"), {*ALWAYS, Slot.GIFT})
    assert kept.said == (words("whole.yaml")["offer"][0], "另外，{gift}。", "付款前看一眼。")
    assert kept.rewritten[0][0] == "{activity}价我直接报，{offer}。" and not kept.dropped


def test_the_first_sentence_of_an_offer_is_replaced_even_where_the_price_is_said_later() -> None:
    kept = keep(OFFER, ("账是这么算的，{offer}。", "还有{activity}。", "页面上写着，{price}。"), ALWAYS)
    assert "{price}" in kept.said[0] and kept.said[1:] == ("页面上写着，{price}。",)
    assert [sentence for sentence, _ in kept.dropped] == ["还有{activity}。"]


def test_an_opening_names_the_product_and_a_closing_calls() -> None:
    hook = keep(HOOK, ("动作快的准备好，有{activity}，轮到{name}了。", "先听完再决定拍不拍，不着急。"), ALWAYS)
    assert "{name}" in hook.said[0] and hook.said[1].startswith("先听完")
    closing = keep(CLOSING, ("还有没拍的吗？", "{stock}，要{name}的抓紧下单。", "谢谢大家。"), ALWAYS)
    assert closing.said == ("还有没拍的吗？", words("whole.yaml")["closing"][0], "谢谢大家。")


def test_a_closing_that_still_calls_only_loses_its_sentence() -> None:
    kept = keep(CLOSING, ("要的直接拍。", "{stock}，要的话抓紧点。"), ALWAYS)
    assert kept.said == ("要的直接拍。",) and len(kept.dropped) == 1 and not kept.rewritten


def test_nothing_goes_on_from_what_is_lost() -> None:
    kept = keep(SectionKind.SELLING_POINTS, ("先说这个，{point1}。", "还有啊，{point2}。"), {Slot.POINT2})
    assert kept.said == ("{point2}。",)
    assert [sentence for sentence, _ in kept.rewritten] == ["还有啊，{point2}。"]
    assert keep(SectionKind.PROOF, ("{review}。",), ALWAYS).said == ()


def test_what_stands_in_varies() -> None:
    first, second = (keep(OFFER, ("{offer}。",), ALWAYS, variant).said[0] for variant in (0, 1))
    assert first != second


def test_every_stand_in_can_always_be_said_and_is_what_its_section_needs() -> None:
    table = words("whole.yaml")
    for kind in (HOOK, OFFER, CLOSING):
        for stand_in in table[kind]:
            assert keep(kind, (stand_in,), ALWAYS).said == (stand_in,)
            assert any(need in stand_in for need in table[f"{kind}_needs"])
