"""The numbers that a brief's facts, prices and running promotions allow a script to say, by what they are said as."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from koubo.catalog.facts import FactKind
from koubo.catalog.money import to_fen
from koubo.catalog.offers import Offer
from koubo.catalog.records import (
    Coupon,
    FlashPrice,
    GroupBuy,
    MemberPrice,
    Promotion,
    QuantityDiscount,
    ThresholdDiscount,
)
from koubo.reading.tables import unit
from koubo.rubric.amounts import amounts
from koubo.rubric.price_names import PriceName, price_names
from koubo.script.brief import Brief
from koubo.script.choose import NEVER_SAID
from koubo.script.phrases import SHOP_TIME
from koubo.script.slots import Slot

Values = frozenset[Decimal]
SEVERAL = 5
"""A host reckons aloud what up to so many pieces cost."""
PACK = 1000
"""And what one of a pack costs, of so many at most."""
_LATIN_UNIT = re.compile(r"[a-zA-Zμ%]+")


@dataclass(frozen=True, slots=True)
class Known:
    """Values a number may have: by the name it goes by, as money without a name, and otherwise with which units.

    ``pairs`` are thresholds with what is taken off; ``percents`` prices in tenths (8.5 for 八五折); ``paid`` prices
    as they are asked, or less a reduction; ``several`` what more pieces cost together, ``each`` what one of a pack
    does, to the fen.
    """

    named: Mapping[PriceName, Values]
    money: Values
    pairs: frozenset[tuple[Decimal, Decimal]]
    percents: Values
    paid: Values
    several: Values
    each: Values
    units: Mapping[Decimal, frozenset[str]]


def known_numbers(brief: Brief) -> Known:
    """Return what a brief allows."""
    named = _named(brief)
    texts = _support(brief)
    money = frozenset(a.value for text in brief.available.values() for a in amounts(text) if a.money)
    money |= _facts(brief, *_MONEY_KINDS) | frozenset().union(*(named[name] for name in _PRICES))
    pairs = frozenset(
        (promotion.threshold, promotion.amount_off)
        for promotion in brief.promotions
        if isinstance(promotion, ThresholdDiscount | Coupon) and promotion.threshold is not None
    )
    discounts = [p for p in brief.promotions if isinstance(p, QuantityDiscount)]
    percents = frozenset(part for p in discounts for part in (p.percent_of_price / 10, p.percent_of_price))
    units = _with_units([*texts, *_moments(brief.promotions)])
    paid = named["asking"] | frozenset(_reduced(named["page_price"], brief.promotions))
    several, each = frozenset(_several(paid, discounts)), frozenset(_each(paid, units))
    return Known(named, money, pairs, percents, paid, several, each, units)


def _reduced(prices: Values, promotions: Iterable[Promotion]) -> Iterator[Decimal]:
    """What is left of a price after one reduction that it reaches."""
    for promotion in promotions:
        if isinstance(promotion, ThresholdDiscount | Coupon):
            least = promotion.threshold or Decimal(0)
            yield from (price - promotion.amount_off for price in prices if least <= price > promotion.amount_off)


def _several(prices: Values, discounts: Iterable[QuantityDiscount]) -> Iterator[Decimal]:
    """What two to five pieces cost, and with the discounts that count from so many on."""
    for count in range(2, SEVERAL + 1):
        yield from (count * price for price in prices)
        shares = [d.percent_of_price / 100 for d in discounts if d.min_quantity <= count]
        yield from (to_fen(count * price * share) for price in prices for share in shares)
    yield from (to_fen(price * d.percent_of_price / 100) for price in prices for d in discounts)


def _each(prices: Values, counts: Iterable[Decimal]) -> Iterator[Decimal]:
    """What one piece of a pack costs."""
    for count in counts:
        if 1 < count <= PACK:
            yield from (to_fen(price / count) for price in prices)


_MONEY_KINDS = (FactKind.LIST_PRICE, FactKind.SKU_PRICE, FactKind.PROMOTION)
_PRICES: tuple[PriceName, ...] = ("list_price", "member", "flash", "deal", "page_price", "saving", "reduction")


def unit_after(text: str, end: int) -> str:
    """Return the unit of the number that ends there, as it is spoken; empty where there is none."""
    latin = _LATIN_UNIT.match(text, end)
    if latin:
        found = unit(latin.group())
        return _same_unit(found.spoken) if found else latin.group().lower()
    rest = text[end : end + 3].lstrip("个" if text[end : end + 2] != "个月" else "")
    return _same_unit(next((word for word in price_names().units if rest.startswith(word)), ""))


def _same_unit(spoken: str) -> str:
    return price_names().same_units.get(spoken, spoken)


def _named(brief: Brief) -> dict[PriceName, Values]:
    """What each name of a price may stand for."""
    running = brief.promotions
    page = _said(brief, Slot.PRICE) | _facts(brief, FactKind.SKU_PRICE)
    listed = _said(brief, Slot.LIST_PRICE) | _facts(brief, FactKind.LIST_PRICE)
    flash = frozenset(p.price for p in running if isinstance(p, FlashPrice))
    member = frozenset(p.price for p in running if isinstance(p, MemberPrice))
    offer = brief.offer
    paid = frozenset({offer.total, offer.unit_price}) if isinstance(offer, Offer) else frozenset[Decimal]()
    reduced = frozenset(p.amount_off for p in running if isinstance(p, ThresholdDiscount | Coupon | GroupBuy))
    saved = frozenset(high - low for high in listed | page for low in page | paid | flash if high > low)
    stock = _said(brief, Slot.STOCK) | _facts(brief, FactKind.STOCK)
    thresholds = frozenset(
        p.threshold for p in running if isinstance(p, ThresholdDiscount | Coupon) and p.threshold is not None
    )
    pieces = frozenset(Decimal(p.min_quantity) for p in running if isinstance(p, QuantityDiscount))
    return {
        "list_price": listed,
        "usual": listed | page,
        "member": member,
        "flash": flash,
        "deal": paid | flash | (member if paid else frozenset()),
        "page_price": page,
        "group": frozenset(p.amount_off for p in running if isinstance(p, GroupBuy)),
        "saving": saved | reduced,
        "reduction": reduced | saved,
        "threshold": thresholds | pieces,
        "stock": stock,
        "asking": page | paid | flash,
    }


def _said(brief: Brief, slot: Slot) -> Values:
    return _in([brief.available.get(slot, "")])


def _facts(brief: Brief, *kinds: FactKind) -> Values:
    return _in(fact.value for fact in brief.facts if fact.kind in kinds)


def _in(texts: Iterable[str]) -> Values:
    return frozenset(amount.value for text in texts for amount in amounts(text))


def support_of(brief: Brief) -> tuple[str, ...]:
    """Return every text that bears out what is said: title, facts that may be said, slots."""
    spoken = (f"{fact.label} {fact.value}" for fact in brief.facts if fact.kind not in NEVER_SAID)
    return (brief.title, *spoken, *brief.available.values())


def _support(brief: Brief) -> list[str]:
    return [*support_of(brief), *brief.request.required]


def _moments(promotions: Iterable[Promotion]) -> Iterable[str]:
    """When promotions end, as a host may say it."""
    for promotion in promotions:
        if promotion.ends_at is not None:
            end = promotion.ends_at.astimezone(SHOP_TIME)
            yield f"{end.month}月{end.day}日{end.hour}点{end.minute}分，{(end.hour - 1) % 12 + 1}点，24点，12点"


def _with_units(texts: Iterable[str]) -> dict[Decimal, frozenset[str]]:
    found: dict[Decimal, set[str]] = {}
    for text in texts:
        for amount in amounts(text):
            found.setdefault(amount.value, set()).add(unit_after(text, amount.end))
    return {value: frozenset(units) for value, units in found.items()}
