"""docs/rubric.md shows what the rubric says today, and every criterion catches its example."""

from __future__ import annotations

import pytest

from benchmarks.rubric_examples import PAGE, Shown, as_markdown, put_into, shown
from koubo.rubric.scorecard import Criterion


@pytest.fixture(scope="module")
def examples() -> list[Shown]:
    return shown()


def test_the_page_shows_what_the_rubric_says(examples: list[Shown]) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert put_into(page, as_markdown(examples)) == page, "run python -m benchmarks.rubric_examples --write"


def test_every_criterion_has_an_example_that_falls_and_is_named(examples: list[Shown]) -> None:
    assert {one.criterion for one in examples} == {name.value for name in Criterion}
    for one in examples:
        assert one.before.score == pytest.approx(1.0, abs=0.05), one
        assert one.after.score <= one.before.score - 0.15 and one.found, one
        assert one.rule in ("call_to_action", "not_said") or one.rule not in {e.rule for e in one.before.evidence}
