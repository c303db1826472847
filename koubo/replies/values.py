"""What the slots of a reply say: the live values as scripts say them, and the facts that answer. All pass the guard."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from koubo.catalog.facts import PRIORITY, Fact, FactKind, Provenance
from koubo.catalog.store import LiveProduct
from koubo.replies.named import Options, narrowed
from koubo.replies.reply import Manner
from koubo.replies.sizing import SizeRow
from koubo.script.guard import text_findings
from koubo.script.names import short_name
from koubo.script.phrases import joined, phrase
from koubo.script.slots import Slot, SlotValue
from koubo.script.values import Selling, fact_words, slot_values

Values = Mapping[Slot, SlotValue]


def live_values(live: LiveProduct, options: Options, manner: Manner) -> Values:
    """Return the slots of live values, of the SKUs that a comment names or of the whole product.

    {stock} says whether there is any, not only when little is left; {spec} names the options.
    """
    sold = narrowed(live, options.skus) if options.skus else live
    selling = Selling(short_name(live.product), "", {}, manner.buyer, manner.quantity)
    found = dict(slot_values(selling, sold))
    if sold.stock is not None and Slot.STOCK not in found:
        words = "已经卖完了" if sold.stock == 0 else "现在有货"
        found[Slot.STOCK] = SlotValue(Slot.STOCK, words, (), (_stock_fact(sold, options),))
    if options.named and options.skus:
        rows = tuple(fact for fact in live.facts if fact.kind is FactKind.SKU_PRICE and fact.label in sold.sku_prices)
        said = phrase("".join(options.named))
        found[Slot.SPEC] = SlotValue(Slot.SPEC, said.written, said.pins, rows)
    return {slot: value for slot, value in found.items() if not any(text_findings(value.written, live.product))}


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
