"""Which size fits a height and a weight, only where a size table or an answered question says so in numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from koubo.catalog.facts import Fact, FactKind
from koubo.reading.numbers import parse_cardinal
from koubo.script.folded import flat

Dimension = Literal["height", "weight", "other"]
Body = Mapping[Dimension, Decimal]
"""Height in centimetres, weight in kilograms, and one other measure (脚长, 腰围) in centimetres, which no table that is
read here speaks of; what was not said is not there."""
SAME: Body = {"height": Decimal(2), "weight": Decimal("1.5"), "other": Decimal("0.5")}
"""An answered question is about the same body when it is this near."""
_WEIGHT = re.compile(r"(\d{2,3}(?:\.\d)?)\s*(斤|kg|公斤|千克)(?!装|/|每)")
_HEIGHT = re.compile(
    r"(?<!\d)(1[3-9]\d|20\d)\s*(?:cm|厘米|公分|高|(?=[\s/,、和]*\d|\s*的?(?:能|可以|可)?穿))|身高\s*(1[3-9]\d|20\d)"
    r"|(?<!\d)1\s*(?:[米m.]\s*([3-9]\d)|[米m]\s*([3-9]))(?!\d|\s*(?:米|m)?\s*(?:[*x×乘]|的?(?:床|宽|长|桌|柜)))"
)
_SPOKEN_HEIGHT = re.compile("一米([三四五六七八九])([一二三四五六七八九零]?)(?!的?(?:床|宽|长|桌|柜))")
_OTHER = re.compile(r"(?:脚长|胸围|腰围|臀围|肩宽|头围|大腿围|臂围)\D{0,2}(\d{2,3}(?:\.\d)?)")
_SPOKEN_WEIGHT = re.compile("([一二两三四五六七八九十百]{2,6})(斤|公斤)")
_BARE_WEIGHT = re.compile(r"1[3-9]\d\s*(?:cm|厘米|公分)?[\s/,，、和]+(\d{2,3})(?!\d|\s*(?:cm|厘米))")
_DIGITS = "零一二三四五六七八九"
_SIZE = r"(?:[0-9]?x{0,4}[sml]|均码|[0-9]{2,3}码)"
_ROW = re.compile(rf"(?:尺码|码数|尺寸|适合)?\s*({_SIZE})")
_UNIT = "斤|kg|公斤|cm|厘米"
_RANGE = re.compile(
    rf"(?:(体重|身高)[^\da-z斤]{{0,2}}({_UNIT})?[^\d]{{0,2}})?(\d{{2,3}}(?:\.\d)?)\s*(?:{_UNIT})?\s*[-~至到]\s*"
    rf"(\d{{2,3}}(?:\.\d)?)\s*({_UNIT})?"
)
_LISTED = re.compile(
    rf"({_SIZE})\s*[:(]?\s*(?:建议|适合)?(体重|身高)?\s*(\d{{2,3}}(?:\.\d)?)\s*[-~至到]\s*(\d{{2,3}}(?:\.\d)?)\s*({_UNIT})"
)
_TABLES = frozenset({FactKind.ATTRIBUTE, FactKind.IMAGE_ATTRIBUTE})


@dataclass(frozen=True, slots=True)
class SizeRow:
    """What a fact says of one size: the range of a dimension (centimetres, kilograms), and its words."""

    size: str
    dimension: Dimension
    low: Decimal
    high: Decimal
    words: str
    fact: Fact


def body(comment: str) -> Body:
    """Return the height and the weight that a comment names."""
    text = flat(comment)
    other = _OTHER.search(text)
    found = {"height": _height(text), "weight": _weight(text), "other": Decimal(other[1]) if other else None}
    return {name: value for name, value in found.items() if value is not None}  # type: ignore[misc]


def _height(text: str) -> Decimal | None:
    if found := _HEIGHT.search(text):
        return Decimal(found[1] or found[2] or "1" + (found[3] or f"{found[4]}0"))
    if spoken := _SPOKEN_HEIGHT.search(text):
        return Decimal(100 + 10 * _DIGITS.index(spoken[1]) + (_DIGITS.index(spoken[2]) if spoken[2] else 0))
    return None


def _weight(text: str) -> Decimal | None:
    if found := _WEIGHT.search(text):
        return _kilograms(Decimal(found[1]), found[2])
    if spoken := _SPOKEN_WEIGHT.search(text):
        return _kilograms(Decimal(parse_cardinal(spoken[1])), spoken[2])
    if bare := _BARE_WEIGHT.search(text):
        value = Decimal(bare[1])
        return _kilograms(value, "斤" if value > 85 else "kg")
    return None


def _kilograms(value: Decimal, unit: str) -> Decimal:
    return value / 2 if unit == "斤" else value


def same_body(fact: Fact, asked: Body) -> bool:
    """Say whether an answered question is about a body as the comment's: every measure it names, near enough."""
    told = body(fact.label)
    return all(name in asked and abs(asked[name] - value) <= SAME[name] for name, value in told.items())


def fitting(facts: Iterable[Fact], asked: Body) -> tuple[SizeRow, ...]:
    """Return the rows of size tables that fit every measure that the comment names and the table has, by size.

    Of a size that fits, one row a dimension. Empty where no table speaks of any of the measures.
    """
    rows = [row for fact in facts if fact.kind in _TABLES for row in size_rows(fact) if row.dimension in asked]
    by_size: dict[str, list[SizeRow]] = {}
    for row in rows:
        by_size.setdefault(row.size, []).append(row)
    fits = (found for found in by_size.values() if all(r.low <= asked[r.dimension] <= r.high for r in found))
    return tuple(row for found in fits for row in found)


def size_rows(fact: Fact) -> Iterator[SizeRow]:
    """Yield what a fact says of sizes: a row of a chart (尺码M: 体重100-120斤) or a list (M 90-105斤, L 105-120斤)."""
    label, value = flat(fact.label), flat(fact.value)
    row = _ROW.fullmatch(label)
    if row is not None:
        for found in _RANGE.finditer(value):
            yield from _size_row(fact, row[1], found[1] or "", (found[3], found[4]), found[5] or found[2] or "")
        return
    for found in _LISTED.finditer(value):
        yield from _size_row(fact, found[1], found[2] or "", (found[3], found[4]), found[5])


def _size_row(fact: Fact, size: str, named: str, ends: tuple[str, str], unit: str) -> Iterator[SizeRow]:
    """Yield a row where unit and name say what is measured: centimetres alone could be a chest."""
    weight = unit in ("斤", "kg", "公斤")
    if not weight and named != "身高":
        return
    low, high = ((_kilograms(Decimal(end), unit) if weight else Decimal(end)) for end in ends)
    words = f"{'体重' if weight else '身高'}{ends[0]}-{ends[1]}{unit}"
    yield SizeRow(size.upper() if size.isascii() else size, "weight" if weight else "height", low, high, words, fact)
