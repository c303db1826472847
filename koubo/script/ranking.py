"""Which facts a brief takes first: what the business ranks, what is borne out, what is new, what the audience wants."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from pydantic import BaseModel, ConfigDict, Field

from koubo.catalog.facts import Fact
from koubo.script.alike import pairs, shares_most
from koubo.script.tables import read_table

FOCUS = "focus: "
"""How the reason begins of a fact that the request asks for."""


class Audience(BaseModel):
    """Who is spoken to (words of how they are called), and the words of a fact that they listen for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    called: tuple[str, ...] = Field(min_length=1)
    words: tuple[str, ...] = Field(min_length=1)


class Weights(BaseModel):
    """How far each reason moves a fact, in steps of priority; see data/ranking.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    focus: float = Field(ge=0)
    audience: float = Field(ge=0)
    agreement: float = Field(ge=0)
    agreements: int = Field(ge=0)
    new: float = Field(ge=0)
    new_days: int = Field(ge=0)
    doubt: float = Field(ge=0)
    audiences: tuple[Audience, ...]


@dataclass(frozen=True, slots=True)
class Ranked:
    """A fact, its rank (smaller comes first), and what moved it from its priority, in words."""

    fact: Fact
    rank: float
    reasons: tuple[str, ...]


@cache
def weights() -> Weights:
    """The weights that come with Koubo. Raises ``TableError`` for a file that cannot be used."""
    return read_table("ranking.yaml", Weights)


def rank_facts(
    facts: Sequence[Fact], at: datetime, focus: Sequence[str] = (), audience: str | None = None
) -> tuple[Ranked, ...]:
    """Return the facts in the order in which a brief takes them; among equals, by priority and id.

    ``focus`` are labels or words that the merchant wants told first; ``audience`` is whom the host speaks to.
    """
    by = weights()
    wanted = tuple(word for one in by.audiences if _is_called(one, audience) for word in one.words)
    alikes = Alikes(facts)
    ranked = [_ranked(fact, list(_moves(fact, alikes, at, by, focus, wanted))) for fact in facts]
    return tuple(sorted(ranked, key=lambda one: (one.rank, one.fact.priority, one.fact.id)))


def _ranked(fact: Fact, moves: list[tuple[float, str]]) -> Ranked:
    return Ranked(fact, fact.priority - sum(steps for steps, _ in moves), tuple(why for _, why in moves))


def _is_called(audience: Audience, name: str | None) -> bool:
    return name is not None and any(word in name for word in audience.called)


def _moves(
    fact: Fact, alikes: Alikes, at: datetime, by: Weights, focus: Sequence[str], wanted: Sequence[str]
) -> Iterator[tuple[float, str]]:
    """Yield what moves a fact: steps up (down where negative), and why."""
    words = fact.label + fact.value
    if asked := next((word for word in focus if word in words), None):
        yield by.focus, f"{FOCUS}{asked}"
    if heard := next((word for word in wanted if word in words), None):
        yield by.audience, f"audience: {heard}"
    if others := alikes.agreeing(fact)[: by.agreements]:
        yield by.agreement * len(others), f"borne out by: {', '.join(others)}"
    if _is_new(fact, at, by.new_days):
        yield by.new, f"new since {fact.valid_from:%Y-%m-%d}"
    if fact.confidence < 1:
        yield by.doubt * (fact.confidence - 1), f"confidence {fact.confidence:.2f}"


class Alikes:
    """Finds facts that say the same (`koubo.script.alike`) by an index of their pairs of characters.

    Each text is taken apart once, and a fact is compared only with those that share a pair with it: a product with a
    thousand reviews has a thousand facts.
    """

    def __init__(self, facts: Sequence[Fact]) -> None:
        self._facts = facts
        self._pairs = {value: pairs(value) for value in dict.fromkeys(fact.value for fact in facts)}
        self._holding: dict[str, list[int]] = {}
        for number, fact in enumerate(facts):
            for pair in self._pairs[fact.value]:
                self._holding.setdefault(pair, []).append(number)

    def agreeing(self, fact: Fact) -> list[str]:
        """Return the other sources of which a fact says the same, in their order."""
        own = self._pairs[fact.value]
        shared = Counter(number for pair in own for number in self._holding[pair])
        others = (self._facts[number] for number in sorted(shared) if self._is_alike(number, shared[number], len(own)))
        sources = dict.fromkeys(other.provenance.source for other in others)
        return [source for source in sources if source != fact.provenance.source]

    def _is_alike(self, number: int, shared: int, own: int) -> bool:
        return shares_most(shared, own, len(self._pairs[self._facts[number].value]))


def _is_new(fact: Fact, at: datetime, days: int) -> bool:
    return fact.valid_from is not None and timedelta(0) <= at - fact.valid_from <= timedelta(days=days)
