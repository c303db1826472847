"""A rewriting is laid beside its text span by span, and tells nothing about spans around which it changed the text."""

from __future__ import annotations

import time

import pytest

from koubo.reading import lattice, read
from koubo.reading.rewriting import aligned, heard, option_said

TEXT = "618大促，第2件半价，仅售88元！"


def readings(text: str, rewritten: str) -> tuple[str | None, ...]:
    return aligned(text, lattice(text), rewritten)


def test_what_the_rules_say_aligns_with_the_spans_that_they_read() -> None:
    for text in (TEXT, "¥39.9两瓶，i5-13500H，200*230cm，★5%★", "88", "1-2天", "2.4.0", "3月15日20:30见"):
        choices = lattice(text)
        assert readings(text, read(text).spoken) == tuple(choice.options[0].spoken for choice in choices), text


@pytest.mark.parametrize(
    ("rewritten", "expected"),
    [
        ("六一八大促，第二件半价，仅售八十八元！", ("六一八", "二", "八十八元")),
        ("六百一十八大促 第二件半价 仅售八八元", ("六百一十八", "二", "八八元")),
        ("六一八大促，第两件半价，仅售八十八元！", ("六一八", "两", "八十八元")),  # 两 is no option, the rest stands
        ("六一八大促，第二件半价，仅售八十八元！快买", ("六一八", "二", "八十八元！快买")),  # said in its place
        ("大家好，六一八大促，第二件半价，仅售八十八元！", ("大家好，六一八", "二", "八十八元")),
        ("六一八大促，第二条半价，仅售八十八元！", ("六一八", None, None)),  # 件 became 条, beside both spans
        ("六一八大促，第二件", ("六一八", None, None)),  # broken off
        ("", (None, None, None)),
    ],
)
def test_each_span_has_what_stands_in_its_place(rewritten: str, expected: tuple[str | None, ...]) -> None:
    assert [c.written for c in lattice(TEXT)] == ["618", "2", "88元"]
    assert readings(TEXT, rewritten) == expected


def test_spans_side_by_side_are_told_apart_by_their_options() -> None:
    text = "iPhone15 Pro 256GB"
    choices = lattice(text)
    said = [choice.options[-1].spoken for choice in choices]
    rewritten = text
    for choice, reading in reversed(list(zip(choices, said, strict=True))):
        rewritten = rewritten[: choice.start] + reading + rewritten[choice.end :]
    assert [heard(r or "") for r in readings(text, rewritten)] == [heard(s) for s in said]


def test_only_an_option_is_ever_taken_from_a_rewriting() -> None:
    (choice,) = lattice("仅售88块")
    best = choice.options[0]
    assert option_said(choice, f" {best.spoken}。") == best
    assert option_said(choice, "八百八十块") is None


def test_what_is_untouched_is_aligned_from_both_ends() -> None:
    text = "第2件半价。买3斤，送4个，收5元"
    assert readings(text, "第二件半价。买三斤吧，送四个，收五元") == ("二", None, None, "五元")


def test_a_long_rewriting_that_changes_the_end_is_settled_quickly() -> None:
    text = "收2元，买1斤，" * 50 + "好"
    started = time.perf_counter()
    assert readings(text, read(text).spoken[:-1] + "坏")[-3:] == ("一", "两元", None)
    assert time.perf_counter() - started < 5
