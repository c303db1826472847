"""到手价: what a buyer really pays, with its derivation, or why it cannot be proved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from koubo.catalog.records import Promotion


@dataclass(frozen=True, slots=True)
class Buyer:
    """For whom an offer is computed. The default is anyone: not new, no member, buying alone."""

    new_customer: bool = False
    grades: frozenset[str] = frozenset()
    group_size: int = 1


ANYONE = Buyer()


@dataclass(frozen=True, slots=True)
class OfferStep:
    """One promotion at work: the amount due in yuan before and after it, and why. Gifts change no amount."""

    promotion_id: str
    kind: str
    before: Decimal
    after: Decimal
    why: str


@dataclass(frozen=True, slots=True)
class Offer:
    """What the buyer pays in yuan for `quantity` pieces. `unit_price` is rounded to fen; `total` is exact.

    True until before `not_after` (None: until something changes).
    """

    total: Decimal
    unit_price: Decimal
    quantity: int
    steps: tuple[OfferStep, ...]
    not_after: datetime | None


@dataclass(frozen=True, slots=True)
class NoOffer:
    """No amount can be proved: the reason, and the promotions whose conditions can be spoken instead."""

    reason: str
    conditions: tuple[Promotion, ...]
