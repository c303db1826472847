"""Choosers with a knob (the rules' weight, the cascade's margin), tuned on half of the sentences, used on the others.

Both halves are judged, each with the knob of the other half, so no span is judged with what was tuned on it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from koubo.dataset.decisions import Decision
from koubo.dataset.drawing import draw
from train.choosers import Scores, cascade, combined, tuned_margin, tuned_weight

Knobs = tuple[float, float]
"""What was tuned on either half."""


def with_rules(found: Sequence[Decision], likelihoods: Scores) -> tuple[Scores, Knobs]:
    """The model's likelihood and the rules' score, weighed together; and the weights of the rules."""
    return _both_ways(found, likelihoods, tuned_weight, combined)


def where_thin(found: Sequence[Decision], likelihoods: Scores) -> tuple[Scores, Knobs]:
    """The model where the rules' lead is below the margin; and the margins."""
    return _both_ways(found, likelihoods, tuned_margin, cascade)


def averaged(runs: Sequence[Scores]) -> Scores:
    """The mean log-likelihood of several runs: a product of experts (Hinton, Neural Computation 14, 2002)."""
    return [np.mean(np.array(scores), axis=0).tolist() for scores in zip(*runs, strict=True)]


def _both_ways(
    found: Sequence[Decision],
    likelihoods: Scores,
    tune: Callable[[Sequence[Decision], Scores], float],
    use: Callable[[Sequence[Decision], Scores, float], Scores],
) -> tuple[Scores, Knobs]:
    halves = [[i for i, decision in enumerate(found) if _half(decision) == half] for half in (0, 1)]
    scores: list[Sequence[float]] = [()] * len(found)
    knobs = []
    for own, other in (halves, halves[::-1]):
        knob = tune([found[i] for i in other], [likelihoods[i] for i in other])
        used = use([found[i] for i in own], [likelihoods[i] for i in own], knob)
        for place, one in zip(own, used, strict=True):
            scores[place] = one
        knobs.append(knob)
    return scores, (knobs[0], knobs[1])


def _half(decision: Decision) -> int:
    return int(draw(decision.text, "half") < 0.5)
