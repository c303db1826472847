"""The lists of what must not be said of a product, read once and checked when they are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

from koubo.script.tables import read_table


def _expression(pattern: str) -> str:
    """Refuse an expression that cannot be compiled, and one that matches everything."""
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r}: {error}") from error
    if compiled.search(""):
        raise ValueError(f"{pattern!r}: matches the empty text")
    return pattern


Expression = Annotated[str, AfterValidator(_expression)]
Expressions = tuple[Expression, ...]
Named = dict[str, Expressions]
"""Rules by name."""


class GuardFile(BaseModel):
    """data/guard.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    everywhere: Named
    hearsay: Named
    brands_and_words: frozenset[str]
    compatible: Expressions
    comparing: Expressions
    measured: Expressions


@cache
def guard_lists() -> GuardFile:
    """What must not be said of a product."""
    return read_table("guard.yaml", GuardFile)


def one_of(patterns: Iterable[str]) -> re.Pattern[str]:
    """Compile several expressions into one that matches where any of them does."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))
