"""The lists and planned texts beside this module, read once and checked when they are."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError

Table = TypeVar("Table")
Words = dict[str, tuple[str, ...]]
SectionTexts = dict[str, dict[str, dict[str, dict[str, tuple[str, ...]]]]]
"""Section, role (first, more), occasion, family: the lines."""


LOOSE = "also"
"""The row of nouns.yaml that names no family."""


class TableError(ValueError):
    """A data file that cannot be used: says which file and what is wrong in it."""


@cache
def words(name: str) -> Words:
    """Read ``data/<name>``: a mapping of names to lists of words."""
    return _read(name, TypeAdapter(Words))


@cache
def section_texts() -> SectionTexts:
    """Read the planned sections."""
    return _read("sections.yaml", TypeAdapter(SectionTexts))


@cache
def nouns() -> tuple[str, ...]:
    """Every product noun, the longest first."""
    return _longest_first(noun for family, row in words("nouns.yaml").items() if family != LOOSE for noun in row)


@cache
def all_nouns() -> tuple[str, ...]:
    """Every product noun and loose name, the longest first."""
    return _longest_first(noun for row in words("nouns.yaml").values() for noun in row)


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
