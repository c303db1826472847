"""Whether two short texts say much the same."""

from __future__ import annotations

import re

ALIKE = 0.6
"""Share of the shorter text's pairs of characters from which on two texts are alike."""


def alike(one: str, other: str) -> bool:
    """Say whether most of the shorter text's pairs of characters stand in the other too."""
    first, second = _pairs(one), _pairs(other)
    smaller = min(len(first), len(second))
    return smaller > 0 and len(first & second) / smaller > ALIKE


def _pairs(text: str) -> set[str]:
    flat = re.sub(r"\W", "", text)
    return {flat[i : i + 2] for i in range(len(flat) - 1)}
