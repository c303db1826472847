"""How promotions and offers are put into words: every amount comes from the promotion's fields, never from its name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

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
from koubo.script.merchant_words import gift_words, grade_words
from koubo.script.phrases import Phrase, Piece, count, discount, joined, moment, money, phrase, spoken_end

SOON = timedelta(days=7)
"""A deadline is spoken only when it is this near."""


def condition_phrase(promotion: Promotion, unit: str) -> Phrase | None:
    """Say a promotion's condition (全店满199元减20元), its pieces counted by ``unit``.

    None for a gift, which has a phrase of its own, and where the merchant's word for the member grade must not be said.
    """
    pieces, people = _condition(promotion, unit), whom(promotion)
    return phrase(people, *pieces) if pieces and people is not None else None


def conditions_phrase(promotions: Sequence[Promotion], unit: str) -> Phrase:
    """Say the conditions of several promotions in a row; whom they are for is said once of those that stand together.

    新客满99元减5元，新客领券减3元 becomes 新客满99元减5元，还有领券减3元.
    """
    parts: list[Phrase] = []
    before: str | None = ""
    for promotion in promotions:
        people, said = whom(promotion), condition_phrase(promotion, unit)
        if said is None:
            continue
        if people and people == before and not isinstance(promotion, MemberPrice):
            said = phrase("还有", *_condition(promotion, unit))
        parts.append(said)
        before = people
    return joined(parts)


def best_of_each(promotions: Sequence[Promotion]) -> tuple[Promotion, ...]:
    """Return the promotions of which none for the same people asks as little and gives more, in their order."""
    best: dict[tuple[object, ...], Promotion] = {}
    for promotion in promotions:
        if (terms := _terms(promotion)) not in best or _gives(promotion) > _gives(best[terms]):
            best[terms] = promotion
    return tuple(promotion for promotion in promotions if promotion in best.values())


def _terms(promotion: Promotion) -> tuple[object, ...]:
    """What a promotion asks, of whom, and of how much of the shop."""
    match promotion:
        case ThresholdDiscount() | Coupon():
            asked: object = promotion.threshold
        case QuantityDiscount():
            asked = promotion.min_quantity
        case GroupBuy():
            asked = promotion.group_size
        case Gift():
            asked = promotion.id
        case _:
            asked = None
    return promotion.kind, promotion.product_ids is None, promotion.eligibility, asked


def _gives(promotion: Promotion) -> Decimal:
    """How much it gives, for comparing promotions of the same terms."""
    match promotion:
        case ThresholdDiscount() | Coupon() | GroupBuy():
            return promotion.amount_off
        case QuantityDiscount():
            return -promotion.percent_of_price
        case FlashPrice() | MemberPrice():
            return -promotion.price
        case _:
            return Decimal(0)


def gift_phrase(promotion: Gift, unit: str) -> Phrase | None:
    """Say a gift (买2件送口水巾); None where the merchant's words for it must not be said."""
    gift, people = gift_words(promotion.gift), whom(promotion)
    if gift is None or people is None:
        return None
    if promotion.min_quantity == 1:
        return phrase(people, "下单就送", gift)
    return phrase(people, "买", count(promotion.min_quantity), f"{unit}送", gift)


def offer_phrase(offer: Offer, used: tuple[Promotion, ...], unit: str) -> Phrase | None:
    """Say what is paid, with its derivation (领券满150元减15元，到手价144元); None where a part must not be said."""
    total, people = money(offer.total), [whom(promotion) for promotion in used]
    if None in people:
        return None
    if offer.quantity == 1 and len(used) == 1 and isinstance(used[0], FlashPrice | MemberPrice):
        flash = "限时" if isinstance(used[0], FlashPrice) else ""
        return phrase(people[0] or "", flash, "到手价", total)
    steps = conditions_phrase(used, unit)
    if offer.quantity == 1:
        return joined([steps, phrase("到手价", total)])
    return joined([steps, phrase("拍", count(offer.quantity), f"{unit}，到手一共", total)])


def deadline_phrase(promotions: Sequence[Promotion], at: datetime) -> Phrase | None:
    """Say when promotions that end together end, where that is soon, and for whom, where none is for everyone."""
    ends_at, people = promotions[0].ends_at, {whom(promotion) for promotion in promotions}
    if ends_at is None or ends_at - at > SOON or spoken_end(ends_at) <= at or None in people:
        return None
    if "" not in people and len(people) > 1:
        return None
    return phrase("" if "" in people else people.pop() or "", "优惠到", *moment(ends_at, at), "结束")


def whom(promotion: Promotion) -> str | None:
    """Say whom a promotion is for (新客, V8会员): nothing where it is for everyone, None where that cannot be said."""
    eligibility = promotion.eligibility
    if eligibility.kind == "members":
        grade = grade_words(eligibility.grade)
        return None if grade is None else f"{grade}会员"
    return {"everyone": "", "new_customers": "新客", "unknown": "符合条件的用户"}[eligibility.kind]


def _condition(promotion: Promotion, unit: str) -> tuple[Piece | str, ...]:
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
            return ("满", count(promotion.min_quantity), f"{unit}打", discount(promotion.percent_of_price))
        case MemberPrice():
            return ("价", money(promotion.price))
        case GroupBuy():
            return (count(promotion.group_size), "人拼团每件减", money(promotion.amount_off))
        case FlashPrice():
            return ("限时价", money(promotion.price))
        case _:
            return ()
