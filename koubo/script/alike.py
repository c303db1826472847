"""Whether two short texts say much the same."""

from __future__ import annotations

import re

ALIKE = 0.6
"""Share of the shorter text's pairs of characters from which on two texts are alike."""


def alike(one: str, other: str) -> bool:
    """Say whether most of the shorter text's pairs of characters stand in the other too."""
    first, second = pairs(one), pairs(other)
    return shares_most(len(first & second), len(first), len(second))


def shares_most(shared: int, first: int, second: int) -> bool:
    """Say whether so many shared pairs are most of those of the text that has fewer."""
    smaller = min(first, second)
    return smaller > 0 and shared / smaller > ALIKE


def pairs(text: str) -> set[str]:
    """Return a text's pairs of neighbouring characters, marks and spaces aside."""
    flat = re.sub(r"\W", "", text)
    return {flat[i : i + 2] for i in range(len(flat) - 1)}
