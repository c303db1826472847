"""Whether a whole review praises or complains, from its clauses."""

from __future__ import annotations

from collections.abc import Sequence

from koubo.voices.lexicon import AGAIN, WHOLE
from koubo.voices.opinions import Clause, Opinion

SUMMING_UP = 1.5
"""Weight of an opinion of the whole (失望, 回购): it sums up what the other clauses only touch."""
SLIGHT = 0.5
"""Weight of a reservation (有点薄): a buyer who is content has one too."""
QUESTION = -0.6
"""A question in a review is mostly a reproach: 这也叫新鲜?"""
REPROACH = -0.7


def review_score(clauses: Sequence[Clause]) -> float:
    """Above 0 where praise outweighs, below where complaint does, 0 where nothing was said. No bounds."""
    return sum(_clause_score(clause) for clause in clauses)


def _clause_score(clause: Clause) -> float:
    return sum(map(_weighed, clause.opinions)) + QUESTION * clause.question + REPROACH * clause.reproach


def _weighed(opinion: Opinion) -> float:
    if opinion.aspect in (WHOLE, AGAIN):
        return opinion.polarity * SUMMING_UP
    return opinion.polarity * (SLIGHT if opinion.slight else 1.0)
