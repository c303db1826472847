"""The amounts a text names: digits and number words alike, as exact decimals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from koubo.reading.numbers import parse_cardinal
from koubo.script.numerals import find_numbers

_DIGITS = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_WORDS = "零〇一二两三四五六七八九十百千万亿"
_MONEY = re.compile(rf"([{_WORDS}]+)[块元](?:([{_WORDS}])(?:毛|角)?([{_WORDS}])?)?(?![{_WORDS}])")
_SMALL = re.compile(rf"([{_WORDS}])(毛|角|分钱)([{_WORDS}])?")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number that a text names: its value, its words, where it stands, and whether it is money."""

    value: Decimal
    words: str
    start: int
    end: int
    money: bool


def amounts(text: str) -> Iterator[Amount]:
    """Yield every number of a text with its value; a range or a product of sizes gives one each."""
    for number in find_numbers(text):
        after = text[number.end : number.end + 2]
        before = text[max(0, number.start - 2) : number.start]
        money = (
            after[:1] in ("元", "块")
            or after == "毛钱"
            or before[-1:] in ("¥", "￥")
            or bool(re.search("[元块毛]", number.words))
        )
        yield from (Amount(value, number.words, number.start, number.end, money) for value in values_of(number.words))


def values_of(words: str) -> list[Decimal]:
    """Return the values that number words name; empty for words that name none (第几)."""
    digits = [Decimal(found) for found in _DIGITS.findall(words)]
    if digits:
        return digits
    money = _MONEY.search(words)
    if money:
        return [_yuan(money)]
    small = _SMALL.search(words)
    if small:
        return [Decimal(_digit(small[1])) / (100 if small[2] == "分钱" else 10)]
    return _plain(words.lstrip("第买送赠减满上好几数百分之" if words.startswith("百分之") else "第买送赠减满上好几数"))


def _plain(words: str) -> list[Decimal]:
    whole, point, part = re.sub(f"[^点{_WORDS}]", "", words).partition("点")
    if not whole:
        return []
    try:
        value = Decimal(_cardinal(whole))
        return [value + Decimal("0." + "".join(str(_digit(c)) for c in part))] if point and part else [value]
    except ValueError:
        return []


def _yuan(found: re.Match[str]) -> Decimal:
    tenths, hundredths = (_digit(part) if part else 0 for part in (found[2], found[3]))
    return Decimal(_cardinal(found[1])) + Decimal(tenths) / 10 + Decimal(hundredths) / 100


def _cardinal(words: str) -> int:
    """Read number words; a row of digits (二零二三) digit by digit."""
    if len(words) > 1 and not re.search("[十百千万亿]", words):
        return int("".join(str(_digit(c)) for c in words))
    return parse_cardinal(words)


def _digit(word: str) -> int:
    return parse_cardinal(word)
