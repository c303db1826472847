"""What a planned wording takes for granted: reviews, options to choose from, something told before. See needs.yaml."""

from __future__ import annotations

import re
from collections.abc import Set
from functools import cache
from typing import TYPE_CHECKING

from koubo.catalog.facts import FactKind
from koubo.script.slots import LABELLED, POINTS, Slot
from koubo.script.tables import words

if TYPE_CHECKING:
    from koubo.script.brief import Brief

_TOLD = frozenset((*POINTS, *LABELLED))
_SEVERAL, _MANY = 2, 4
_REVIEWS = frozenset({FactKind.REVIEW_QUOTE, FactKind.REVIEW_PRAISE, FactKind.REVIEW_COMPLAINT})


@cache
def needs_of(wording: str) -> frozenset[str]:
    """Return the names of what a wording needs: the rows of needs.yaml of which it holds a word."""
    return frozenset(name for name, pattern in _patterns().items() if pattern.search(wording))


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    return {name: re.compile("|".join(map(re.escape, row))) for name, row in words("needs.yaml").items()}


def given(brief: Brief) -> frozenset[str]:
    """Return the needs that a brief meets by itself, whatever is told when."""
    kinds = [fact.kind for fact in brief.facts]
    content = sum(slot in _TOLD for slot in brief.available)
    met = {
        "reviews": any(kind in _REVIEWS for kind in kinds),
        "options": kinds.count(FactKind.SKU_PRICE) >= _SEVERAL,
        "facts": content >= _SEVERAL,
        "nothing": content == 0,
        "conditions": Slot.CONDITIONS in brief.available or Slot.OFFER in brief.available,
        "sum": "，" in brief.available.get(Slot.OFFER, ""),
    }
    return frozenset(name for name, is_met in met.items() if is_met)


def told(spent: Set[Slot], looked_back: int) -> frozenset[str]:
    """Return the needs that what was told meets: ``points`` and ``many`` for words that look back on it.

    So many lines looked back already; no more do than half of what was told, or they would be all that is said.
    """
    number = len(_TOLD & spent)
    if looked_back >= max(1, number // 2):
        return frozenset()
    return frozenset(need for need, least in (("points", _SEVERAL), ("many", _MANY)) if number >= least)


def looks_back(wording: str) -> bool:
    """Say whether a wording looks back on what was told."""
    return not needs_of(wording).isdisjoint(("points", "many"))
