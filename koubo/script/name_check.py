"""What a spoken name or brand may not hold: it is free text of a shop, and said again and again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from koubo.catalog.deal_words import price_or_deal
from koubo.catalog.records import Product
from koubo.script.expressions import one_of
from koubo.script.folded import flat
from koubo.script.guard import Finding, matches, text_findings
from koubo.script.guard_lists import guard_lists
from koubo.script.head_nouns import ends_of_names
from koubo.script.numerals import find_numbers
from koubo.script.refused import families
from koubo.script.tables import words

LONGEST_BRAND = 24
_BRACE = re.compile("[{}<>]")
_SENTENCE = re.compile("[，。！？；,!?;]")
_MEASURE = re.compile("[件个支瓶盒袋包块元角折倍斤双条份箱桶罐台套送赠]")
_COUNTED = re.compile(r"[元块毛角分折倍%第半]|\d{4}")


def name_findings(name: str, brand: str, product: Product) -> Iterator[Finding]:
    """Yield what keeps a name from being said, its brand with it: numbers, offers, boasts, comparisons, and whatever
    no words on a product may hold. A lone numeral that counts nothing (六层, 四海) is part of a name."""
    yield from _findings(name, product)
    plain = _without_harmless(name.removeprefix(brand))
    for number in find_numbers(plain):
        if len(number.words) > 1 or number.words.isdigit() or _MEASURE.match(plain, number.end):
            yield Finding("number", number.words)


def brand_findings(brand: str, product: Product) -> Iterator[Finding]:
    """Yield what keeps a brand from being said. A brand may hold a numeral (三只松鼠, 361度), but no amount."""
    yield from _findings(brand, product)
    if len(brand) > LONGEST_BRAND or _SENTENCE.search(brand):
        yield Finding("sentence", brand)
    for number in find_numbers(brand):
        if _COUNTED.search(number.words):
            yield Finding("number", number.words)


def _findings(text: str, product: Product) -> Iterator[Finding]:
    yield from text_findings(text, product)
    yield from (Finding("brace", found) for found in _BRACE.findall(text))
    seen = flat(text)
    yield from matches({"comparison": guard_lists().hearsay["comparison"]}, seen)
    # Some nouns hold a word of offers: 打底裤, 活动扳手.
    bare = _without_harmless(_every_noun().sub("□", seen))
    if deal := price_or_deal(bare):
        yield Finding("deal", deal)
    for name in ("offer", "boast"):
        yield from (Finding(name, found.group()) for found in families()[name].found(bare))


def _without_harmless(text: str) -> str:
    return one_of(words("names.yaml")["harmless"]).sub("□", text)


@cache
def _every_noun() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(flat(noun)) for noun in ends_of_names() if len(noun) > 1))
