"""What may be said of a fact in a reply. A fact's words are data: some hold a price, a phone, a rival, or an order.

Two gates, both must be passed: what keeps a fact out of scripts (`koubo.script.choose.is_sayable`), looked at as it
stands and with disguises taken away, and the lists of data/guard.yaml. What buyers wrote and what was read from
pictures is hearsay, and held to more. In doubt a fact is not said: a person is asked instead.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

from koubo.catalog.deal_words import price_or_deal, unnamed_amount
from koubo.catalog.facts import Fact, FactKind
from koubo.catalog.records import Product
from koubo.replies.comment import flat, hidden, plain
from koubo.replies.tables import Named, guard_lists, one_of
from koubo.rubric.safety import find_breaches
from koubo.script.choose import is_sayable
from koubo.script.numerals import find_numbers
from koubo.script.tables import words as word_lists

HEARSAY = frozenset({FactKind.REVIEW_QUOTE, FactKind.REVIEW_PRAISE, FactKind.IMAGE_ATTRIBUTE, FactKind.IMAGE_CLAIM})
"""Kinds whose words are a buyer's, or a picture's."""
_BUYERS = frozenset({FactKind.REVIEW_QUOTE, FactKind.REVIEW_PRAISE})
_LONGEST_LABEL = 30
_OWN_LETTERS = ("LATIN", "CJK", "GREEK CAPITAL LETTER OMEGA", "GREEK SMALL LETTER MU", "MICRO SIGN", "OHM SIGN")


@dataclass(frozen=True, slots=True)
class Finding:
    """Words that must not be said, and the rule of data/guard.yaml (or of the safety rules) that they break."""

    rule: str
    words: str


def may_say(fact: Fact, product: Product) -> bool:
    """Say whether a fact's label and value may be spoken in a reply about its product."""
    return not any(fact_findings(fact, product))


def fact_findings(fact: Fact, product: Product) -> Iterator[Finding]:
    """Yield what keeps a fact from being said as it stands; nothing where it may be."""
    shown = replace(fact, label=plain(fact.label), value=plain(fact.value))
    for one in (fact, shown):
        if not is_sayable(one):
            yield Finding("unsayable", one.value)
    if len(fact.label) > _LONGEST_LABEL:
        yield Finding("label", fact.label)
    named = replace(shown, label="卖点", value=shown.label)
    if fact.kind is not FactKind.QUESTION_ANSWER and fact.label and not is_sayable(named):
        yield Finding("label", fact.label)
    if unnamed_amount(shown.label, shown.value):
        yield Finding("money", shown.value)
    yield from _words_of_fact(fact, product)


def _words_of_fact(fact: Fact, product: Product) -> Iterator[Finding]:
    words = fact.value if fact.kind in _BUYERS else f"{fact.label}，{fact.value}"  # the label of a quote is ours
    yield from text_findings(words, product, compatible=fact.kind not in HEARSAY)
    if fact.kind in HEARSAY:
        yield from _hearsay(words, product)
    if fact.kind in _BUYERS:
        yield from (Finding("number", number) for number in _unmeasured(flat(fact.value)))


def text_findings(text: str, product: Product, *, compatible: bool = False) -> Iterator[Finding]:
    """Yield what no text may hold that is spoken of a product: contacts, addresses, orders, rivals, hidden characters.

    With `compatible`, another brand may be named in words on what fits it (苹果和安卓都能连).
    """
    if unseen := hidden(text):
        yield Finding("hidden", unseen)
    if strange := _strange_letters(plain(text)):
        yield Finding("script", strange)
    seen = flat(text)
    yield from _matches(guard_lists().everywhere, seen)
    yield from (Finding("unsafe", b.words) for b in find_breaches(plain(text)) if b.severity == "unsafe")
    if not (compatible and _fits().search(seen)):
        yield from _rivals(seen, product)


def line_findings(text: str) -> Iterator[Finding]:
    """Yield what a line of ours must not hold, of whatever product it is spoken: it would be withheld each time."""
    yield from _matches(guard_lists().everywhere, flat(text))


def _hearsay(words: str, product: Product) -> Iterator[Finding]:
    seen = flat(words)
    yield from _matches(guard_lists().hearsay, _without_own(seen, product))
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


def _rivals(seen: str, product: Product) -> Iterator[Finding]:
    own, title = flat(product.brand or ""), flat(product.title)
    for found in _brands().finditer(seen):
        starts_title = re.match(rf"[a-z【\[(（\s]*{re.escape(found.group())}", title)  # HLA海澜之家短袖
        if found.group() not in own and not starts_title:
            yield Finding("brand", found.group())


def _matches(lists: Named, text: str) -> Iterator[Finding]:
    for rule, pattern in _compiled(tuple(lists.items())).items():
        if found := pattern.search(text):
            yield Finding(rule, found.group())


def _strange_letters(text: str) -> str:
    """Return the letters that look like others (Cyrillic о, Greek ρ): a brand or a number may be spelled with them."""
    return "".join(c for c in text if c.isalpha() and not unicodedata.name(c, "").startswith(_OWN_LETTERS))


@cache
def _compiled(lists: tuple[tuple[str, tuple[str, ...]], ...]) -> Mapping[str, re.Pattern[str]]:
    return {rule: one_of(patterns) for rule, patterns in lists}


@cache
def _brands() -> re.Pattern[str]:
    rivals = word_lists("rivals.yaml")
    names = sorted((*rivals["brands"], *rivals["everyday"]), key=len, reverse=True)
    return re.compile("|".join(rf"(?<![a-z]){re.escape(n)}(?![a-z])" if n.isascii() else re.escape(n) for n in names))


@cache
def _fits() -> re.Pattern[str]:
    return one_of(guard_lists().compatible)


@cache
def _measured() -> re.Pattern[str]:
    return one_of(guard_lists().measured)
