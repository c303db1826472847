"""Whose turn is next: smooth weighted round robin, with as many visits as the time allows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from koubo.script.stream_request import ProductRole

LATER = 0.1
"""Profit products begin by this part of a cycle later."""


@dataclass(frozen=True, slots=True)
class Visits:
    """A product, how often it comes relative to others, and how many seconds a visit takes."""

    product_id: str
    role: ProductRole
    weight: int
    seconds: int


@dataclass(slots=True)
class Rotation:
    """Gives products their turns for about ``seconds``; ``order``, where there is one, is kept instead.

    Every product comes once before any comes more often than its weight says, as far as the time allows; products of
    one role are spread over a cycle.
    """

    products: Sequence[Visits]
    seconds: float
    order: Sequence[str] = ()
    given: int = 0
    _visits: dict[str, int] = field(default_factory=dict)
    _credit: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._visits = _visits(self.products, self.seconds)
        for role in ProductRole:
            own = [one.product_id for one in self.products if one.role is role]
            late = LATER * self._cycle() if role is ProductRole.PROFIT else 0.0
            self._credit |= {one: -late - place * self._cycle() / len(own) for place, one in enumerate(own)}

    def next(self, barred: AbstractSet[str]) -> str:
        """Return the product whose turn it is; none that is barred, where there is another."""
        self.given += 1
        if self.order:
            return self.order[(self.given - 1) % len(self.order)]
        for one, visits in self._visits.items():
            self._credit[one] += visits
        chosen = self._first() if self.given == 1 else self._fullest(barred)
        self._credit[chosen] -= self._cycle()
        return chosen

    def _cycle(self) -> int:
        return sum(self._visits.values())

    def _first(self) -> str:
        """The stream opens with a traffic product, where there is one."""
        traffic = [one.product_id for one in self.products if one.role is ProductRole.TRAFFIC]
        return next(iter(traffic), self.products[0].product_id)

    def _fullest(self, barred: AbstractSet[str]) -> str:
        free = [one for one in self._credit if one not in barred] or list(self._credit)
        return max(free, key=self._credit.__getitem__)


def _visits(products: Iterable[Visits], seconds: float) -> dict[str, int]:
    """Return how often each product comes in a cycle: by weight, at least once, as often as there is time for."""
    often = 100
    while often > 0:
        visits = {one: max(1, one.weight * often // 100) for one in products}
        if sum(one.seconds * number for one, number in visits.items()) <= seconds:
            break
        often -= 2
    return {one.product_id: number for one, number in visits.items()}
