"""Repetition: clauses that say again what was said, in a script or in the scripts heard before it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from koubo.rubric.amounts import amounts
from koubo.rubric.scorecard import ScoredScript
from koubo.rubric.sentences import clauses, grams, letters, said

SHORTEST = 4
"""Shorter clauses (来, 对吧) may return."""
SAME = 0.8
"""Two clauses say the same when so much of their pairs of characters is shared (Jaccard)."""


@dataclass(frozen=True, slots=True)
class Repetition:
    """Clauses that say again what was said, and the share of the text's characters that they are."""

    clauses: tuple[str, ...]
    share: float


@dataclass(slots=True)
class Said:
    """What was said so far, found by shared pairs of characters."""

    sizes: list[int] = field(default_factory=list)
    places: dict[str, list[int]] = field(default_factory=dict)
    whole: set[str] = field(default_factory=set)

    def add(self, clause: str) -> None:
        """Remember a clause."""
        pairs = set(grams(clause, 2))
        for pair in pairs:
            self.places.setdefault(pair, []).append(len(self.sizes))
        self.sizes.append(len(pairs))
        self.whole.add("".join(letters(clause)))

    def holds(self, clause: str) -> bool:
        """Say whether a clause was said, but for a word or two."""
        if "".join(letters(clause)) in self.whole:
            return True
        pairs = set(grams(clause, 2))
        shared = Counter(place for pair in pairs for place in self.places.get(pair, ()))
        return any(n / (len(pairs) + self.sizes[place] - n) >= SAME for place, n in shared.items())


def repetition(text: str, may_return: Sequence[str] = ()) -> Repetition:
    """Return the clauses that say what an earlier one said; a price may be said twice, ``may_return`` always."""
    for words in may_return:
        text = text.replace(words, "")
    found, known, prices = [], Said(), Counter[str]()
    for clause in clauses(text):
        priced = names_money(clause)
        prices[clause] += priced
        if said(clause) >= SHORTEST and known.holds(clause) and (not priced or prices[clause] > 2):
            found.append(clause)
        known.add(clause)
    return _of(found, text)


def heard_before(text: str, heard: Sequence[ScoredScript]) -> Repetition:
    """Return the clauses that an earlier script said; prices are left out, for they have to be said again."""
    known = Said()
    for clause in (clause for script in heard for clause in clauses(script.written)):
        known.add(clause)
    own = [clause for clause in clauses(text) if said(clause) >= SHORTEST and not names_money(clause)]
    return _of([clause for clause in own if known.holds(clause)], text)


def names_money(clause: str) -> bool:
    """Say whether a clause names an amount of money."""
    return any(amount.money for amount in amounts(clause))


def _of(found: Sequence[str], text: str) -> Repetition:
    return Repetition(tuple(dict.fromkeys(found)), sum(map(said, found)) / max(said(text), 1))
