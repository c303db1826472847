"""Which deal a comment asks for (新人券, 会员价, 拼团), which of those run, and what it claims (9块9, 半价)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from koubo.catalog.records import Coupon, GroupBuy, Promotion
from koubo.catalog.store import LiveProduct
from koubo.replies.tables import deal_words
from koubo.script.expressions import one_of
from koubo.script.folded import flat


class Kind(StrEnum):
    """A kind of deal that viewers ask for by its name."""

    COUPON = "coupon"
    NEW_CUSTOMERS = "new_customers"
    MEMBERS = "members"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class AskedDeal:
    """What a comment asks for or claims of deals.

    ``kinds``: deals must be of all of these (新人券: for new customers, and a coupon). ``grade``: the member grade that
    is named. ``others``: people whom no promotion names (学生). ``claim``: an amount or a deal spoken of as if it were
    so (9块9还有吗), and ``gift``: that deal gives something (买一送一).
    """

    kinds: frozenset[Kind] = frozenset()
    grade: str | None = None
    others: bool = False
    claim: bool = False
    gift: bool = False


def asked_deal(comment: str, live: LiveProduct) -> AskedDeal:
    """Return what a comment asks for or claims of deals; a grade that a promotion names means members."""
    text = flat(comment)
    grade = next((grade for grade in _grades(live) if flat(grade) in text), None)
    named = _tiers().search(text)
    kinds = {Kind(name) for name, pattern in _kinds().items() if pattern.search(text)}
    return AskedDeal(
        frozenset(kinds | {Kind.MEMBERS} if grade else kinds),
        grade or (named.group() if named else None),
        _others().search(text) is not None,
        _claims().search(text) is not None,
        _gifts().search(text) is not None,
    )


def running(asked: AskedDeal, live: LiveProduct) -> tuple[Promotion, ...]:
    """Return the running promotions that are what is asked for."""
    return tuple(promotion for promotion in live.promotions if _is_asked(asked, promotion))


def may_be_hidden(asked: AskedDeal, live: LiveProduct) -> bool:
    """Whether a promotion that does not say for whom it is may be what is asked for: then it is not denied."""
    by_people = asked.others or bool(asked.kinds & {Kind.NEW_CUSTOMERS, Kind.MEMBERS})
    return by_people and any(promotion.eligibility.kind == "unknown" for promotion in live.promotions)


def _is_asked(asked: AskedDeal, promotion: Promotion) -> bool:
    if asked.others or (
        asked.grade and promotion.eligibility.grade and flat(promotion.eligibility.grade) != flat(asked.grade)
    ):
        return False
    return bool(asked.kinds) and all(_is_of(kind, promotion) for kind in asked.kinds)


def _is_of(kind: Kind, promotion: Promotion) -> bool:
    match kind:
        case Kind.COUPON:
            return isinstance(promotion, Coupon)
        case Kind.GROUP:
            return isinstance(promotion, GroupBuy)
        case _:
            return promotion.eligibility.kind == kind


def _grades(live: LiveProduct) -> tuple[str, ...]:
    return tuple(p.eligibility.grade for p in live.promotions if p.eligibility.grade)


@cache
def _kinds() -> Mapping[str, re.Pattern[str]]:
    return {name: one_of(patterns) for name, patterns in deal_words().kinds.items()}


@cache
def _tiers() -> re.Pattern[str]:
    return one_of(deal_words().tiers)


@cache
def _others() -> re.Pattern[str]:
    return one_of(deal_words().others)


@cache
def _claims() -> re.Pattern[str]:
    return one_of(deal_words().claims)


@cache
def _gifts() -> re.Pattern[str]:
    return one_of(deal_words().gifts)
