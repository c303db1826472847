"""The amounts a text names: digits and number words alike, as exact decimals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from koubo.reading.numbers import parse_cardinal
from koubo.script.numerals import Number, find_numbers

_DIGITS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?")
_MIXED = re.compile(r"([0-9]+)块([0-9])(?:[毛角]([0-9])?)?(?![0-9.])")
_PIECE = re.compile("[块元](?:[一二三四五六七八九][毛角]?){0,2}一$")
_MEASURES = frozenset("件个支盒袋份条双套斤瓶箱只副台把张片包罐桶提本盏床组块根颗位年天")
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
    done = 0
    for number in find_numbers(text):
        for amount in _of(text, number):
            if amount.start >= done:  # else it is the tenths of 9块9
                done = amount.end
                yield amount


def _of(text: str, number: Number) -> Iterator[Amount]:
    """Yield the amounts of one number's words."""
    digits = list(_DIGITS.finditer(number.words))
    for found in digits:
        yield _in_digits(text, number.start + found.start(), found.group())
    if not digits:
        words = _without_measure(number.words, text[number.end : number.end + 1])
        end = number.start + len(words)
        money = _is_money(text, number.start, end, words)
        yield from (Amount(value, words, number.start, end, money) for value in values_of(words))


def _in_digits(text: str, start: int, digits: str) -> Amount:
    mixed = _MIXED.match(text, start)
    if mixed:
        value = Decimal(f"{mixed[1]}.{mixed[2]}{mixed[3] or 0}")
        return Amount(value, mixed.group(), start, mixed.end(), money=True)
    end = start + len(digits)
    return Amount(_decimal(digits), digits, start, end, _is_money(text, start, end, digits))


def _is_money(text: str, start: int, end: int, words: str) -> bool:
    after, before = text[end : end + 2], text[max(0, start - 2) : start]
    if words == "一块" and after[:1] != "钱":
        return False  # a piece
    return (
        after[:1] in ("元", "块") or after == "毛钱" or before[-1:] in ("¥", "￥") or bool(re.search("[元块毛]", words))
    )


def _without_measure(words: str, after: str) -> str:
    """Take the 一 of 七十九块九一件 off: it counts the piece."""
    return words[:-1] if _PIECE.search(words) and after in _MEASURES else words


def _decimal(digits: str) -> Decimal:
    return Decimal(digits.replace(",", ""))


def values_of(words: str) -> list[Decimal]:
    """Return the values that number words name; empty for words that name none (第几)."""
    digits = [_decimal(found) for found in _DIGITS.findall(words)]
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
