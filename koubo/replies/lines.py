"""Which line is said: one of a case's lines whose slots all have a value, taken by seed, product and comment."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Sequence
from enum import StrEnum
from functools import cache

from koubo.replies.tables import Lines, reply_lines
from koubo.rubric.safety import find_breaches
from koubo.script.guard import line_findings
from koubo.script.numerals import find_numbers
from koubo.script.render import sentences_of
from koubo.script.slots import SLOT, Slot, slots_in
from koubo.script.tables import TableError, words

ANY = "any"
YOU = "{you}"
FEWEST = 3
"""Lines that fit every persona: fewer would be heard again and again."""
_BRACE = re.compile("[{}]")


class Case(StrEnum):
    """What there is to say. Each has its lines in data/replies.yaml."""

    PRICE_OFFER = "price_offer"
    PRICE_CONDITIONS = "price_conditions"
    PRICE_RANGE = "price_range"
    PRICE = "price"
    PRICE_OPTION_OFFER = "price_option_offer"
    PRICE_OPTION = "price_option"
    PRICE_SOLD_OUT = "price_sold_out"
    PRICE_SOLD_OUT_OPTION = "price_sold_out_option"
    OPTION_NOT_SOLD = "option_not_sold"
    DEAL_GIFT = "deal_gift"
    DEAL_ASKED = "deal_asked"
    NO_COUPON = "no_coupon"
    NO_NEW_CUSTOMERS = "no_new_customers"
    NO_MEMBERS = "no_members"
    NO_GROUP = "no_group"
    NO_SUCH_DEAL = "no_such_deal"
    DISCOUNT_OFFER = "discount_offer"
    DISCOUNT_CONDITIONS = "discount_conditions"
    DISCOUNT_GIFT = "discount_gift"
    DISCOUNT_NONE = "discount_none"
    STOCK = "stock"
    STOCK_OPTION = "stock_option"
    SOLD_OUT = "sold_out"
    SOLD_OUT_OPTION = "sold_out_option"
    FACT = "fact"
    TWO_FACTS = "two_facts"
    SIZE = "size"
    COMPARISON = "comparison"
    COMPARISON_BARE = "comparison_bare"
    BUYING = "buying"
    OFF_TOPIC = "off_topic"
    OTHER_PRODUCT = "other_product"
    OFF_PLATFORM = "off_platform"
    DISPUTE = "dispute"
    REPORT = "report"
    OPEN = "open"
    OPEN_SIZE = "open_size"
    OPEN_REST = "open_rest"


def line(case: Case, persona: str, key: Sequence[object], valued: Collection[Slot]) -> str | None:
    """Return a line of a case with its {you} filled, the same for the same key; None where no line has its slots.

    Args:
        persona: whose lines stand beside those for all, and whose way to address people is used.
        key: what the choice hangs on, such as seed, product and comment.
        valued: the slots that have a value now.
    """
    by_persona = checked_lines()[case]
    sayable = [text for text in (*by_persona.get(persona, ()), *by_persona[ANY]) if set(slots_in(text)) <= set(valued)]
    if not sayable:
        return None
    number = _number(case, *key)
    table = words("addresses.yaml")
    addresses = table.get(persona, table[ANY])
    return sayable[number % len(sayable)].replace(YOU, addresses[number % len(addresses)])


def _number(*key: object) -> int:
    """Return a number that looks drawn by lot and is the same for the same key."""
    return int.from_bytes(hashlib.sha256(repr(key).encode()).digest()[:8], "big")


@cache
def checked_lines() -> Lines:
    """The lines, checked. Raises `TableError` naming case and line."""
    lines = reply_lines()
    if problems := tuple(line_problems(lines)):
        raise TableError("koubo/replies/data/replies.yaml: " + "; ".join(problems))
    return lines


def line_problems(lines: Lines) -> Iterator[str]:
    """Yield what is wrong with lines: a case that is missing or unknown, too few, or one that claims something."""
    for case in sorted({*Case} ^ lines.keys()):
        yield f"{case}: is missing" if case in {*Case} else f"{case}: no such case"
    for case, by_persona in lines.items():
        if len(by_persona.get(ANY, ())) < FEWEST:
            yield f"{case}: needs {FEWEST} lines for `{ANY}`"
        for text in (text for texts in by_persona.values() for text in texts):
            yield from (f"{case}: {text!r}: {problem}" for problem in _problems(text))


def _problems(text: str) -> Iterator[str]:
    free = SLOT.sub("", text.replace(YOU, ""))
    if _BRACE.search(free):
        yield "a brace that is no slot"
    if not text.endswith(("。", "！", "？")) or len(sentences_of(text)) > 2:
        yield "write one or two whole sentences"
    yield from (f"holds the number {number.words!r}" for number in find_numbers(free))
    yield from (f"breaks {breach.law}: {breach.words!r}" for breach in find_breaches(free))
    yield from (f"the guard would withhold it ({found.rule}: {found.words!r})" for found in line_findings(free))
