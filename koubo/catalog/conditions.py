"""What a promotion asks and gives, in the few words that a shop writes on its page."""

from __future__ import annotations

from decimal import Decimal

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


def describe(promotion: Promotion) -> str:
    """The promotion's own condition in a few words for people to read, such as 满199减20; without buyer and time."""
    match promotion:
        case ThresholdDiscount():
            return f"满{plain(promotion.threshold)}减{plain(promotion.amount_off)}"
        case QuantityDiscount():
            return f"{promotion.min_quantity}件{plain(promotion.percent_of_price / 10)}折"
        case Coupon():
            floor = f"满{plain(promotion.threshold)}" if promotion.threshold else ""
            return f"券{floor}减{plain(promotion.amount_off)}"
        case MemberPrice():
            return f"{promotion.grade or ''}会员价{plain(promotion.price)}"
        case GroupBuy():
            return f"{promotion.group_size}人团减{plain(promotion.amount_off)}"
        case FlashPrice():
            return f"限时价{plain(promotion.price)}"
        case Gift():
            return f"满{promotion.min_quantity}件送{promotion.gift}"


def plain(amount: Decimal) -> str:
    """Digits without needless zeros: 199.00 as 199, 59.90 as 59.9."""
    return format(amount.normalize(), "f")
