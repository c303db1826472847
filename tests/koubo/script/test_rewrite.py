"""Rewriting: other words, the same pins, the offers of now."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from koubo.reading import read
from koubo.script.compose import ComposedSection, said_length
from koubo.script.exemplars import Exemplars
from koubo.script.plan import SectionKind
from koubo.script.render import render
from koubo.script.revise import NoSuchPlace, Place, RevisionRefused, approve, edit, move, pin, sections_of
from koubo.script.rewrite import Composers, rewrite
from koubo.script.script import Script
from koubo.script.slots import Slot, slots_in
from koubo.script.trace import untraced_numbers
from tests.koubo.script.conftest import longest

FINE = "这个{name}我自己家里天天在用，大家看一下。"


@pytest.fixture
def script(shop, script_of) -> Script:
    found: Script = script_of(shop.brief("cup", seconds=60))
    return found


def again(script: Script, live, section: int | None = None, writer=None) -> Script:
    return asyncio.run(rewrite(script, live, Composers(writer, longest, Exemplars(())), section))


def texts(script: Script, section: int | None = None) -> list[str]:
    rows = sections_of(script) if section is None else [sections_of(script)[section]]
    return [sentence.slotted for row in rows for sentence in row]


def test_a_rewrite_says_it_in_other_words_and_can_be_done_again(shop, script) -> None:
    live = shop.live("cup")
    after = again(script, live)
    assert texts(after) != texts(script)
    assert again(script, live) == after
    assert again(after, live) != after
    assert after.seed == script.seed + 1 == after.brief.request.seed
    assert untraced_numbers(render(after, live, live.at, read)) == ()


def test_a_rewrite_of_one_section_leaves_the_others(shop, script) -> None:
    after = again(approve(script, True), shop.live("cup"), 1)
    assert [texts(after, n) == texts(script, n) for n in range(len(script.sections))] == [
        n != 1 for n in range(len(script.sections))
    ]
    assert after.status == "draft"


@pytest.mark.parametrize("whole", [True, False])
def test_pinned_sentences_stay_word_for_word_and_marked(shop, script, whole: bool) -> None:
    edited = pin(edit(script, Place(2, 0), FINE), Place(2, 0), True)
    pinned = pin(edited, Place(2, 1), True)
    kept = sections_of(pinned)[2][:2]
    after = pinned
    for _ in range(3):
        after = again(after, shop.live("cup"), None if whole else 2)
        assert sections_of(after)[2][:2] == kept and all(one.pinned for one in kept)
        assert len(set(texts(after, 2))) == len(texts(after, 2))


def test_pins_cost_new_sentences_not_length(shop, script) -> None:
    kind = SectionKind.SELLING_POINTS
    number = next(n for n, section in enumerate(script.sections) if section.kind is kind)
    pinned = script
    for at in range(len(sections_of(script)[number])):
        pinned = pin(pinned, Place(number, at), True)
    after = again(pinned, shop.live("cup"), number)
    was, now = (said_length(script.brief, "".join(texts(one, number))) for one in (script, after))
    assert now <= 1.5 * was


def test_a_pinned_sentence_says_the_facts_it_was_pinned_with(shop, script) -> None:
    place = next(
        Place(n, m)
        for n, row in enumerate(sections_of(script))
        for m, sentence in enumerate(row)
        if Slot.POINT1 in slots_in(sentence.slotted)
    )
    after = again(pin(script, place, True), shop.live("cup"))
    assert after.brief.chosen[Slot.POINT1] == script.brief.chosen[Slot.POINT1]


def test_a_section_that_is_no_longer_planned_is_refused_and_keeps_its_pins_in_a_whole_rewrite(shop, script) -> None:
    once_more = ComposedSection(SectionKind.PROOF, FINE + "来，往前坐一坐。", "planned")
    longer = replace(script, sections=(*script.sections[:-1], once_more, script.sections[-1]))
    number = len(longer.sections) - 2
    with pytest.raises(RevisionRefused, match="nothing_to_say: 'proof'"):
        again(longer, shop.live("cup"), number)
    after = again(pin(longer, Place(number, 0), True), shop.live("cup"))
    assert texts(after, number) == [FINE]
    assert after.sections[-1].kind is SectionKind.CLOSING


def test_a_rewrite_takes_up_a_promotion_that_began(shop, script_of) -> None:
    early = shop.live("cup").at - timedelta(hours=3)
    script = script_of(shop.brief("cup", at=early))
    assert Slot.OFFER not in slots_in("".join(texts(script)))
    assert Slot.OFFER in slots_in("".join(texts(again(script, shop.live("cup")))))


def test_what_is_said_before_is_told_to_the_writer_of_one_section(shop, script, writer_saying) -> None:
    writer = writer_saying([FINE])
    after = again(script, shop.live("cup"), 2, writer)
    (asked,) = writer.asked
    assert asked.said_before == script.brief.filled("".join(texts(script, 0) + texts(script, 1)))
    assert after.sections[2].source == "model" and FINE in texts(after, 2)


def test_a_section_keeps_its_writers_name_when_pins_leave_no_room_for_new_words(shop, script, writer_saying) -> None:
    pinned = script
    for at in range(len(sections_of(script)[0])):
        pinned = pin(pinned, Place(0, at), True)
    words = script.sections[0].slotted
    after = again(pinned, shop.live("cup"), 0, writer_saying([words]))
    assert after.sections[0].source == "planned" and texts(after, 0)[: len(texts(script, 0))] == texts(script, 0)


def test_a_required_phrase_that_was_moved_is_not_lost_by_a_rewrite(shop, script_of) -> None:
    script = script_of(shop.brief("cup", required=("喝水也要讲究",)))
    place = next(
        Place(n, m)
        for n, row in enumerate(sections_of(script))
        for m, sentence in enumerate(row)
        if "喝水也要讲究" in sentence.slotted
    )
    moved = move(script, place, Place(0, 0))
    with pytest.raises(RevisionRefused, match="required"):
        again(moved, shop.live("cup"), 0)
    assert "喝水也要讲究" in "".join(texts(again(moved, shop.live("cup"))))


def test_a_section_that_is_not_there_is_named(shop, script) -> None:
    with pytest.raises(NoSuchPlace, match="section 9"):
        again(script, shop.live("cup"), 9)
