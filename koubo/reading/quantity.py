"""A number with a unit, the brick of sizes, ranges and pluses."""

from __future__ import annotations

import re
from functools import cache

from koubo.reading import tables
from koubo.reading.kinds import Kind
from koubo.reading.numbers import cardinal, digits, number
from koubo.reading.tables import Unit

NUMBER = r"(?:\d{1,3}(?:,\d{3})++(?!\d)|\d++)(?:\.\d++)?"
"""A written number: thousands separators and decimals allowed."""
_STORAGE_SIZES = frozenset({"32", "64", "128", "256", "512", "1024"})


@cache
def latin_unit() -> str:
    """Return the pattern of a unit that must not stay as written: Latin letters and unit signs."""
    exact = {row[0] for row in tables.rows("units.tsv") if row[1] == "s"}
    loose = {row[0] for row in tables.rows("units.tsv")} - exact
    letters = rf"(?i:{tables.any_of(loose)})|{tables.any_of(exact)}"
    long = tables.any_of([row[0] for row in tables.rows("units.tsv") if len(row[0]) > 1])
    ends = r"[xX*]\d|[^A-Za-z0-9²³]|$"
    return rf"(?:(?i:{long})(?={ends}|\d)|(?:{letters})(?={ends}))"


def say(written: str, counted: str = "") -> str:
    """Read a number that counts the word ``counted``: a lone 2 is 两 before a measure word that takes it."""
    return "两" if written == "2" and two(counted) == "两" else number(written)


def two(following: str) -> str:
    """Return how a lone 2 is said before the text that follows it: 两, 二, or nothing where no measure word follows."""
    word = measure_at(following)
    return tables.measures()[word] if word else ""


def measure_at(following: str) -> str:
    """Return the longest measure word that the text begins with (spaces allowed before it), or an empty text."""
    following = following.lstrip(" ")
    known = tables.measures()
    if following[:2] in tables.not_measures() or following[:3] in tables.not_measures():
        return ""
    for width in (4, 3, 2, 1):
        if following[:width] in known and len(following) >= width:
            return following[:width]
    return ""


def with_unit(written: str, unit: Unit | None, counted: str = "") -> list[str]:
    """Return the readings of a quantity, best first; without a unit, of the bare number."""
    if unit is None:
        return number_forms(written, counted)
    if unit.kind is Kind.STORAGE:
        forms = storage_forms(written)
    elif written == "2":
        forms = ["两", "二"] if unit.spoken[0] not in "度摄华" else ["二", "两"]
    else:
        forms = number_forms(written, "")
    return [form + word for word in (unit.spoken, *unit.also) for form in forms]


def number_forms(written: str, counted: str) -> list[str]:
    """Return a quantity's number words, best first."""
    best = say(written, counted)
    plain = number(written, liang=False)
    return [best] if plain == best else [best, plain]


def storage_forms(written: str) -> list[str]:
    """Return the number of a memory or network size: quantities, digits for the resolutions and sizes people spell."""
    if "." in written:
        return [number(written)]
    if len(written) >= 4 and written not in _STORAGE_SIZES:
        return [digits(written), cardinal(written)] if written[-2:] != "00" else [cardinal(written), digits(written)]
    best = cardinal(written, liang=False) if written == "512" else cardinal(written)
    spelled = [digits(written)] if len(written) == 3 else []
    return list(dict.fromkeys([best, cardinal(written, liang=False), *spelled]))


def is_quantity_context(text: str) -> bool:
    """Say whether a measure word begins the text."""
    return bool(measure_at(text))


def compiled(pattern: str) -> re.Pattern[str]:
    """Compile a rule's pattern; NUM and UNIT stand for a number and a Latin unit."""
    return re.compile(pattern.replace("NUM", NUMBER).replace("UNIT", f"(?:{latin_unit()})"))
