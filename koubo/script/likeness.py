"""How alike two texts sound: the words that they share, their slots aside (a name or a price must be said again)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from koubo.script.check import longest_shared
from koubo.script.slots import SLOT

BREAK = "\n"
_MARKS = re.compile(r"[^\w\n]|_")


@dataclass(frozen=True, slots=True)
class Likeness:
    """``share``: Jaccard index of the three-character runs (0 to 1); ``run``: the longest run of characters shared."""

    share: float
    run: str


NOT_ALIKE = Likeness(0.0, "")


def own_words(slotted: str) -> str:
    """Return a text's own words without marks; BREAK stands for a slot, so that no run of words crosses one."""
    return _MARKS.sub("", SLOT.sub(BREAK, slotted))


def runs_of(own: str, size: int = 3) -> frozenset[str]:
    """Return the runs of so many characters of a text's own words."""
    return frozenset(run for i in range(len(own) - size + 1) if BREAK not in (run := own[i : i + size]))


def likeness(one: str, other: str) -> Likeness:
    """Return how alike two slotted texts are."""
    first, second = own_words(one), own_words(other)
    run = max((longest_shared(part, second) for part in first.split(BREAK)), key=len)
    return Likeness(jaccard(runs_of(first), runs_of(second)), run)


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the size of what two sets share over the size of both together; 0 where both are empty."""
    both = len(one & other)
    return both / (len(one) + len(other) - both) if both else 0.0


@dataclass(slots=True)
class Heard:
    """Texts that were said, and how like a new one is to the likest of them; asks no text that shares nothing."""

    longest: int
    texts: list[str] = field(default_factory=list)
    _sizes: list[int] = field(default_factory=list)
    _said: dict[str, list[int]] = field(default_factory=dict)
    _long: set[str] = field(default_factory=set)

    def add(self, slotted: str) -> None:
        """Remember a text."""
        own = own_words(slotted)
        runs = runs_of(own)
        for run in runs:
            self._said.setdefault(run, []).append(len(self.texts))
        self._long |= runs_of(own, self.longest + 1)
        self._sizes.append(len(runs))
        self.texts.append(slotted)

    def share(self, slotted: str) -> float:
        """Return the greatest Jaccard index of a text with one that was said."""
        runs = runs_of(own_words(slotted))
        shared = Counter(number for run in runs for number in self._said.get(run, ()))
        return max((both / (len(runs) + self._sizes[n] - both) for n, both in shared.items()), default=0.0)

    def repeats(self, slotted: str) -> bool:
        """Say whether a text shares a run of more than ``longest`` characters with one that was said."""
        return not self._long.isdisjoint(runs_of(own_words(slotted), self.longest + 1))

    def likest(self, slotted: str) -> Likeness:
        """Return the greatest share and the longest run, each with any text that was said."""
        found = [likeness(slotted, text) for text in self.texts]
        return Likeness(
            max((each.share for each in found), default=0.0), max((each.run for each in found), key=len, default="")
        )


def all_pairs(texts: Iterable[str]) -> list[Likeness]:
    """Return how alike each text is to each other one, in order of the pairs."""
    said = list(texts)
    return [likeness(one, other) for number, one in enumerate(said) for other in said[:number]]
