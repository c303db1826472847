"""The facts of the trade, read from the data files beside this module: one line, one fact.

Each table is loaded on its first use and kept; nothing is read at import.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from koubo.reading.kinds import Kind


@dataclass(frozen=True, slots=True)
class Unit:
    """A written unit: how it is said, what it makes of its number, and what else may be said."""

    written: str
    spoken: str
    kind: Kind
    also: tuple[str, ...]


@cache
def rows(name: str) -> tuple[tuple[str, ...], ...]:
    """Return the lines of ``data/<name>`` split at tabs, without comments and empty lines."""
    text = files("koubo.reading").joinpath("data", name).read_text(encoding="utf-8")
    return tuple(tuple(line.split("\t")) for line in text.splitlines() if line.strip() and not line.startswith("# "))


@cache
def words(name: str) -> frozenset[str]:
    """Return the words of a one-column file."""
    return frozenset(row[0] for row in rows(name))


def _also(row: tuple[str, ...], column: int) -> tuple[str, ...]:
    """Split the optional last column at semicolons."""
    return tuple(part for part in row[column].split(";") if part) if len(row) > column else ()


@cache
def units() -> dict[str, Unit]:
    """Units by their exact spelling, and in lower case where the case of the letters does not matter."""
    table: dict[str, Unit] = {}
    for row in rows("units.tsv"):
        unit = Unit(row[0], row[2], Kind(row[3]), _also(row, 4))
        table[row[0]] = unit
        if row[1] == "i":
            table.setdefault(row[0].lower(), unit)
    return table


def unit(written: str) -> Unit | None:
    """Look a written unit up; the exact spelling goes first."""
    table = units()
    return table.get(written) or table.get(written.lower())


@cache
def measures() -> dict[str, str]:
    """Measure words, each with how a lone 2 is said before it (两 or 二)."""
    return {row[0]: row[1] for row in rows("measures.tsv")}


@cache
def not_measures() -> frozenset[str]:
    """Words that begin like a measure word and are none."""
    return words("not_measures.txt")


@cache
def currencies() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Currency marks in upper case, each with its spoken unit and other units."""
    return {row[0].upper(): (row[1], _also(row, 2)) for row in rows("currencies.tsv")}


@cache
def symbols() -> dict[str, str]:
    """Symbols that are said between quantities or on their own."""
    return {row[0]: row[1] for row in rows("symbols.tsv")}


def any_of(spellings: frozenset[str] | set[str] | list[str]) -> str:
    """Return a regular expression for any of the spellings, the longest first."""
    return "|".join(re.escape(s) for s in sorted(spellings, key=lambda s: (-len(s), s)))


@cache
def cue(name: str) -> re.Pattern[str]:
    """Return the pattern of the words that are one cue in ``data/cues.tsv``; search it in the context of a number."""
    return re.compile("|".join(row[1] for row in rows("cues.tsv") if row[0] == name))


def begins(name: str, text: str) -> bool:
    """Say whether a text begins with a cue, spaces aside."""
    return cue(name).match(text.lstrip(" ")) is not None
