"""What the slots of a reply say: the live values as scripts say them, and the facts that answer. All pass the guard."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from koubo.catalog.facts import PRIORITY, Fact, FactKind, Provenance
from koubo.catalog.records import FlashPrice, GroupBuy, MemberPrice, Promotion
from koubo.catalog.store import LiveProduct
from koubo.replies.guard import is_plain_gift, name_findings
from koubo.replies.named import Options, narrowed
from koubo.replies.reply import Manner
from koubo.replies.sizing import SizeRow
from koubo.script.guard import text_findings
from koubo.script.merchant_words import unit_words
from koubo.script.names import short_name
from koubo.script.phrases import joined, phrase
from koubo.script.promotions import condition_phrase
from koubo.script.slots import Slot, SlotValue
from koubo.script.values import Selling, fact_words, slot_values

Values = Mapping[Slot, SlotValue]


def live_values(live: LiveProduct, options: Options, manner: Manner) -> Values:
    """Return the slots of live values, of the SKUs that a comment names or of the whole product.

    {stock} says whether there is any, not only when little is left; {spec} names the options.
    """
    meant = sold(live, options)
    selling = Selling(short_name(live.product), "", {}, manner.buyer, manner.quantity)
    found = dict(slot_values(selling, meant))
    if meant.stock is not None and Slot.STOCK not in found:
        words = "已经卖完了" if meant.stock == 0 else "现在有货"
        found[Slot.STOCK] = SlotValue(Slot.STOCK, words, (), (_stock_fact(meant, options),))
    if (spec := spec_value(live, options)) is not None:
        found[Slot.SPEC] = spec
    if Slot.GIFT in found and not is_plain_gift(found[Slot.GIFT].written):
        del found[Slot.GIFT]
    return {slot: value for slot, value in found.items() if not any(text_findings(value.written, live.product))}


def sold(live: LiveProduct, options: Options) -> LiveProduct:
    """Return the product as if it had only the SKUs that a comment names; as it is, where it names none."""
    return narrowed(live, options.skus) if options.skus else live


def spec_value(live: LiveProduct, options: Options) -> SlotValue | None:
    """Return the options that a comment names, with the SKUs that have any of them as facts; None where they must not
    be said, or none is named."""
    words = "".join(options.named)
    if not words or any(name_findings(words, live.product)):
        return None
    skus = {sku.id for sku in live.product.skus if not set(options.named).isdisjoint(sku.options.values())}
    ids = {sku.id for sku in options.skus} or skus
    rows = tuple(fact for fact in live.facts if fact.kind is FactKind.SKU_PRICE and fact.label in ids)
    said = phrase(words)
    return SlotValue(Slot.SPEC, said.written, said.pins, rows)


def deals_value(live: LiveProduct, deals: Sequence[Promotion]) -> SlotValue | None:
    """Return the conditions of these promotions, two at most; None where none can be said or lowers the price."""
    unit = unit_words(live.product.unit)
    spoken = ((deal, condition_phrase(deal, unit)) for deal in deals if _lowers(deal, live.price))
    said = [(deal, words) for deal, words in spoken if words][:2]
    if not said:
        return None
    words = joined([told for _, told in said])
    known = {fact.id: fact for fact in live.facts}
    facts = tuple(
        replace(known[f"{live.product.id}:{FactKind.PROMOTION}:{deal.id}"], value=told.written) for deal, told in said
    )
    return SlotValue(Slot.CONDITIONS, words.written, words.pins, facts, live.not_after)


def _lowers(deal: Promotion, price: Decimal) -> bool:
    match deal:
        case FlashPrice() | MemberPrice():
            return deal.price < price
        case GroupBuy():
            return deal.amount_off < price
        case _:
            return True


def _stock_fact(sold: LiveProduct, options: Options) -> Fact:
    """Return the stock as a fact: how many pieces are left of what is asked for."""
    of = "/".join(options.named)
    came = Provenance("live", f"live:{sold.version}", quote=f"{of} {sold.stock}".strip())
    unit = sold.product.unit or "件"
    identity = ":".join(filter(None, (sold.product.id, "stock", of)))
    priority = PRIORITY[FactKind.STOCK]
    return Fact(
        identity, sold.product.id, FactKind.STOCK, "库存", str(sold.stock), unit, priority, None, None, 1.0, came
    )


_BREAK = re.compile(r"\s*[;；\n]+\s*")
_COLON = re.compile(r"(?<=\D)\s*[:：]\s*")
_PERCENT = re.compile(r"%\s+(?=[一-鿿])")


def in_one_line(fact: Fact) -> Fact:
    """Return a fact whose value can be said in one breath: a shop's lines joined, its colons and idle spaces gone.

    外壳：100% 纯棉⏎内充：聚酯纤维 becomes 外壳100%纯棉，内充聚酯纤维. Nothing is left out, and no number changes.
    """
    joined_up = _BREAK.sub("，", fact.value.strip())
    return replace(fact, value=_PERCENT.sub("%", _COLON.sub("", joined_up)))


def fact_value(slot: Slot, fact: Fact, words: str | None = None) -> SlotValue:
    """Return a fact as a slot's phrase: its own words as scripts say them, or the part of them that answers."""
    said = phrase(words if words is not None else fact_words(slot, fact))
    return SlotValue(slot, said.written, said.pins, (fact,), fact.valid_until)


def size_value(rows: Sequence[SizeRow]) -> SlotValue:
    """Return what a size table says of the sizes that fit: 尺码表上XL对应体重150-165斤."""
    by_size: dict[str, list[str]] = {}
    for row in rows:
        by_size.setdefault(row.size, []).append(row.words)
    parts = [phrase(f"尺码表上{size}对应{'、'.join(found)}") for size, found in by_size.items()]
    said = joined(parts)
    facts = tuple({row.fact.id: row.fact for row in rows}.values())
    ends = [fact.valid_until for fact in facts if fact.valid_until is not None]
    return SlotValue(Slot.SIZE, said.written, said.pins, facts, min(ends, default=None))


def sizes_there_are(facts: Sequence[Fact]) -> SlotValue | None:
    """Return the sizes that the product comes in, from the first of these facts that says so."""
    for fact in facts:
        if fact.kind in (FactKind.ATTRIBUTE, FactKind.IMAGE_ATTRIBUTE) and "码" in fact.label:
            return fact_value(Slot.SIZE, fact)
    return None
