"""What each slot says, from live values. A slot without a value is not there: its sentence is then not spoken."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation

from koubo.catalog import offers
from koubo.catalog.facts import Fact, FactKind, Provenance
from koubo.catalog.offers import Buyer, NoOffer, Offer
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
from koubo.catalog.store import LiveProduct
from koubo.script.choose import is_sayable
from koubo.script.labelled import is_read_whole, labelled
from koubo.script.merchant_words import gift_words, unit_words
from koubo.script.phrases import Phrase, count, day_ends, money, phrase, spoken_end
from koubo.script.promotions import (
    best_of_each,
    condition_phrase,
    conditions_phrase,
    deadline_phrase,
    gift_phrase,
    offer_phrase,
    whom,
)
from koubo.script.slots import Slot, SlotValue

FEW = 200
"""Stock is spoken only up to this many pieces."""
SPOKEN_CONDITIONS = 2
_DURING = re.compile("[。！？!?；;]+")


@dataclass(frozen=True, slots=True)
class Selling:
    """What a brief fixed of a product: its spoken name and brand, the facts chosen for slots, for whom, how many."""

    short_name: str
    brand: str
    chosen: Mapping[Slot, str]
    buyer: Buyer
    quantity: int
    banned: tuple[str, ...] = ()


def slot_values(selling: Selling, live: LiveProduct) -> Mapping[Slot, SlotValue]:
    """Return the phrase of every slot that has one at ``live.at``, with its facts and the end of its truth.

    A phrase that holds a banned word is not there.
    """
    return {slot: value for slot, value in _all_values(selling, live).items() if not _is_banned(selling, value)}


def unsaid(selling: Selling, live: LiveProduct) -> tuple[str, ...]:
    """Name what is left out because it must not be said: promotions whose words are not sayable, and banned slots.

    Each is ``unsayable_gift:ID``, ``unsayable_grade:ID`` (of a promotion), ``unsayable_unit``, or ``banned:SLOT``.
    """
    found = [f"unsayable_gift:{p.id}" for p in live.promotions if isinstance(p, Gift) and gift_words(p.gift) is None]
    found += [f"unsayable_grade:{p.id}" for p in live.promotions if whom(p) is None]
    unit = live.product.unit.strip()
    found += ["unsayable_unit"] if unit and unit_words(unit) != unit else []
    return (*found, *(f"banned:{slot}" for slot, v in _all_values(selling, live).items() if _is_banned(selling, v)))


def _all_values(selling: Selling, live: LiveProduct) -> dict[Slot, SlotValue]:
    found = [*_named(selling, live), *_content(selling, live), *_priced(live, _offer(selling, live))]
    return {value.slot: value for value in found}


def _is_banned(selling: Selling, value: SlotValue) -> bool:
    return any(word in value.written for word in selling.banned if word)


def values_said(values: Mapping[Slot, SlotValue], sentences: Iterable[str]) -> Mapping[Slot, SlotValue]:
    """Return the values for these slotted sentences: where none of them says the offer, the deal says how it comes
    about, so that no amount to pay is heard without its derivation."""
    offer, deal = values.get(Slot.OFFER), values.get(Slot.DEAL)
    if offer is None or deal is None or deal.facts != offer.facts or any("{offer}" in said for said in sentences):
        return values
    return {**values, Slot.DEAL: replace(offer, slot=Slot.DEAL)}


def _offer(selling: Selling, live: LiveProduct) -> Offer | NoOffer:
    return offers.offer(live, selling.buyer, selling.quantity, live.at)


def _value(slot: Slot, said: Phrase, facts: tuple[Fact, ...], not_after: datetime | None = None) -> SlotValue:
    return SlotValue(slot, said.written, said.pins, facts, not_after)


def _named(selling: Selling, live: LiveProduct) -> list[SlotValue]:
    """The name and the brand."""
    named = _value(Slot.NAME, phrase(selling.short_name), (_fact(live, FactKind.NAME, live.product.title),))
    if not selling.brand:
        return [named]
    return [named, _value(Slot.BRAND, phrase(selling.brand), (_fact(live, FactKind.BRAND, selling.brand),))]


def _content(selling: Selling, live: LiveProduct) -> list[SlotValue]:
    """The chosen facts that still stand at ``live.at``, by id, with the words they have now; none that is unread."""
    now = {fact.id: fact for fact in live.facts}
    found = []
    for slot, fact_id in selling.chosen.items():
        fact = now.get(fact_id)
        if fact is not None and _stands(fact, live.at) and is_sayable(fact, selling.banned):
            said = fact_words(slot, fact)
            if is_read_whole(said):
                found.append(_value(slot, phrase(said), (fact,), fact.valid_until))
    return found


def _stands(fact: Fact, at: datetime) -> bool:
    return (fact.valid_from is None or fact.valid_from <= at) and (fact.valid_until is None or at < fact.valid_until)


def fact_words(slot: Slot, fact: Fact) -> str:
    """Say a fact of content as a complete phrase: a point as it is, an attribute with its label, a quote as a quote."""
    value = _DURING.sub("，", fact.value.strip()).strip("，,、 ")
    if fact.kind is FactKind.REVIEW_QUOTE:
        return f"有买家说，“{value}”"
    if fact.kind is FactKind.REVIEW_PRAISE:
        return f"买过的人说{value}"
    if fact.kind is FactKind.QUESTION_ANSWER:
        return f"“{_DURING.sub('，', fact.label).strip('，, ')}”，答复是{value}"
    if fact.kind is FactKind.SELLING_POINT:
        return value
    return labelled(fact.label, value)


def _priced(live: LiveProduct, offer: Offer | NoOffer) -> list[SlotValue]:
    """Everything that changes while a stream runs."""
    used = _used(live, offer)
    spoken = _conditions(live, used)
    gift = _open_gift(live, (*used, *spoken))
    return [
        *_deal(_prices(live, used), _offers(live, offer, used), offer, used),
        *_spoken_conditions(live, spoken),
        *_gifts(live, gift),
        *_deadline(live, (*used, *spoken, *((gift,) if gift else ()))),
        *_stock(live),
        *_activity(live),
    ]


def _open_gift(live: LiveProduct, spoken: tuple[Promotion, ...]) -> Gift | None:
    """The first gift that can be said and that nothing else spoken excludes by its stacking group."""
    groups = {promotion.stacking_group for promotion in spoken if promotion.stacking_group}
    found = (p for p in live.promotions if isinstance(p, Gift) and p.stacking_group not in groups)
    return next((gift for gift in found if gift_phrase(gift, _unit(live)) is not None), None)


def _is_paid_by_all(live: LiveProduct) -> bool:
    """Whether everybody pays the price for a piece: no promotion for everyone, or for nobody knows whom, lowers it."""
    for promotion in live.promotions:
        match promotion:
            case FlashPrice():
                lowers = promotion.price < live.price
            case QuantityDiscount():
                lowers = promotion.min_quantity == 1
            case ThresholdDiscount():
                lowers = promotion.threshold <= live.price
            case _:
                lowers = False
        if lowers and promotion.eligibility.kind in ("everyone", "unknown"):
            return False
    return True


def _prices(live: LiveProduct, used: tuple[Promotion, ...]) -> list[SlotValue]:
    """The price, with 起 where SKUs differ; the list price and the saving where the price is one."""
    label = "现价" if not used and _is_paid_by_all(live) else "页面价"
    price = _fact(live, FactKind.PRICE, str(live.price), "元")
    found = [
        _value(
            Slot.PRICE, phrase(label, money(live.price), "起" if live.price_is_range else ""), (price,), live.not_after
        )
    ]
    if live.price_is_range:
        rows = tuple(fact for fact in live.facts if fact.kind is FactKind.SKU_PRICE)
        found.append(_value(Slot.SKU_NOTE, phrase("不同规格价格不一样"), (price, *rows)))
    if live.list_price is None or live.list_price <= live.price or live.price_is_range:
        return found
    listed = _fact(live, FactKind.LIST_PRICE, str(live.list_price), "元")
    saved = live.list_price - live.price
    derived = _derived(live, "saving", "比划线价省", saved, f"{live.list_price}-{live.price}")
    found.append(_value(Slot.LIST_PRICE, phrase("划线价", money(live.list_price)), (listed,), live.not_after))
    found.append(_value(Slot.SAVING, phrase("比划线价省", money(saved)), (price, listed, derived), live.not_after))
    return found


def _used(live: LiveProduct, offer: Offer | NoOffer) -> tuple[Promotion, ...]:
    """The promotions that lower the amount of an offer; none where nothing is proved."""
    if isinstance(offer, NoOffer):
        return ()
    running = {promotion.id: promotion for promotion in live.promotions}
    return tuple(running[step.promotion_id] for step in offer.steps if step.after < step.before)


def _offers(live: LiveProduct, offer: Offer | NoOffer, used: tuple[Promotion, ...]) -> list[SlotValue]:
    if isinstance(offer, NoOffer) or not used:
        return []
    steps = "；".join(f"{step.why}：{step.before}→{step.after}" for step in offer.steps)
    total = _derived(live, "offer", "到手价", offer.total, f"{live.price}×{offer.quantity}；{steps}", offer.not_after)
    price = _fact(live, FactKind.PRICE, str(live.price), "元")
    pieces = _derived(live, "quantity", "件数", Decimal(offer.quantity), "the request")
    facts = (price, *(_promotion_fact(live, p) for p in used), total, *((pieces,) if offer.quantity > 1 else ()))
    said = offer_phrase(offer, used, _unit(live))
    return [_value(Slot.OFFER, said, facts, _soonest(offer.not_after, live.not_after))] if said else []


def _deal(
    prices: list[SlotValue], offered: list[SlotValue], offer: Offer | NoOffer, used: tuple[Promotion, ...]
) -> list[SlotValue]:
    """Add what is said at the end: the amount to pay where it is proved and everyone's, else the price.

    It stands without the offer's conditions, so what only members or new customers pay is not said here.
    """
    everyones = all(promotion.eligibility.kind == "everyone" for promotion in used)
    if offered and isinstance(offer, Offer) and offer.quantity == 1 and everyones:
        said, value = phrase("到手价", money(offer.total)), offered[0]
        deal = SlotValue(Slot.DEAL, said.written, said.pins, value.facts, value.not_after)
    else:
        deal = replace(prices[0], slot=Slot.DEAL)
    return [*prices, *offered, deal]


def _conditions(live: LiveProduct, used: tuple[Promotion, ...]) -> tuple[Promotion, ...]:
    """The promotions whose conditions are spoken: those for this product, within reach of the price and for everyone
    first, none that an offer has used already or excludes by its stacking group, one of a group that excludes one
    another, the best of those that ask the same, and no price that is not below the lowest one spoken."""
    groups = {promotion.stacking_group for promotion in used if promotion.stacking_group}
    others = [p for p in live.promotions if p not in used and p.stacking_group not in groups]
    others = [p for p in others if condition_phrase(p, _unit(live)) and _is_below(p, live.price)]
    others.sort(key=lambda p: _place(p, live))
    best = best_of_each([*used, *others])
    others = [promotion for promotion in others if promotion in best]
    apart = {promotion.stacking_group or promotion.id: promotion for promotion in reversed(others)}
    spoken = [p for p in others if p in apart.values()][:SPOKEN_CONDITIONS]
    return tuple(sorted(spoken, key=lambda p: p.eligibility.kind != "everyone"))


def _place(promotion: Promotion, live: LiveProduct) -> tuple[bool, bool, bool, str]:
    """The order in which conditions are chosen."""
    everyones = promotion.eligibility.kind == "everyone"
    return promotion.product_ids is None, _is_out_of_reach(promotion, live), not everyones, promotion.id


def _is_out_of_reach(promotion: Promotion, live: LiveProduct) -> bool:
    """Whether one piece costs less than the promotion asks for."""
    match promotion:
        case ThresholdDiscount() | Coupon():
            return (promotion.threshold or 0) > live.price
        case _:
            return False


def _is_below(promotion: Promotion, price: Decimal) -> bool:
    """Whether a price, or what is taken off each piece, leaves less than the price, but not nothing."""
    match promotion:
        case FlashPrice() | MemberPrice():
            return promotion.price < price
        case GroupBuy():
            return promotion.amount_off < price
        case _:
            return True


def _spoken_conditions(live: LiveProduct, spoken: tuple[Promotion, ...]) -> list[SlotValue]:
    """The conditions; when any promotion starts or ends, the offer may come to exclude one, so they end then too."""
    if not spoken:
        return []
    facts = tuple(_promotion_fact(live, promotion) for promotion in spoken)
    return [_value(Slot.CONDITIONS, conditions_phrase(spoken, _unit(live)), facts, live.not_after)]


def _gifts(live: LiveProduct, gift: Gift | None) -> list[SlotValue]:
    said = gift_phrase(gift, _unit(live)) if gift else None
    if gift is None or said is None:
        return []
    return [_value(Slot.GIFT, said, (_promotion_fact(live, gift),), live.not_after)]


def _deadline(live: LiveProduct, spoken: tuple[Promotion, ...]) -> list[SlotValue]:
    """The end of what is spoken, where all of it ends together: else the words would be wrong of one.

    It says 今天 and 明天, so it must not be spoken after midnight; nor after the minute that it names.
    """
    if not spoken or len({promotion.ends_at for promotion in spoken}) != 1:
        return []
    said, ends_at = deadline_phrase(spoken, live.at), spoken[0].ends_at
    if said is None or ends_at is None:
        return []
    facts = tuple(_promotion_fact(live, p) for p in spoken)
    return [_value(Slot.DEADLINE, said, facts, _soonest(ends_at, spoken_end(ends_at), day_ends(live.at)))]


def _stock(live: LiveProduct) -> list[SlotValue]:
    if live.stock is None or not 0 < live.stock <= FEW:
        return []
    fact = _fact(live, FactKind.STOCK, str(live.stock), _unit(live))
    return [_value(Slot.STOCK, phrase("库存还有", count(live.stock), _unit(live)), (fact,))]


def _activity(live: LiveProduct) -> list[SlotValue]:
    """The word 活动, said only while a promotion runs, and only until the first of them ends."""
    if not live.promotions:
        return []
    facts = tuple(_promotion_fact(live, promotion) for promotion in live.promotions)
    return [_value(Slot.ACTIVITY, phrase("活动"), facts, _soonest(*(p.ends_at for p in live.promotions)))]


def _unit(live: LiveProduct) -> str:
    return unit_words(live.product.unit)


def _soonest(*moments: datetime | None) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)


def _fact(live: LiveProduct, kind: FactKind, value: str, unit: str | None = None) -> Fact:
    """Return the product's fact of a kind; where it says something else than is said now, the live value's own."""
    for fact in live.facts:
        if fact.kind is kind and (unit is None or _same(fact.value, value)):
            return fact
    came = Provenance("live", f"live:{live.version}", quote=value)
    return Fact(f"{live.product.id}:{kind}:live", live.product.id, kind, kind, value, unit, 0, None, None, 1.0, came)


def _derived(live: LiveProduct, key: str, label: str, amount: Decimal, how: str, until: datetime | None = None) -> Fact:
    """Make a fact of a value that is worked out from others; its quote says how."""
    came = Provenance("live", f"live:{live.version}", quote=how)
    identity = f"{live.product.id}:{key}"
    return Fact(identity, live.product.id, FactKind.PRICE, label, str(amount), "元", 0, None, until, 1.0, came)


def _same(one: str, other: str) -> bool:
    try:
        return Decimal(one) == Decimal(other)
    except InvalidOperation:
        return one == other


def _promotion_fact(live: LiveProduct, promotion: Promotion) -> Fact:
    """Return the fact of a running promotion, with the words that are said of it (whom it is for, too)."""
    known = next(fact for fact in live.facts if fact.id == f"{live.product.id}:{FactKind.PROMOTION}:{promotion.id}")
    unit = _unit(live)
    said = gift_phrase(promotion, unit) if isinstance(promotion, Gift) else condition_phrase(promotion, unit)
    return replace(known, value=said.written) if said else known
