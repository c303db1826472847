"""The shape of a rule: a pattern at a place, and how what it matched is read."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from koubo.reading.kinds import Kind
from koubo.reading.spans import Option

Verbalizer = Callable[[re.Match[str]], list[Option] | None]
"""Gives the readings of a match with their scores, or None to leave the place to the next rule."""

VARIANT = -3.0
"""Score of a reading that says the same in another way (元 or 块): right, and never a reason to ask anybody."""
UNLIKELY = -5.0
"""Score of a reading that is sayable and, here, wrong."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern to match at a trigger, and its verbalizer."""

    pattern: re.Pattern[str]
    read: Verbalizer


def options(kind: Kind, best: str, *variants: str, wrong: tuple[tuple[Kind, str], ...] = ()) -> list[Option]:
    """Give the best reading score 0, other ways to say it VARIANT, and what it could be mistaken for UNLIKELY."""
    out = [Option(kind, best, 0.0)]
    out += [Option(kind, spoken, VARIANT) for spoken in variants if spoken]
    out += [Option(other, spoken, UNLIKELY) for other, spoken in wrong if spoken]
    return out


_CLAUSE = re.compile(r"[，,、；;。：:]")


def clause(found: re.Match[str], left: int, right: int) -> tuple[str, str]:
    """Return the context on both sides of a match, up to so many characters and no further than its clause."""
    return _CLAUSE.split(before(found, left))[-1], _CLAUSE.split(after(found, right))[0]


def before(found: re.Match[str], width: int = 12) -> str:
    """Return up to ``width`` characters of context before a match."""
    start = found.start()
    return found.string[max(0, start - width) : start]


def after(found: re.Match[str], width: int = 12) -> str:
    """Return up to ``width`` characters of context after a match."""
    return found.string[found.end() : found.end() + width]
