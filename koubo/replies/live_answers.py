"""Price, discount and stock: what is said of live values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from koubo.catalog.facts import FactKind
from koubo.catalog.records import Promotion
from koubo.replies.asked import Asked
from koubo.replies.deals import AskedDeal, Kind, asked_deal, may_be_hidden, running
from koubo.replies.fact_answers import fact_outcome
from koubo.replies.intent import Intent
from koubo.replies.lines import Case, line
from koubo.replies.outcome import Outcome, of_another_product
from koubo.replies.values import deals_value, sold
from koubo.script.slots import Slot, SlotValue

_NO_DEAL = {
    Kind.COUPON: Case.NO_COUPON,
    Kind.NEW_CUSTOMERS: Case.NO_NEW_CUSTOMERS,
    Kind.MEMBERS: Case.NO_MEMBERS,
    Kind.GROUP: Case.NO_GROUP,
}


def live_outcome(asked: Asked, intent: Intent) -> Outcome:
    """Price, discount and stock: live values only, never a fact's own words.

    What is named and not sold, or must not be said, has no price and no stock; an amount or a deal that the comment
    claims is not confirmed, and a kind of deal that it asks for is answered with that kind or with none.
    """
    values = asked.values()
    if asked.other is not None:
        return of_another_product(asked)
    if "together" in asked.signs:
        return fact_outcome(asked)
    if asked.options.nowhere_together and Slot.SPEC in values:
        return Outcome((Case.OPTION_NOT_SOLD,), values, answered=True)
    named_in_silence = asked.options.named and Slot.SPEC not in values
    if asked.options.unknown is not None or named_in_silence:
        return fact_outcome(_about_options(asked))
    deal = asked_deal(asked.comment, asked.live)
    if deal.kinds or deal.others:
        return _asked_deal(asked, deal, values)
    cases = _claimed(deal, values) if deal.claim else _cases(asked, intent, values)
    if cases and any(line(case, asked.manner.persona, (), values) for case in cases):
        return Outcome(cases, values, answered=True, warnings=("sold_out",) if _sold_out(values) else ())
    return fact_outcome(asked)


def _cases(asked: Asked, intent: Intent, values: Mapping[Slot, SlotValue]) -> tuple[Case, ...]:
    if intent is Intent.PRICE:
        return _price(values)
    return _discount(asked, values) if intent is Intent.DISCOUNT else _stock(asked, values)


def _about_options(asked: Asked) -> Asked:
    """What is named is not sold: the facts that say which options there are may answer, and no other."""
    labels = {name for sku in asked.live.product.skus for name in sku.options}
    return replace(asked, found=tuple(one for one in asked.found if any(name in one.fact.label for name in labels)))


def _asked_deal(asked: Asked, deal: AskedDeal, values: Mapping[Slot, SlotValue]) -> Outcome:
    """A kind of deal by its name: what runs of it, or that there is none; another kind is no answer."""
    found = running(deal, asked.live)
    if found and _is_reckoned_with(found, values):
        return Outcome(_price(values), values, answered=True)
    if found:
        told = deals_value(sold(asked.live, asked.options), found)
        return fact_outcome(asked) if told is None else _told(asked, Case.DEAL_ASKED, {**values, Slot.CONDITIONS: told})
    if may_be_hidden(deal, asked.live):
        return fact_outcome(asked)
    none = _NO_DEAL[next(iter(deal.kinds))] if len(deal.kinds) == 1 and not deal.grade else Case.NO_SUCH_DEAL
    return _told(asked, Case.NO_SUCH_DEAL if deal.others else none, values)


def _told(asked: Asked, case: Case, values: Mapping[Slot, SlotValue]) -> Outcome:
    """One case, where its values are there: none of what is sold out is offered."""
    if _sold_out(values):
        return Outcome(_price(values), values, answered=True, warnings=("sold_out",))
    return Outcome((case,), values, answered=True) if Slot.PRICE in values else fact_outcome(asked)


def _is_reckoned_with(found: Sequence[Promotion], values: Mapping[Slot, SlotValue]) -> bool:
    """Whether the amount to pay that is said rests on one of these promotions."""
    offered = values.get(Slot.OFFER)
    ids = {fact.id for fact in offered.facts} if offered else set()
    return any(fact_id.endswith(f":{FactKind.PROMOTION}:{promotion.id}") for promotion in found for fact_id in ids)


def _claimed(deal: AskedDeal, values: Mapping[Slot, SlotValue]) -> tuple[Case, ...]:
    """What the price is, never 有的: the amount or the deal that was claimed may not be so."""
    return (Case.DEAL_GIFT, *_price(values)) if deal.gift and not _sold_out(values) else _price(values)


def _price(values: Mapping[Slot, SlotValue]) -> tuple[Case, ...]:
    if _sold_out(values):
        return (Case.PRICE_SOLD_OUT_OPTION,) if Slot.SPEC in values else (Case.PRICE_SOLD_OUT,)
    if Slot.SPEC in values:
        return (Case.PRICE_OPTION_OFFER, Case.PRICE_OPTION)
    return (Case.PRICE_OFFER, Case.PRICE_CONDITIONS, Case.PRICE_RANGE, Case.PRICE)


def _discount(asked: Asked, values: Mapping[Slot, SlotValue]) -> tuple[Case, ...]:
    """That there is no discount is said only where none runs: one whose words must not be said is left to a person."""
    if _sold_out(values):
        return _price(values)
    if "gift" in asked.signs:
        return (Case.DISCOUNT_GIFT,)
    none = (Case.DISCOUNT_NONE,) if not asked.live.promotions else ()
    return (Case.DISCOUNT_OFFER, Case.DISCOUNT_CONDITIONS, Case.DISCOUNT_GIFT, *none)


def _stock(asked: Asked, values: Mapping[Slot, SlotValue]) -> tuple[Case, ...]:
    """Of several options that are named one may be gone: then nothing is said of all together."""
    if Slot.STOCK not in values or asked.options.several:
        return ()
    if Slot.SPEC in values:
        return (Case.SOLD_OUT_OPTION,) if _sold_out(values) else (Case.STOCK_OPTION,)
    return (Case.SOLD_OUT,) if _sold_out(values) else (Case.STOCK,)


def _sold_out(values: Mapping[Slot, SlotValue]) -> bool:
    stock = values.get(Slot.STOCK)
    return stock is not None and all(fact.value == "0" for fact in stock.facts)
