"""The lists of what must not be said of a product, read once and checked when they are."""

from __future__ import annotations

from functools import cache

from pydantic import BaseModel, ConfigDict

from koubo.script.expressions import Expressions
from koubo.script.tables import read_table

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
