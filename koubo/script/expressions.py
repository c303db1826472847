"""Regular expressions in tables: checked when a table is read, several as one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator


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


def one_of(patterns: Iterable[str]) -> re.Pattern[str]:
    """Compile several expressions into one that matches where any of them does."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))
