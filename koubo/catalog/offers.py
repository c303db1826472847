"""到手价: what a buyer really pays, with its derivation, or why it cannot be proved.

The rule, with worked examples in docs/offers.md that the tests run:

1. A promotion counts when it runs, covers the product, its buyer is eligible, and its own condition is met. One that
   gives nothing here (a threshold out of reach, a price not below the price) is left out. A gift changes no amount.
2. Four steps, in this order, each on what the step before left: the price of a piece (member price, flash price, group
   buy), the discount on pieces, the threshold discount on the order, the coupon. Thresholds are met once an order.
3. Promotions of one stacking group exclude one another: the one that takes most off at its step counts. Those of
   different groups add up within a step, tested on the amount that the step starts with.
4. Amounts are rounded to fen once at the end of a step, half a fen upwards.

Nothing is said to be paid (NoOffer, and the conditions are spoken instead) where that does not settle it: the SKU is
not chosen and prices differ; a promotion that may count does not say for whom it is; two may count and one has no
stacking group; a group has promotions in different steps, or a piece has prices from different groups; the order within
a step would matter; the discount would eat the whole amount; too few pieces are left; the values are of another moment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType

from koubo.catalog.conditions import describe
from koubo.catalog.money import to_fen
from koubo.catalog.records import (
    Coupon,
    FlashPrice,
    Gift,
    GroupBuy,
    MemberPrice,
    Promotion,
    QuantityDiscount,
    ThresholdDiscount,
    promotion_is_running,
)
from koubo.catalog.store import LiveProduct

PIECE, PIECES, ORDER, COUPON = range(4)
STEP_OF: Mapping[type[object], int] = MappingProxyType(
    {
        MemberPrice: PIECE,
        FlashPrice: PIECE,
        GroupBuy: PIECE,
        QuantityDiscount: PIECES,
        ThresholdDiscount: ORDER,
        Coupon: COUPON,
    }
)
"""The step at which a kind of promotion takes something off; gifts have none."""


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


class _Unproved(Exception):
    """Why an amount cannot be proved."""


def offer(
    product: LiveProduct, buyer: Buyer, quantity: int, at: datetime, *, sku_id: str | None = None
) -> Offer | NoOffer:
    """What `buyer` pays for `quantity` pieces of the product (of one SKU) alone in an order at moment `at`.

    Raises:
        ValueError: a quantity below 1, or a SKU that the product has not.
    """
    if quantity < 1:
        raise ValueError(f"quantity: {quantity} is below 1")
    try:
        _check_moment(product, at)
        _check_stock(product, quantity, sku_id)
        price = _price(product, sku_id)
        found = sorted((p for p in product.promotions if promotion_is_running(p, at)), key=lambda p: p.id)
        counting = _counting(found, buyer, price, quantity)
        total, steps = _walk(counting, price, quantity)
    except _Unproved as why:
        return NoOffer(str(why), product.promotions)
    gifts = tuple(_gift_step(p, total) for p in found if isinstance(p, Gift) and _is_given(p, buyer, quantity))
    return Offer(total, to_fen(total / quantity), quantity, (*steps, *gifts), product.not_after)


def eligible(promotion: Promotion, buyer: Buyer) -> bool | None:
    """Whether the promotion is for this buyer; None where it does not say for whom it is."""
    who = promotion.eligibility
    if who.kind == "members":
        return who.grade in buyer.grades if who.grade else bool(buyer.grades)
    return {"everyone": True, "new_customers": buyer.new_customer, "unknown": None}[who.kind]


def _check_moment(product: LiveProduct, at: datetime) -> None:
    if at < product.at or (product.not_after is not None and at >= product.not_after):
        raise _Unproved(f"the values are those of {product.at.isoformat()}; read them again for {at.isoformat()}")


def _check_stock(product: LiveProduct, quantity: int, sku_id: str | None) -> None:
    stocks = [product.stock] if sku_id is None else [product.stock, product.sku_stocks.get(sku_id)]
    left = min((stock for stock in stocks if stock is not None), default=quantity)
    if left < quantity:
        raise _Unproved("sold out" if left == 0 else f"only {left} left, {quantity} asked for")


def _price(product: LiveProduct, sku_id: str | None) -> Decimal:
    if sku_id is not None:
        if sku_id not in product.sku_prices:
            raise ValueError(f"sku_id: {product.product.id} has no SKU {sku_id!r}; has {', '.join(product.sku_prices)}")
        return product.sku_prices[sku_id]
    if product.price_is_range:
        raise _Unproved("the SKUs have different prices; choose one")
    return product.price


def _counting(found: Sequence[Promotion], buyer: Buyer, price: Decimal, quantity: int) -> Sequence[Promotion]:
    """The promotions that take something off for this buyer; refuses what nobody declared."""
    usable = [p for p in found if not isinstance(p, Gift) and _is_within_reach(p, buyer, price, quantity)]
    open_to = {p.id: eligible(p, buyer) for p in usable}
    for promotion in usable:
        if open_to[promotion.id] is None:
            raise _Unproved(f"{_named(promotion)} does not say for whom it is")
    counting = [p for p in usable if open_to[p.id]]
    for promotion in counting if len(counting) > 1 else ():
        if promotion.stacking_group is None:
            raise _Unproved(f"{_named(promotion)} does not say how it stacks with others (no stacking group)")
    return counting


def _is_within_reach(promotion: Promotion, buyer: Buyer, price: Decimal, quantity: int) -> bool:
    """Whether its condition could be met at best, on the undiscounted amount."""
    match promotion:
        case MemberPrice() | FlashPrice():
            return promotion.price < price
        case GroupBuy():
            return buyer.group_size >= promotion.group_size
        case _:
            return _is_met(promotion, price * quantity, quantity)


def _is_met(promotion: Promotion, amount: Decimal, quantity: int) -> bool:
    match promotion:
        case QuantityDiscount():
            return quantity >= promotion.min_quantity
        case ThresholdDiscount() | Coupon():
            return promotion.threshold is None or amount >= promotion.threshold
        case _:
            return True


def _walk(counting: Sequence[Promotion], price: Decimal, quantity: int) -> tuple[Decimal, list[OfferStep]]:
    """The amount due after all four steps, and how it came about."""
    _refuse_mixed_groups(counting)
    amount, steps = price * quantity, []
    for step in (PIECE, PIECES, ORDER, COUPON):
        here = [p for p in counting if STEP_OF[type(p)] == step and _is_met(p, amount, quantity)]
        chosen = _best_of_groups(here, amount, quantity)
        _refuse_if_order_matters(chosen, amount, quantity)
        exact = amount
        for promotion in chosen:
            before, exact = exact, _after(promotion, exact, quantity)
            steps.append(_step(promotion, to_fen(before), to_fen(exact)))
        amount = to_fen(exact)
    return amount, steps


def _after(promotion: Promotion, amount: Decimal, quantity: int) -> Decimal:
    """The exact amount due after one promotion that is met."""
    match promotion:
        case MemberPrice() | FlashPrice():
            left = promotion.price * quantity
        case GroupBuy():
            left = amount - promotion.amount_off * quantity
        case QuantityDiscount():
            left = amount * promotion.percent_of_price / 100
        case ThresholdDiscount() | Coupon():
            left = amount - promotion.amount_off
        case _:
            left = amount
    if to_fen(left) <= 0:
        raise _Unproved(f"{_named(promotion)} would take off all of {to_fen(amount)}")
    return left


def _refuse_mixed_groups(counting: Sequence[Promotion]) -> None:
    by_group = _by_group(counting)
    for group, members in by_group.items():
        if len({STEP_OF[type(p)] for p in members}) > 1:
            names = " and ".join(_named(p) for p in members)
            raise _Unproved(
                f"{names} exclude one another ({group}) at different steps; which one counts is not declared"
            )
    pieces = [p for p in counting if STEP_OF[type(p)] == PIECE]
    if len({p.stacking_group for p in pieces}) > 1:
        names = " and ".join(_named(p) for p in pieces)
        raise _Unproved(f"{names} set the price of a piece in different stacking groups")


def _by_group(promotions: Sequence[Promotion]) -> dict[str | None, list[Promotion]]:
    groups: dict[str | None, list[Promotion]] = {}
    for promotion in promotions:
        groups.setdefault(promotion.stacking_group, []).append(promotion)
    return groups


def _best_of_groups(here: Sequence[Promotion], amount: Decimal, quantity: int) -> list[Promotion]:
    """From each group the promotion that leaves least to pay (among equals the first id), by id."""
    groups = _by_group(here).values()
    best = [min(members, key=lambda p: (_after(p, amount, quantity), p.id)) for members in groups]
    return sorted(best, key=lambda p: p.id)


def _refuse_if_order_matters(chosen: Sequence[Promotion], amount: Decimal, quantity: int) -> None:
    """Each must be met even after all the others; then every order gives the same."""
    for promotion in chosen:
        left = amount
        for other in chosen:
            left = left if other is promotion else _after(other, left, quantity)
        if not _is_met(promotion, left, quantity):
            raise _Unproved(f"{_named(promotion)} is met only before the others of its step; the order is not declared")


def _is_given(gift: Gift, buyer: Buyer, quantity: int) -> bool:
    return quantity >= gift.min_quantity and eligible(gift, buyer) is True


def _gift_step(gift: Gift, total: Decimal) -> OfferStep:
    return _step(gift, total, total)


def _step(promotion: Promotion, before: Decimal, after: Decimal) -> OfferStep:
    return OfferStep(promotion.id, promotion.kind, before, after, describe(promotion))


def _named(promotion: Promotion) -> str:
    return f"{promotion.name or describe(promotion)} ({promotion.id})"
