"""Revising: what an operator changes is checked, marks stay on their sentences, approval is for the words seen."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from koubo.reading import read
from koubo.script.render import RenderedScript, render
from koubo.script.revise import (
    NoSuchPlace,
    Place,
    RevisionRefused,
    approve,
    delete,
    edit,
    move,
    pin,
    restore,
    sections_of,
)
from koubo.script.script import Script
from koubo.script.slots import OFFER_SLOTS, slots_in
from koubo.script.trace import untraced_numbers

FINE = "这个{name}我自己家里天天在用，大家看一下。"


@pytest.fixture
def script(shop, script_of) -> Script:
    found: Script = script_of(shop.brief("cup", seconds=60))
    return found


def texts(script: Script) -> list[str]:
    return [sentence.slotted for row in sections_of(script) for sentence in row]


def offer_place(script: Script) -> Place:
    """Where the first sentence of an offer stands."""
    return next(
        Place(section, number)
        for section, row in enumerate(sections_of(script))
        for number, sentence in enumerate(row)
        if not OFFER_SLOTS.isdisjoint(slots_in(sentence.slotted))
    )


def refused(script: Script, place: Place, text: str) -> set[str]:
    with pytest.raises(RevisionRefused) as refusal:
        edit(script, place, text)
    assert all(one.words and one.why for one in refusal.value.refusals)
    return {one.rule for one in refusal.value.refusals}


def rendered(shop, script: Script, **moment) -> RenderedScript:
    live = shop.live("cup", **moment)
    return render(script, live, live.at, read)


def test_an_edit_takes_the_place_of_one_sentence_and_no_other(script) -> None:
    before = texts(script)
    after = edit(script, Place(0, 0), FINE)
    assert texts(after) == [FINE, *before[1:]]
    assert [s.edited for row in sections_of(after) for s in row] == [True, *[False] * (len(before) - 1)]
    assert texts(script) == before


def test_an_edit_may_be_several_sentences(script) -> None:
    before = texts(script)
    after = edit(script, Place(0, 0), FINE + "来，往前坐一坐。")
    assert texts(after) == [FINE, "来，往前坐一坐。", *before[1:]]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("今天只要九十九块九，快去拍。", "quantity"),
        ("买二送一，大家快去拍。", "quantity"),
        ("这是全网最低价的杯子。", "superlative"),
        ("第一名的口碑，大家放心。", "ordinal"),
        ("喝了能治百病，放心喝。", "unsafe"),
        ("这款手机壳也很好看。", "other_product"),
        ("{price}，大家快去拍。", "offer_slot"),
        ("{you}好，看看{name}。", "unknown_slot"),
        ("看看{name，很好用。", "unknown_slot"),
        ("看看{name}，很好用", "sentence"),
        ("。", "sentence"),
        ("，，，。", "sentence"),
        ("佢哋都话呢个杯好靓。", "language"),
    ],
)
def test_what_may_not_be_said_is_refused_with_rule_words_and_reason(script, text: str, rule: str) -> None:
    assert rule in refused(script, Place(0, 0), text)


def test_a_banned_word_is_refused(shop, script_of) -> None:
    script = script_of(shop.brief("cup", banned=("家人们",)))
    assert refused(script, Place(0, 0), "家人们，看看{name}。") == {"banned"}


def test_a_sentence_of_the_section_is_not_said_twice(script) -> None:
    offers = offer_place(script).section
    row = sections_of(script)[offers]
    assert len(row) > 1
    assert "repeated" in refused(script, Place(offers, 0), row[1].slotted)
    assert "repeated" in refused(script, Place(0, 0), FINE + FINE)


def test_a_planned_offer_may_be_kept_with_words_before_it_but_not_reworded(script) -> None:
    place = offer_place(script)
    planned = sections_of(script)[place.section][place.sentence]
    after = edit(script, place, FINE + planned.slotted)
    assert sections_of(after)[place.section][place.sentence + 1] == planned
    assert "offer_slot" in refused(script, place, "真的，" + planned.slotted)


def test_a_planned_offer_that_was_deleted_may_be_put_back(script) -> None:
    place = offer_place(script)
    planned = sections_of(script)[place.section][place.sentence].slotted
    without = delete(script, place)
    assert planned not in texts(without)
    last = sections_of(without)[0][-1].slotted
    assert planned in texts(edit(without, Place(0, len(sections_of(without)[0]) - 1), last + planned))


def test_every_sentence_of_a_script_may_be_kept_when_words_are_put_before_it(script) -> None:
    for section, row in enumerate(sections_of(script)):
        for number, sentence in enumerate(row):
            after = edit(script, Place(section, number), FINE + sentence.slotted)
            assert texts(after)[texts(after).index(FINE) + 1] == sentence.slotted


def test_no_edit_or_move_makes_a_number_untraced(shop, script) -> None:
    place = offer_place(script)
    after = edit(move(script, place, Place(0, 0)), Place(0, 1), FINE)
    assert untraced_numbers(rendered(shop, after)) == ()


def test_a_move_takes_its_marks_along(script) -> None:
    place = offer_place(script)
    pinned = pin(script, place, True)
    planned = sections_of(pinned)[place.section][place.sentence]
    after = move(pinned, place, Place(0, 1))
    assert sections_of(after)[0][1] == planned and planned.pinned
    assert sorted(texts(after)) == sorted(texts(script))
    back = move(after, Place(0, 1), place)
    assert texts(back) == texts(script)


def test_places_that_are_not_there_are_named(script) -> None:
    sections = len(script.sections)
    for change in (
        lambda: edit(script, Place(sections, 0), FINE),
        lambda: delete(script, Place(0, 99)),
        lambda: delete(script, Place(0, -1)),
        lambda: pin(script, Place(-1, 0), True),
        lambda: move(script, Place(0, 0), Place(sections, 0)),
        lambda: move(script, Place(0, 0), Place(1, 99)),
    ):
        with pytest.raises(NoSuchPlace, match=r"section -?\d+|no section"):
            change()


def test_a_required_phrase_cannot_be_lost(shop, script_of) -> None:
    script = script_of(shop.brief("cup", required=("喝水也要讲究",)))
    place = next(
        Place(section, number)
        for section, row in enumerate(sections_of(script))
        for number, sentence in enumerate(row)
        if "喝水也要讲究" in sentence.slotted
    )
    assert refused(script, place, FINE) == {"required"}
    with pytest.raises(RevisionRefused):
        delete(script, place)
    assert "喝水也要讲究" in "".join(texts(edit(script, place, "家里喝水也要讲究。")))


def test_words_that_change_end_approval_and_a_pin_does_not(script) -> None:
    approved = approve(script, True)
    assert approved.status == "approved" and approve(approved, False) == script
    assert pin(approved, Place(0, 0), True).status == "approved"
    assert edit(approved, Place(0, 0), FINE).status == "draft"
    assert delete(approved, Place(0, 0)).status == "draft"
    assert move(approved, offer_place(script), Place(0, 0)).status == "draft"
    assert edit(approved, Place(0, 0), texts(approved)[0]) == approved


def test_an_earlier_revision_comes_back_as_a_draft(script) -> None:
    approved = approve(script, True)
    changed = edit(approved, Place(0, 0), FINE)
    assert restore(changed, approved) == script


def test_a_pinned_sentence_that_is_not_true_now_is_not_spoken_and_that_is_said(shop, script) -> None:
    place = offer_place(script)
    offer = next(
        Place(place.section, n)
        for n, s in enumerate(sections_of(script)[place.section])
        if set(slots_in(s.slotted)) & {"offer", "deadline"}
    )
    pinned = pin(script, offer, True)
    assert rendered(shop, pinned).warnings == ()
    ended = rendered(shop, pinned, at=shop.live("cup").at + timedelta(hours=5))
    mark = sections_of(pinned)[offer.section][offer.sentence].slotted
    told = [one for one in (*ended.dropped, *ended.rewritten) if one.pinned]
    assert [one.sentence for one in told] == [mark] * len(told) and told
    assert set(ended.warnings) & {"pinned_dropped", "pinned_rewritten"}
    assert "69.9" not in ended.written


def test_a_section_that_was_emptied_says_nothing(shop, script) -> None:
    emptied = script
    for _ in sections_of(script)[-1]:
        emptied = delete(emptied, Place(len(script.sections) - 1, 0))
    after = rendered(shop, emptied)
    assert [s.position for s in after.sections] == list(range(len(script.sections) - 1)) and after.rewritten == ()


def test_a_pin_survives_changes_around_it_and_json(script) -> None:
    last = Place(0, len(sections_of(script)[0]) - 1)
    pinned = pin(script, last, True)
    kept = sections_of(pinned)[0][-1]
    after = Script.from_json(edit(pinned, Place(1, 0), FINE).to_json())
    assert kept in sections_of(after)[0] and kept.pinned
    assert pin(after, last, False).pinned == ()


def test_an_old_script_without_marks_is_read_as_a_draft(script) -> None:
    old = json.loads(script.to_json())
    for name in ("status", "pinned", "edited"):
        del old[name]
    assert Script.from_json(json.dumps(old)) == script
