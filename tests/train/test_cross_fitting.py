"""Knobs are tuned on the other half of the sentences only; runs are averaged by log-likelihood."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from koubo.dataset.decisions import Decision, decisions_of
from koubo.dataset.drawing import draw
from koubo.dataset.labels import Label, LabelledText
from koubo.reading import read
from train.choosers import Scores
from train.cross_fitting import averaged, where_thin, with_rules


def sold(batch: int) -> Decision:
    """A count of things that the rules read right."""
    text = f"第{batch}批已售{1000 + 37 * batch}件"
    span = read(text).spans[-1]
    found, _ = decisions_of(LabelledText(text, (Label(span.start, span.end, (span.spoken,)),)))
    return found[-1]


FOUND = [sold(batch) for batch in range(1, 41)]
HALF = [int(draw(decision.text, "half") < 0.5) for decision in FOUND]


def model(right_in: set[int]) -> Scores:
    """Likelihoods of a model that is right in these halves and wrong in the others."""
    pairs = zip(FOUND, HALF, strict=True)
    return [[-5.0 * (good != (half in right_in)) for good in decision.accepted] for decision, half in pairs]


def right(scores: Scores) -> int:
    return sum(decision.right(own) for decision, own in zip(FOUND, scores, strict=True))


def test_a_model_that_is_always_wrong_is_outweighed_by_the_rules() -> None:
    wrong = model(set())
    assert right(wrong) == 0 and 5 < sum(HALF) < 35
    scores, weights = with_rules(FOUND, wrong)
    assert right(scores) == len(FOUND) and min(weights) > 1
    scores, margins = where_thin(FOUND, wrong)
    assert right(scores) == len(FOUND) and margins == (0.0, 0.0), "it is never asked"


@pytest.mark.parametrize("half", [0, 1])
def test_a_half_is_judged_with_what_the_other_half_says(half: int) -> None:
    _, trusted = with_rules(FOUND, model({0, 1}))
    _, knobs = with_rules(FOUND, model({half}))
    assert knobs[1 - half] == trusted[1 - half], "the half in which the model is right says: trust it, to the other"
    assert knobs[half] > trusted[half]


def test_the_mean_of_runs_is_taken_option_by_option() -> None:
    runs: Sequence[Scores] = [[[0.0, -2.0]], [[-4.0, -1.0]]]
    assert averaged(runs) == [pytest.approx([-2.0, -1.5])]
