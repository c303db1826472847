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
_SEVERAL = 2
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
    told = sum(slot in _TOLD for slot in brief.available)
    met = {
        "reviews": any(kind in _REVIEWS for kind in kinds),
        "options": kinds.count(FactKind.SKU_PRICE) >= _SEVERAL,
        "facts": told >= _SEVERAL,
        "nothing": told == 0,
        "sum": "，" in brief.available.get(Slot.OFFER, ""),
    }
    return frozenset(name for name, is_met in met.items() if is_met)


def are_told(spent: Set[Slot]) -> bool:
    """Say whether enough was told of a product for words that look back on it."""
    return len(_TOLD & spent) >= _SEVERAL
