"""How promotions and offers are put into words: every amount comes from the promotion's fields, never from its name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from koubo.catalog.offers import Offer
from koubo.catalog.records import (
    Coupon,
    FlashPrice,
    Gift,
    GroupBuy,
    MemberPrice,
    Promotion,
    QuantityDiscount,
    ThresholdDiscount,
)
from koubo.rubric.safety import find_breaches
from koubo.script.phrases import Phrase, Piece, count, discount, joined, moment, money, phrase, spoken_end

SOON = timedelta(days=7)
"""A deadline is spoken only when it is this near."""


def condition_phrase(promotion: Promotion) -> Phrase | None:
    """Say a promotion's condition (全店满199元减20元); None for a gift, which has a phrase of its own."""
    pieces = _condition(promotion)
    return phrase(whom(promotion), *pieces) if pieces else None


def gift_phrase(promotion: Gift, unit: str) -> Phrase | None:
    """Say a gift (买2件送口水巾); None where the merchant's words for it must not be said."""
    if any(breach.severity == "unsafe" for breach in find_breaches(promotion.gift)):
        return None
    if promotion.min_quantity == 1:
        return phrase(whom(promotion), "下单就送", promotion.gift)
    return phrase(whom(promotion), "买", count(promotion.min_quantity), f"{unit}送", promotion.gift)


def offer_phrase(offer: Offer, used: tuple[Promotion, ...], unit: str) -> Phrase:
    """Say what is paid, with its derivation (领券满150元减15元，到手价144元)."""
    total = money(offer.total)
    if offer.quantity == 1 and len(used) == 1 and isinstance(used[0], FlashPrice | MemberPrice):
        return phrase(whom(used[0]), "限时" if isinstance(used[0], FlashPrice) else "", "到手价", total)
    steps = [said for promotion in used if (said := condition_phrase(promotion)) is not None]
    if offer.quantity == 1:
        return joined([*steps, phrase("到手价", total)])
    return joined([*steps, phrase("拍", count(offer.quantity), f"{unit}，到手一共", total)])


def deadline_phrase(promotions: Sequence[Promotion], at: datetime) -> Phrase | None:
    """Say when promotions that end together end, where that is soon, and for whom, where none is for everyone."""
    ends_at, people = promotions[0].ends_at, {whom(promotion) for promotion in promotions}
    if ends_at is None or ends_at - at > SOON or spoken_end(ends_at) <= at:
        return None
    if "" not in people and len(people) > 1:
        return None
    return phrase("" if "" in people else people.pop(), "优惠到", *moment(ends_at, at), "结束")


def whom(promotion: Promotion) -> str:
    """Say whom a promotion is for (新客, V8会员); nothing where it is for everyone."""
    eligibility = promotion.eligibility
    if eligibility.kind == "members":
        return f"{eligibility.grade or ''}会员"
    return {"everyone": "", "new_customers": "新客", "unknown": "符合条件的用户"}[eligibility.kind]


def _condition(promotion: Promotion) -> tuple[Piece | str, ...]:
    match promotion:
        case ThresholdDiscount():
            scope = "全店满" if promotion.product_ids is None else "满"
            return (scope, money(promotion.threshold), "减", money(promotion.amount_off))
        case Coupon():
            least = ("满", money(promotion.threshold)) if promotion.threshold else ()
            return ("领券", *least, "减", money(promotion.amount_off))
        case QuantityDiscount(min_quantity=1):
            return ("直接打", discount(promotion.percent_of_price))
        case QuantityDiscount():
            return ("满", count(promotion.min_quantity), "件打", discount(promotion.percent_of_price))
        case MemberPrice():
            return ("价", money(promotion.price))
        case GroupBuy():
            return (count(promotion.group_size), "人拼团每件减", money(promotion.amount_off))
        case FlashPrice():
            return ("限时价", money(promotion.price))
        case _:
            return ()
