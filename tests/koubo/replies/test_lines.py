"""The lines: of every case there are some, they claim nothing, and a wrong one is named."""

from __future__ import annotations

import pytest

from koubo.replies.lines import Case, checked_lines, line, line_problems
from koubo.script.slots import Slot


def test_the_lines_of_the_package_are_right() -> None:
    assert set(checked_lines()) == {*Case}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{name}只要9元。", "holds the number"),
        ("{name}是全网最低价。", "breaks"),
        ("{name}{prize}。", "no slot"),
        ("{name}", "whole sentences"),
        ("好。好。好。", "whole sentences"),
        ("加微信问我，{name}。", "guard would withhold"),
    ],
)
def test_a_line_with_a_claim_of_its_own_is_refused(text: str, problem: str) -> None:
    lines = {**checked_lines(), Case.FACT: {"any": ("{answer}。", "{name}，{answer}。", text)}}
    assert any(problem in found and text in found for found in line_problems(lines))


def test_a_missing_an_unknown_and_a_thin_case_are_named() -> None:
    lines = {**checked_lines(), "weather": {"any": ("好。",) * 3}, Case.OPEN: {"any": ("我问一下。",)}}
    del lines[Case.STOCK]
    assert set(line_problems(lines)) == {"stock: is missing", "weather: no such case", "open: needs 3 lines for `any`"}


def test_a_line_whose_slots_have_no_value_is_passed_over() -> None:
    said = {line(Case.DISCOUNT_OFFER, "热情", (seed,), {Slot.NAME, Slot.OFFER}) for seed in range(20)}
    assert said == {"有的，{name}{offer}。"}
    assert line(Case.DISCOUNT_OFFER, "热情", (0,), {Slot.NAME}) is None


def test_a_persona_has_lines_of_its_own_and_those_for_all() -> None:
    said = {line(Case.FACT, "专业", (seed,), {Slot.NAME, Slot.ANSWER}) for seed in range(60)}
    assert "说明一下，{name}，{answer}。" in said and "{name}，{answer}。" in said
    assert "说明一下，{name}，{answer}。" not in {
        line(Case.FACT, "热情", (seed,), {Slot.NAME, Slot.ANSWER}) for seed in range(60)
    }
