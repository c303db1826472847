"""What no words may hold that are spoken of a product: contacts, addresses, orders, rivals, hidden characters.

Names of products are held to it, and whatever a reply says. The lists are in data/guard.yaml.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from koubo.catalog.records import Product
from koubo.rubric.safety import find_breaches
from koubo.script.expressions import one_of
from koubo.script.folded import flat, hidden, plain
from koubo.script.guard_lists import Named, guard_lists
from koubo.script.tables import words

_OWN_LETTERS = ("LATIN", "CJK", "GREEK CAPITAL LETTER OMEGA", "GREEK SMALL LETTER MU", "MICRO SIGN", "OHM SIGN")

_LATIN = "latin"
_WORDS_OF_BRAND = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """Words that must not be said, and the rule of data/guard.yaml (or of the safety rules) that they break."""

    rule: str
    words: str


def text_findings(text: str, product: Product, *, compatible: bool = False) -> Iterator[Finding]:
    """Yield what no text may hold that is spoken of a product: contacts, addresses, orders, rivals, hidden characters.

    With `compatible`, another brand may be named in words on what fits it (苹果和安卓都能连), if nothing compares.
    """
    if unseen := hidden(text):
        yield Finding("hidden", unseen)
    if strange := _strange_letters(plain(text)):
        yield Finding("script", strange)
    seen = flat(text)
    yield from _matches_beside_brand(seen, flat(product.brand or ""))
    yield from (Finding("unsafe", b.words) for b in find_breaches(plain(text)) if b.severity == "unsafe")
    if not (compatible and _fits().search(seen) and not _comparing().search(seen)):
        yield from _rivals(seen, product)


def line_findings(text: str) -> Iterator[Finding]:
    """Yield what a line of ours must not hold, of whatever product it is spoken: it would be withheld each time."""
    yield from matches(guard_lists().everywhere, flat(text))


def matches(lists: Named, text: str) -> Iterator[Finding]:
    """Yield where a flat text matches expressions: one finding for each rule."""
    for rule, pattern in _compiled(tuple(lists.items())).items():
        if found := pattern.search(text):
            yield Finding(rule, found.group())


def _matches_beside_brand(seen: str, brand: str) -> Iterator[Finding]:
    """Yield matches; that a brand is of some Latin words (The North Face) makes it no sentence."""
    yield from matches({rule: row for rule, row in guard_lists().everywhere.items() if rule != _LATIN}, seen)
    short = brand.isascii() and 0 < len(brand.split()) <= _WORDS_OF_BRAND
    row = {_LATIN: guard_lists().everywhere[_LATIN]}
    yield from matches(row, seen.replace(brand, "") if short else seen)


def _rivals(seen: str, product: Product) -> Iterator[Finding]:
    own, title = flat(product.brand or ""), flat(product.title)
    for word in guard_lists().brands_and_words:
        seen = seen.replace(word, "□") if word in title else seen
    for found in _brands().finditer(seen):
        starts_title = re.match(rf"[a-z【\[(（\s]*{re.escape(found.group())}", title)  # HLA海澜之家短袖
        if found.group() not in own and not starts_title:
            yield Finding("brand", found.group())


def _strange_letters(text: str) -> str:
    """Return the letters that look like others (Cyrillic о, Greek ρ): a brand or a number may be spelled with them."""
    return "".join(c for c in text if c.isalpha() and not unicodedata.name(c, "").startswith(_OWN_LETTERS))


@cache
def _compiled(lists: tuple[tuple[str, tuple[str, ...]], ...]) -> Mapping[str, re.Pattern[str]]:
    return {rule: one_of(patterns) for rule, patterns in lists}


@cache
def _brands() -> re.Pattern[str]:
    rivals = words("rivals.yaml")
    names = sorted((*rivals["brands"], *rivals["everyday"]), key=len, reverse=True)
    return re.compile("|".join(rf"(?<![a-z]){re.escape(n)}(?![a-z])" if n.isascii() else re.escape(n) for n in names))


@cache
def _fits() -> re.Pattern[str]:
    return one_of(guard_lists().compatible)


@cache
def _comparing() -> re.Pattern[str]:
    return one_of(guard_lists().comparing)
