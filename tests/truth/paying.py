"""What a buyer pays, worked out from docs/offers.md alone, in the slowest and plainest way: every order is tried."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import permutations

from tests.truth.shop_model import Deal, Who

FEN = Decimal("0.01")
STEPS = (
    {"member_price", "flash_price", "group_buy"},
    {"quantity_discount"},
    {"threshold_discount"},
    {"coupon"},
)


@dataclass(frozen=True)
class Paid:
    """What is paid, in yuan, for all pieces, and the ids of the promotions that took something off."""

    total: Decimal
    used: frozenset[str]


class Unproved(Exception):
    """Why nothing is said to be paid."""


def pays(price: Decimal, deals: Iterable[Deal], who: Who, pieces: int) -> Paid | None:
    """What `who` pays for `pieces` at `price` each while `deals` run; None where docs/offers.md proves nothing."""
    try:
        counting = _counting(price, deals, who, pieces)
        return _through_the_steps(price, counting, pieces)
    except Unproved:
        return None


def _counting(price: Decimal, deals: Iterable[Deal], who: Who, pieces: int) -> list[Deal]:
    reached = [deal for deal in deals if deal.kind != "gift" and _could_give(deal, price, who, pieces)]
    if any(deal.for_whom == "unknown" for deal in reached):
        raise Unproved("not said for whom")
    counting = [deal for deal in reached if who.may_use(deal)]
    if len(counting) > 1 and any(deal.group is None for deal in counting):
        raise Unproved("no stacking group")
    for group in {deal.group for deal in counting}:
        if len({_step(deal) for deal in counting if deal.group == group}) > 1:
            raise Unproved("one group at different steps")
    if len({deal.group for deal in counting if _step(deal) == 0}) > 1:
        raise Unproved("two prices in different groups")
    return counting


def _could_give(deal: Deal, price: Decimal, who: Who, pieces: int) -> bool:
    if deal.kind in ("member_price", "flash_price"):
        return deal.price < price
    if deal.kind == "group_buy":
        return who.people >= deal.count
    return _met(deal, price * pieces, pieces)


def _met(deal: Deal, amount: Decimal, pieces: int) -> bool:
    if deal.kind == "quantity_discount":
        return pieces >= deal.count
    if deal.kind in ("threshold_discount", "coupon"):
        return deal.threshold is None or amount >= deal.threshold
    return True


def _step(deal: Deal) -> int:
    return next(number for number, kinds in enumerate(STEPS) if deal.kind in kinds)


def _through_the_steps(price: Decimal, counting: Sequence[Deal], pieces: int) -> Paid:
    amount, used = price * pieces, set()
    for number in range(len(STEPS)):
        here = [deal for deal in counting if _step(deal) == number and _met(deal, amount, pieces)]
        groups = [[deal for deal in here if deal.group == group] for group in {deal.group for deal in here}]
        best = [min(group, key=lambda deal: (_left(deal, amount, pieces), deal.id)) for group in groups]
        left = {_in_order(order, amount, pieces) for order in permutations(best)}
        if None in left or len(left) > 1:
            raise Unproved("the order would matter")
        if best:
            used |= _takers(sorted(best, key=lambda deal: deal.id), amount, pieces)
        amount = _fen(left.pop() if left else amount)
    return Paid(amount, frozenset(used))


def _in_order(order: Sequence[Deal], amount: Decimal, pieces: int) -> Decimal | None:
    """What is left after these one after the other; None where one is not met any more when its turn comes."""
    for deal in order:
        if not _met(deal, amount, pieces):
            return None
        amount = _left(deal, amount, pieces)
    return amount


def _left(deal: Deal, amount: Decimal, pieces: int) -> Decimal:
    if deal.kind in ("member_price", "flash_price"):
        left = deal.price * pieces
    elif deal.kind == "quantity_discount":
        left = amount * deal.percent / 100
    else:
        left = amount - deal.off * (pieces if deal.kind == "group_buy" else 1)
    if _fen(left) <= 0:
        raise Unproved("nothing would be left")
    return left


def _takers(order: Sequence[Deal], amount: Decimal, pieces: int) -> set[str]:
    """The ids of those that take off a fen or more."""
    found = set()
    for deal in order:
        left = _left(deal, amount, pieces)
        if _fen(left) < _fen(amount):
            found.add(deal.id)
        amount = left
    return found


def _fen(amount: Decimal) -> Decimal:
    return amount.quantize(FEN, ROUND_HALF_UP)
