"""The prompt of a choice."""

from __future__ import annotations

import pytest

from koubo.reading.prompts import mark, marked_span


def test_the_span_stands_marked_in_its_window() -> None:
    text = "一二三四五六七八九十" * 3 + "只要88块" + "甲乙丙丁戊己庚辛壬癸" * 3
    start = text.index("88")
    prompt = mark(text, start, start + 2)
    assert prompt == text[start - 20 : start] + "«88»" + text[start + 2 : start + 22] + "\n读作："
    assert marked_span(prompt) == "88"


def test_line_breaks_of_the_text_do_not_reach_the_prompt() -> None:
    assert mark("仅售\n88\t块", 3, 5) == "仅售 «88» 块\n读作："


@pytest.mark.parametrize("prompt", ["88块", "«»块", "«8»«9»", "«8", "8»", "««8»»"])
def test_a_prompt_without_exactly_one_span_has_none(prompt: str) -> None:
    assert marked_span(prompt) == ""


def test_what_cannot_be_marked_is_refused() -> None:
    with pytest.raises(ValueError, match="which mark the span"):
        mark("«新»款88块", 4, 6)
    with pytest.raises(ValueError, match="not inside a text of 3 characters"):
        mark("88块", 2, 4)
