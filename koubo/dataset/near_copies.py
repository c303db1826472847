"""Near copies: texts that say almost the same, whatever their numbers are.

Numbers are masked and all but letters and characters dropped; two texts are near copies when the shorter one shares at
least half of its runs of five characters with the other (containment over shingles, Broder 1997). A known text that is
no longer than a run, and not numbers only, is copied by every text that it stands in.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from koubo.reading.finder import fold

SHINGLE = 5
LEAST = 0.5
WORDS = 2
"""Least letters of a short text that says something: 20-30 stands in half of all texts."""
_NUMBER = re.compile(r"\d[\d.,]*")


@dataclass(frozen=True, slots=True)
class Copy:
    """The known text that another one nearly copies, and the share of runs that they have in common (0 to 1)."""

    of: str
    share: float


class NearCopies:
    """Texts to be told apart from, such as all evaluation rows."""

    def __init__(self, texts: Iterable[str]) -> None:
        """Index the texts; a text costs memory in proportion to its length."""
        self._texts = list(dict.fromkeys(texts))
        self._sizes: list[int] = []
        self._holders: dict[str, list[int]] = defaultdict(list)
        self._short: dict[str, str] = {}
        for number, text in enumerate(self._texts):
            runs = shingles(text)
            if len(plain(text)) <= SHINGLE and sum(char != "0" for char in plain(text)) >= WORDS:
                self._short[plain(text)] = text
            self._sizes.append(len(runs))
            for run in runs:
                self._holders[run].append(number)

    def find(self, text: str) -> Copy | None:
        """The known text that `text` copies most, or None where none is near."""
        inside = next((known for short, known in self._short.items() if short and short in plain(text)), None)
        if inside is not None:
            return Copy(inside, 1.0)
        runs = shingles(text)
        shared = Counter(number for run in runs for number in self._holders.get(run, ()))
        shares = ((count / min(len(runs), self._sizes[number]), number) for number, count in shared.items())
        best = max(shares, default=(0.0, 0))
        return Copy(self._texts[best[1]], best[0]) if best[0] >= LEAST else None


def plain(text: str) -> str:
    """Letters and characters of a text in lower case and plain width, each number as 0."""
    masked = _NUMBER.sub("0", fold(text).lower())
    return "".join(char for char in masked if char.isalnum())


def shingles(text: str) -> frozenset[str]:
    """The runs of five characters of a text with its numbers masked; a shorter text is one run."""
    whole = plain(text)
    return frozenset(whole[i : i + SHINGLE] for i in range(max(1, len(whole) - SHINGLE + 1)))
