"""What may be said of a fact in a reply. A fact's words are data: some hold a price, a phone, a rival, or an order.

Two gates, both must be passed: what keeps a fact out of scripts (`koubo.script.choose.is_sayable`), looked at as it
stands and with disguises taken away, and `koubo.script.guard` with its lists. What buyers wrote and what was read from
pictures is hearsay, and held to more. In doubt a fact is not said: a person is asked instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from koubo.catalog.deal_words import price_or_deal, unnamed_amount
from koubo.catalog.facts import Fact, FactKind
from koubo.catalog.records import Product
from koubo.rubric.amounts import amounts
from koubo.script.choose import is_sayable
from koubo.script.expressions import one_of
from koubo.script.folded import flat, plain
from koubo.script.guard import Finding, matches, text_findings
from koubo.script.guard_lists import guard_lists
from koubo.script.numerals import find_numbers

HEARSAY = frozenset({FactKind.REVIEW_QUOTE, FactKind.REVIEW_PRAISE, FactKind.IMAGE_ATTRIBUTE, FactKind.IMAGE_CLAIM})
"""Kinds whose words are a buyer's, or a picture's."""
_BUYERS = frozenset({FactKind.REVIEW_QUOTE, FactKind.REVIEW_PRAISE})
_LONGEST_LABEL = 30


def may_say(fact: Fact, product: Product) -> bool:
    """Say whether a fact's label and value may be spoken in a reply about its product."""
    return not any(fact_findings(fact, product))


def fact_findings(fact: Fact, product: Product) -> Iterator[Finding]:
    """Yield what keeps a fact from being said as it stands; nothing where it may be."""
    shown = replace(fact, label=plain(fact.label), value=plain(fact.value))
    folded = replace(fact, label=flat(fact.label), value=flat(fact.value))  # 九塊九, 加 微 信
    for one in (fact, shown, folded):
        if not is_sayable(one):
            yield Finding("unsayable", one.value)
    if len(fact.label) > _LONGEST_LABEL:
        yield Finding("label", fact.label)
    named = replace(folded, label="卖点", value=folded.label)
    if fact.kind is not FactKind.QUESTION_ANSWER and fact.label and not is_sayable(named):
        yield Finding("label", fact.label)
    if unnamed_amount(folded.label, folded.value):
        yield Finding("money", shown.value)
    yield from _words_of_fact(fact, product)


def _words_of_fact(fact: Fact, product: Product) -> Iterator[Finding]:
    words = fact.value if fact.kind in _BUYERS else f"{fact.label}，{fact.value}"  # the label of a quote is ours
    yield from text_findings(words, product, compatible=fact.kind not in HEARSAY)
    yield from _compared(flat(words), product)
    if fact.kind in HEARSAY:
        yield from _hearsay(words, product)
    if fact.kind in _BUYERS:
        yield from (Finding("number", number) for number in _unmeasured(flat(fact.value)))


def name_findings(text: str, product: Product) -> Iterator[Finding]:
    """Yield what no option or brand may hold: besides `text_findings`, a price, a deal, or a comparison."""
    yield from text_findings(text, product)
    seen = flat(text)
    yield from _compared(seen, product)
    if deal := price_or_deal(seen):
        yield Finding("deal", deal)
    yield from (Finding("money", amount.words) for amount in amounts(seen) if amount.money)


def is_plain_gift(words: str) -> bool:
    """Whether a gift is a thing, and no money: what 10元红包 or 价值99元杯刷 is worth, nothing proves."""
    return price_or_deal(flat(words)) != "价格"


def _compared(seen: str, product: Product) -> Iterator[Finding]:
    yield from matches({"comparison": guard_lists().hearsay["comparison"]}, _without_own(seen, product))


def _hearsay(words: str, product: Product) -> Iterator[Finding]:
    seen = flat(words)
    yield from matches(guard_lists().hearsay, _without_own(seen, product))
    if deal := price_or_deal(seen):
        yield Finding("deal", deal)


def _without_own(text: str, product: Product) -> str:
    """Take out the Latin words that the product's own title has (Type-C, PPSU)."""
    own = re.findall("[a-z]{2,}", flat(f"{product.brand or ''} {product.title}"))
    return re.sub("|".join(map(re.escape, own)), "", text) if own else text


def _unmeasured(text: str) -> Iterator[str]:
    """Yield the numbers that are no measure: those of a buyer are not repeated."""
    for number in find_numbers(text):
        if not _measured().match(text[number.end :].lstrip()):
            yield number.words


@cache
def _measured() -> re.Pattern[str]:
    return one_of(guard_lists().measured)
