"""Rows of labelled texts in both forms: right answers are accepted ones, wrong ones come from the lattice."""

from __future__ import annotations

from koubo.dataset.decisions import decisions_of
from koubo.dataset.labels import Label, LabelledText
from koubo.dataset.lessons import choice_preferences, choice_row, rewrite_preferences, rewrite_row
from koubo.reading import lattice

TEXT = LabelledText("88VIP专享，只要88块", (Label(0, 5, ("八八VIP",)), Label(10, 13, ("八十八块", "八十八元"))))
BOTH, _ = decisions_of(TEXT)


def test_a_choice_row_marks_the_span_and_lists_its_candidates() -> None:
    row = choice_row(BOTH[0], "a.jsonl:1")
    assert row.prompt.startswith("«88VIP»专享") and row.completion == "八八VIP"
    assert row.candidates is not None and "八十八VIP" in row.candidates


def test_wrong_answers_are_readings_of_the_span_that_nobody_accepts() -> None:
    candidates = {option.spoken for choice in lattice(TEXT.text) for option in choice.options}
    for decision in BOTH:
        for row in choice_preferences(decision, "a.jsonl:1"):
            assert row.rejected in candidates
            assert row.rejected not in TEXT.accepted(decision.choice.start, decision.choice.end)


def test_a_sentence_is_said_whole_and_wrong_in_one_place_only() -> None:
    row = rewrite_row(TEXT, "a.jsonl:1")
    assert row.prompt == "88VIP专享，只要88块\n口播：" and row.completion == "八八VIP专享，只要八十八块"
    pairs = list(rewrite_preferences(TEXT, BOTH[0], "a.jsonl:1"))
    assert ("八八VIP专享，只要八十八块", "八十八VIP专享，只要八十八块") in {(p.chosen, p.rejected) for p in pairs}
    assert all(pair.rejected.endswith("只要八十八块") for pair in pairs)
