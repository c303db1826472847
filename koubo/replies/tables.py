"""The rules, lines and lists of replies, read once and checked when they are."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Annotated, Literal, TypeVar

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from koubo.catalog.answers import default_topics
from koubo.script.expressions import Expressions
from koubo.script.guard_lists import Named
from koubo.script.tables import TableError

Strength = Literal["sure", "likely", "hint"]
Table = TypeVar("Table")


def _topic(name: str) -> str:
    if name not in default_topics().by_name:
        raise ValueError(f"{name!r}: no topic of koubo/catalog/data/answers.yaml")
    return name


Lines = dict[str, dict[str, tuple[str, ...]]]
"""Case, persona (`any` fits all): the lines."""


class Row(BaseModel):
    """Base: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class IntentRow(Row):
    """What speaks for one intent: expressions by strength, and topics of facts."""

    topics: tuple[Annotated[str, AfterValidator(_topic)], ...] = ()
    sure: Expressions = ()
    likely: Expressions = ()
    hint: Expressions = ()


class Expected(Row):
    """A kind of question, and what every answer to it has."""

    asks: Expressions = Field(min_length=1)
    holds: Expressions = Field(min_length=1)


class IntentFile(Row):
    """data/intents.yaml."""

    intents: dict[str, IntentRow]
    signs: Named
    expects: dict[str, Expected]
    predicates: Expressions


class UnitFile(Row):
    """data/units.yaml."""

    dimensions: dict[str, dict[str, int]]
    counters: tuple[str, ...] = Field(min_length=1)
    any_piece: tuple[str, ...] = Field(min_length=1)
    no_measure: Expressions


class DealFile(Row):
    """data/deals.yaml."""

    kinds: Named
    tiers: Expressions
    others: Expressions
    claims: Expressions
    gifts: Expressions


def intent_rows() -> dict[str, IntentRow]:
    """What speaks for each intent."""
    return _intents().intents


def signs() -> Named:
    """Signs that change how a comment is treated, whatever its intent: see data/intents.yaml."""
    return _intents().signs


def expected() -> dict[str, Expected]:
    """Kinds of questions, and what their answers have."""
    return _intents().expects


def predicates() -> Expressions:
    """What is said of goods, one expression for words that mean one thing: see data/intents.yaml."""
    return _intents().predicates


@cache
def units() -> UnitFile:
    """The units of sizes and packs."""
    return _read("units.yaml", TypeAdapter(UnitFile))


@cache
def deal_words() -> DealFile:
    """Words for a deal that a comment asks for or claims."""
    return _read("deals.yaml", TypeAdapter(DealFile))


@cache
def reply_lines() -> Lines:
    """The lines of replies, as they stand in the file; `koubo.replies.lines` checks them."""
    return _read("replies.yaml", TypeAdapter(Lines))


@cache
def _intents() -> IntentFile:
    return _read("intents.yaml", TypeAdapter(IntentFile))


def _read(name: str, adapter: TypeAdapter[Table]) -> Table:
    """Read and check one file."""
    text = files("koubo.replies").joinpath("data", name).read_text(encoding="utf-8")
    return parsed(text, f"koubo/replies/data/{name}", adapter)


def parsed(text: str, where: str, adapter: TypeAdapter[Table]) -> Table:
    """Check the text of a data file. Raises `TableError` naming file and field."""
    try:
        return adapter.validate_python(yaml.safe_load(text))
    except (ValidationError, yaml.YAMLError) as error:
        raise TableError(f"{where}: {error}") from error
