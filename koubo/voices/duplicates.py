"""Reviews that are no voice of their own: fillers that the shop's system writes, templates copied again and again."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

TEMPLATE = 12
"""Letters from which on two buyers do not write the same by chance: 质量很好 is said by many, a paragraph by one."""
ALIKE = 0.8
"""Share of four-character runs (Jaccard) from which on a review is a copy with a word changed."""
_RUN = 4
_SKETCH = 3
_MARKS = re.compile(r"[\W_\d]+")


def letters(text: str) -> str:
    """The text without marks, spaces and digits: what is left of a copied template whose numbers were changed."""
    return _MARKS.sub("", text).casefold()


def is_filler(text: str, fillers: Sequence[str]) -> bool:
    """Whether a review says nothing: no letter, one letter again and again, or words that a system writes."""
    bare = letters(text)
    return len(set(bare)) < 2 or any(filler in text for filler in fillers)


class Copies:
    """Recognizes reviews that copy one seen before, in time that does not grow with what was seen.

    Texts are compared where they share one of the three smallest hashes of their runs (a bottom sketch: Broder 1997,
    "On the resemblance and containment of documents").
    """

    def __init__(self, shortest: int = TEMPLATE, alike: float = ALIKE) -> None:
        """Nothing seen yet. Texts of fewer letters than `shortest` are never copies."""
        self._shortest = shortest
        self._alike = alike
        self._seen: dict[int, list[frozenset[int]]] = {}

    def is_copy(self, text: str) -> bool:
        """Whether the text copies an earlier one; one that does not is remembered."""
        bare = letters(text)
        if len(bare) < max(self._shortest, _RUN):
            return False
        runs = frozenset(zlib.crc32(bare[i : i + _RUN].encode()) for i in range(len(bare) - _RUN + 1))
        sketch = sorted(runs)[:_SKETCH]
        if any(_jaccard(runs, other) >= self._alike for key in sketch for other in self._seen.get(key, ())):
            return True
        for key in sketch:
            self._seen.setdefault(key, []).append(runs)
        return False


def _jaccard(one: frozenset[int], other: frozenset[int]) -> float:
    return len(one & other) / len(one | other)
