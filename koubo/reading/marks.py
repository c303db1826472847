"""Signs that stand alone: said, silent, or numbers in disguise."""

from __future__ import annotations

import re
import unicodedata

from koubo.reading import tables
from koubo.reading.kinds import Kind
from koubo.reading.numbers import cardinal, number
from koubo.reading.rule import after, before, options
from koubo.reading.spans import Option

_OPENING = "【〖『「〔"
_CLOSING = "】〗』」〕"
_WORD = re.compile(r"\w")
_JOINS = re.compile(r"[\w%)）]")


def numeral(found: re.Match[str]) -> list[Option] | None:
    """Read ①, Ⅲ, ½ and superscripts by their value."""
    char = found[0]
    try:
        value = unicodedata.numeric(char)
    except ValueError:
        return None
    if value == int(value):
        return options(Kind.CARDINAL, _power(char) or cardinal(str(int(value)), liang=False))
    top, _, bottom = unicodedata.normalize("NFKC", char).partition("⁄")
    return options(Kind.FRACTION, f"{cardinal(bottom, liang=False)}分之{number(top)}") if bottom.isdecimal() else None


def _power(char: str) -> str:
    """Read a superscript as a power."""
    return {"²": "平方", "³": "立方"}.get(char, "")


def said(found: re.Match[str]) -> list[Option] | None:
    """Read a sign that has a name, between things that it joins."""
    spoken = tables.symbols().get(found[0])
    left, right = before(found, 2).strip(), after(found, 2).strip()
    if spoken is None or not (left and right):
        return None
    return options(Kind.SYMBOL, spoken)


def plus(found: re.Match[str]) -> list[Option] | None:
    """Read + as 加 after a word; a run of pluses is said one by one."""
    if not _JOINS.match(before(found, 2).strip()[-1:] or " "):
        return None
    return options(Kind.PLUS, "加" * len(found[0]))


def more_or_less(found: re.Match[str]) -> list[Option] | None:
    """Read the sign of 3cm±, 3cm+- after a quantity."""
    return options(Kind.SYMBOL, "正负", "左右") if _JOINS.match(before(found, 1) or " ") else None


def silent(found: re.Match[str]) -> list[Option] | None:
    """Give a decoration no sound; a closing bracket between words is a pause."""
    left, right = before(found, 1), after(found, 1)
    pause = found[0][0] in _CLOSING and _WORD.match(left) and _WORD.match(right)
    return options(Kind.SYMBOL, "，" if pause else "")
