"""Numbers that name a size or a pack, in comments and in options: 两万毫安 is 20000mAh, 20斤 is 10kg, 1升 is 1.0L."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from koubo.reading.numbers import parse_cardinal
from koubo.replies.tables import units
from koubo.script.expressions import one_of

_HANZI = "零一二两三四五六七八九十百千万"
_WAN = re.compile(r"(?<![\d.])(\d+(?:\.\d+)?)\s*(万|w(?=\s*(?:毫安|ma)))")
_THOUSAND = re.compile(r"(?<![\d.])(\d+(?:\.\d+)?)\s*千(?=\s*(?:毫安|ma))")
_METRES = re.compile(r"(\d|[一二两三])米(\d{1,2}|[一二三四五六七八九](?![\d一二三四五六七八九]))(?!\d)")
_X_SIZE = re.compile(r"(?<![a-z0-9])(x{2,5})(?=l(?![a-z0-9]))")
_CHAIN = re.compile(r"(\d+(?:\.\d+)?)\s*[*×x]\s*(?=\d)")
_ASKED = "的|到手|领券|码|号|还|有|剩|多少|几|库存|现货|什么|啥|怎么|咋|能拍|能买"
_BARE = re.compile(rf"(?<![\d.a-z买拍要近前约])(\d+(?:\.\d+)?)(?=\s*(?:{_ASKED}))")
_LONG = re.compile(r"(?<![\d.a-z])(\d{2,}(?:\.\d+)?|\d\.\d+)(?![\d.a-z%])")
_AFTER_TIMES = re.compile(r"[*×]\s*(\d+(?:\.\d+)?)(?![\d.])")


@dataclass(frozen=True, slots=True)
class Measure:
    """A number and what it measures: as written, its unit, and its value by dimension (g: mass and storage).

    ``asked`` where a comment points at it (38还有吗, 256的): a number without a unit that nobody points at names
    nothing, unless an option has it.
    """

    number: Decimal
    unit: str | None
    values: frozenset[tuple[str, Decimal]]
    words: str
    asked: bool = True

    @property
    def dimensions(self) -> frozenset[str]:
        """What the unit may measure; a counter measures itself."""
        return frozenset(name for name, _ in self.values)

    def names(self, own: Measure) -> bool:
        """Whether it means the measure ``own`` of an option: equal in a common dimension; equal numbers where one has
        no unit, but 两件 is not the option 2."""
        if self.unit is None or (own.unit is None and self.unit not in units().counters):
            return self.number == own.number
        return not self.values.isdisjoint(own.values)


def numerals(text: str) -> str:
    """Return a flat text with the numbers before units in digits, and XXL as 2xl: 两万毫安 gives 20000毫安."""
    text = _X_SIZE.sub(lambda found: f"{len(found[1])}x", text)
    text = _METRES.sub(lambda found: f"{_digit(found[1])}.{_digit(found[2])}米", text)
    text = _THOUSAND.sub(lambda found: format((Decimal(found[1]) * 1000).normalize(), "f"), text)
    text = _WAN.sub(lambda found: format((Decimal(found[1]) * 10_000).normalize(), "f"), text)
    return _spoken().sub(lambda found: f"{_apart(found)}{_whole(found[0])}", text)


def _apart(found: re.Match[str]) -> str:
    """Give a space where digits would stand against a letter: 50ml两支 is no 50ml2支."""
    return " " if re.search("[a-z0-9]$", found.string[: found.start()]) else ""


def measures(text: str) -> tuple[Measure, ...]:
    """Return what the numbers of a comment measure; amounts of money, deals and dates measure nothing."""
    rest = _no_measure().sub(" ; ", numerals(without_money(text)))
    found = list(_with_units(rest))
    rest = _unit_pattern().sub(" ; ", _CHAIN.sub(" ; ", rest))
    asked = {match.start() for match in _BARE.finditer(rest)}
    bare = {match.start(): match[1] for pattern in (_LONG, _BARE) for match in pattern.finditer(rest)}
    found += [_measure(number, None, number, at in asked) for at, number in sorted(bare.items())]
    return tuple(found)


def measures_of(option: str) -> tuple[Measure, ...]:
    """Return what the numbers of an option or of another text of the product measure; every number counts there."""
    text = numerals(option)
    found = list(_with_units(text))
    rest = _unit_pattern().sub(" ", _CHAIN.sub(" ", text))
    return (
        *found,
        *(_measure(number, None, number) for number in re.findall(r"(?<![\d.a-z])\d+(?:\.\d+)?(?![a-z])", rest)),
    )


def without_money(text: str) -> str:
    """Return a text without amounts of money, deals and dates."""
    return _no_measure().sub(" ; ", text)


def _with_units(text: str) -> Iterator[Measure]:
    """Yield the numbers with units; of 150*200cm both are centimetres."""
    for found in _unit_pattern().finditer(text):
        yield _measure(found["number"], found["unit"], found.group())
    for found in _CHAIN.finditer(text):
        following = _unit_pattern().match(text, found.end())
        yield _measure(found[1], following["unit"] if following else None, found[1])
    for found in _AFTER_TIMES.finditer(text):
        if _unit_pattern().match(text, found.start(1)) is None:
            yield _measure(found[1], None, found[1])


def _measure(number: str, unit: str | None, words: str, asked: bool = True) -> Measure:
    value = Decimal(1) if number in ("单", "每") else Decimal(number)
    named = (units().dimensions.items()) if unit else ()
    values = {(name, value * factors[unit]) for name, factors in named if unit in factors}
    if unit and not values:
        values = {(unit, value)}
    return Measure(value, unit, frozenset(values), words.strip(), asked)


def _digit(digit: str) -> str:
    return digit if digit.isdigit() else str(parse_cardinal(digit))


def _whole(words: str) -> int:
    """一万五 is fifteen thousand: a digit after the last place counts the place below it."""
    short = re.fullmatch(f"(.*)([百千万])([{_HANZI[1:10]}])", words)
    if short is None:
        return parse_cardinal(words)
    below = {"百": 10, "千": 100, "万": 1000}[short[2]]
    return parse_cardinal(short[1] + short[2]) + parse_cardinal(short[3]) * below


@cache
def _spoken() -> re.Pattern[str]:
    """Number words before a unit or a counter, and large ones that are asked for (五千的)."""
    after = "|".join((*_unit_words(), *units().counters))
    return re.compile(
        rf"(?<![\d.第{_HANZI}])(?:[{_HANZI}]+(?=\s*(?:{after}))|[{_HANZI[1:]}]*[十百千万][{_HANZI}]*(?=(?:{_ASKED})))"
    )


@cache
def _unit_pattern() -> re.Pattern[str]:
    """A number and a unit, the longest first; 四件套 counts no pieces, and a letter must not go on (5mm, not 5m)."""
    words = "|".join((*_unit_words(), *(f"{word}(?!套)" for word in units().counters)))
    return re.compile(rf"(?P<number>(?<![\d.a-z第])\d+(?:\.\d+)?|[单每](?=[一-鿿]))\s*(?P<unit>{words})(?![a-z])")


@cache
def _unit_words() -> tuple[str, ...]:
    found = {word for factors in units().dimensions.values() for word in factors}
    return tuple(sorted(found, key=lambda word: (-len(word), word)))


@cache
def _no_measure() -> re.Pattern[str]:
    return one_of(units().no_measure)
