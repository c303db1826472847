"""The lists and planned texts beside this module, read once and checked when they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from importlib.resources import files
from typing import Annotated, NamedTuple, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from koubo.script.wording import WordingError, wordings

Table = TypeVar("Table")
Words = dict[str, tuple[str, ...]]
SectionTexts = dict[str, dict[str, dict[str, dict[str, tuple[str, ...]]]]]
"""Section, role (first, more), occasion, family: the lines."""


class SectionLength(NamedTuple):
    """A section's share of the script, the script's seconds from which it is there, and its seconds at most."""

    share: Annotated[float, Field(gt=0, lt=1)]
    least: Annotated[int, Field(ge=10, le=600)]
    most: Annotated[int, Field(ge=5, le=600)]


SectionSeconds = dict[str, dict[str, SectionLength]]
"""Occasion, section: its length."""


class RoleRow(BaseModel):
    """How often products of a role come relative to others, and the part of the products that has it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    visits: int = Field(ge=1, le=10)
    part: float = Field(ge=0, le=1)


class RundownTable(BaseModel):
    """How a stream is laid out: its roles, and the length of a script by occasion as a part of the ordinary one."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    roles: dict[str, RoleRow]
    seconds: dict[str, Annotated[float, Field(gt=0, le=4)]]

    @model_validator(mode="after")
    def _all_are_there(self) -> RundownTable:
        for name, rows, wanted in (("roles", self.roles, _ROLES), ("seconds", self.seconds, _OCCASIONS)):
            if set(rows) != wanted:
                raise ValueError(f"{name}: has {', '.join(rows)}; it must have {', '.join(sorted(wanted))}")
        return self


_ROLES = frozenset({"hero", "traffic", "profit"})
_OCCASIONS = frozenset({"opening", "single_product", "flash_sale", "last_call"})
LOOSE = "also"
"""The row of nouns.yaml that names no family."""


class TableError(ValueError):
    """A data file that cannot be used: says which file and what is wrong in it."""


@cache
def words(name: str) -> Words:
    """Read ``data/<name>``: a mapping of names to lists of words."""
    return _read(name, TypeAdapter(Words))


@cache
def section_lines() -> SectionTexts:
    """Read the planned sections; a line may have alternatives, see `koubo.script.wording`."""
    table = _each_family(_read("sections.yaml", TypeAdapter(SectionTexts)))
    try:
        _mapped(table, lambda line: wordings(line)[0])
    except WordingError as error:
        raise TableError(f"koubo/script/data/sections.yaml: {error}") from error
    return table


@cache
def section_texts() -> SectionTexts:
    """Return the planned sections, each line in its first wording: what the sections sound like."""
    return _mapped(section_lines(), lambda line: wordings(line)[0].replace("{you_one}", "朋友"))


@cache
def section_seconds() -> SectionSeconds:
    """Read how long sections are, by occasion and section."""
    return _read("seconds.yaml", TypeAdapter(SectionSeconds))


@cache
def rundown_table() -> RundownTable:
    """Read how streams are laid out."""
    return _read("rundown.yaml", TypeAdapter(RundownTable))


@cache
def nouns() -> tuple[str, ...]:
    """Every product noun, the longest first."""
    return _longest_first(noun for family, row in words("nouns.yaml").items() if family != LOOSE for noun in row)


@cache
def all_nouns() -> tuple[str, ...]:
    """Every product noun and loose name, the longest first."""
    return _longest_first(noun for row in words("nouns.yaml").values() for noun in row)


def _each_family(table: SectionTexts) -> SectionTexts:
    """Give each family of a key such as home+furniture its lines."""
    return {
        section: {
            role: {occasion: _apart(families) for occasion, families in occasions.items()}
            for role, occasions in roles.items()
        }
        for section, roles in table.items()
    }


def _apart(families: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for names, lines in families.items():
        for name in names.split("+"):
            found[name] = found.get(name, ()) + lines
    return found


def _mapped(table: SectionTexts, change: Callable[[str], str]) -> SectionTexts:
    return {
        section: {
            role: {
                occasion: {family: tuple(map(change, lines)) for family, lines in families.items()}
                for occasion, families in occasions.items()
            }
            for role, occasions in roles.items()
        }
        for section, roles in table.items()
    }


def _longest_first(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(found), key=lambda noun: (-len(noun), noun)))


def read_table(name: str, table: type[Table]) -> Table:
    """Read ``data/<name>`` as a model. Raises `TableError` naming the file, the field and the value."""
    return _read(name, TypeAdapter(table))


def _read(name: str, adapter: TypeAdapter[Table]) -> Table:
    """Read and check one file."""
    text = files("koubo.script").joinpath("data", name).read_text(encoding="utf-8")
    try:
        return adapter.validate_python(yaml.safe_load(text))
    except (ValidationError, yaml.YAMLError) as error:
        raise TableError(f"koubo/script/data/{name}: {error}") from error
