"""The rules of safety as operators write them: read, checked and compiled."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from koubo.rubric.plain_text import plain_letter, plain_text

Severity = Literal["unsafe", "caution"]
Classes = Mapping[str, tuple[str, ...]]
_SHORT = "[^，。！？；：\n]{0,8}?"
_LONG = "[^。！？；\n]{0,20}?"
_CLASS = re.compile(r"\{([a-z_]+)\}")
_SYNTAX = re.compile(r"[\\^$.|?*+()\[\]{}~]")


class RuleRow(BaseModel):
    """One rule as an operator writes it.

    Expressions see the plain form of a text (`plain_text`). ``{name}`` stands for a class of words, ``~`` for up to 8
    characters of the same clause, ``~~`` for up to 20 of the same sentence.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(min_length=1)
    law: str = Field(min_length=4)
    severity: Severity
    note: str = Field(min_length=1)
    patterns: tuple[str, ...] = ()
    """Each is a breach by itself."""
    together: tuple[tuple[str, ...], ...] = ()
    """All of one row in one sentence, in any order, are a breach."""
    except_: tuple[str, ...] = Field((), alias="except")
    """A breach that overlaps a match of one of these is none."""
    unless: tuple[str, ...] = ()
    """A breach in a sentence that holds one of these is none."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A compiled rule: what breaches it, and what does not although it looks like it."""

    id: str
    law: str
    severity: Severity
    note: str
    patterns: tuple[re.Pattern[str], ...]
    together: tuple[tuple[re.Pattern[str], ...], ...]
    harmless: tuple[re.Pattern[str], ...]
    unless: tuple[re.Pattern[str], ...]


class RuleError(ValueError):
    """A rule file that cannot be used: says which file, rule and field."""


def load_rules(path: Path) -> tuple[Rule, ...]:
    """Read and check a rule file; the classes of words that its expressions name are Koubo's.

    Raises `RuleError`, which names file, rule and field, on a missing or unknown field, an id used twice, an unknown
    class, a broken expression, and an expression that no text in plain form can match.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise RuleError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise RuleError(f"{path}: not UTF-8: {error}") from error
    return _compile_all(text, str(path), _classes())


@cache
def rules() -> tuple[Rule, ...]:
    """The rules that come with Koubo."""
    return _compile_all(_data("safety.yaml"), "koubo/rubric/data/safety.yaml", _classes())


@cache
def _classes() -> Classes:
    return _read_classes(_data("safety_words.yaml"), "koubo/rubric/data/safety_words.yaml")


def _data(name: str) -> str:
    return files("koubo.rubric").joinpath("data", name).read_text(encoding="utf-8")


def _read_classes(text: str, where: str) -> Classes:
    try:
        return TypeAdapter(dict[str, tuple[str, ...]]).validate_python(yaml.safe_load(text))
    except (ValidationError, yaml.YAMLError) as error:
        raise RuleError(f"{where}: {error}") from error


def _compile_all(text: str, where: str, classes: Classes) -> tuple[Rule, ...]:
    try:
        rows = TypeAdapter(tuple[RuleRow, ...]).validate_python(yaml.safe_load(text))
    except (ValidationError, yaml.YAMLError) as error:
        raise RuleError(f"{where}: {error}") from error
    ids = [row.id for row in rows]
    if twice := sorted({one for one in ids if ids.count(one) > 1}):
        raise RuleError(f"{where}: rule {twice[0]}: field id: another rule has the same")
    return tuple(_compile(row, where, classes) for row in rows)


def _compile(row: RuleRow, where: str, classes: Classes) -> Rule:
    """Compile a rule's expressions."""
    if not row.patterns and not row.together:
        raise RuleError(f"{where}: rule {row.id}: fields patterns and together: both are empty, so it finds nothing")

    def all_of(field: str, expressions: Sequence[str]) -> tuple[re.Pattern[str], ...]:
        return tuple(_expression(e, f"{where}: rule {row.id}: field {field}", classes) for e in expressions)

    return Rule(
        row.id,
        row.law,
        row.severity,
        row.note,
        all_of("patterns", row.patterns),
        tuple(all_of("together", parts) for parts in row.together),
        all_of("except", row.except_),
        all_of("unless", row.unless),
    )


def _expression(written: str, where: str, classes: Classes) -> re.Pattern[str]:
    """Compile one expression; ``where`` names file, rule and field in the error."""
    if unknown := [name for name in _CLASS.findall(written) if name not in classes]:
        raise RuleError(f"{where}: {written!r} names the class {unknown[0]!r}, which safety_words.yaml does not hold")
    full = _spelled_out(written, classes)
    try:
        pattern = re.compile(full)
    except re.error as error:
        raise RuleError(f"{where}: {written!r}: {error}") from error
    if pattern.match(""):
        raise RuleError(f"{where}: {written!r} matches an empty text")
    if (other := _never_seen(written)) is not None:
        raise RuleError(f"{where}: {written!r} can never match: a text in plain form reads {other}; write that")
    return pattern


def _spelled_out(written: str, classes: Classes) -> str:
    """Put classes and gaps into an expression; a class may name other classes."""
    full = _CLASS.sub(lambda name: "(?:" + "|".join(_spelled_out(w, classes) for w in classes[name[1]]) + ")", written)
    return full.replace("~~", _LONG).replace("~", _SHORT)


def _never_seen(written: str) -> str | None:
    """Return what stands in plain texts in place of a part of an expression, or None where it may well stand there."""
    if not _SYNTAX.search(written):
        plain = plain_text(written).text
        return f"{plain!r} for {written!r}" if plain != written else None
    letters = {c for c in re.sub(r"\\.", "", written) if c.isalpha()}
    return next((f"{plain_letter(c)!r} for {c!r}" for c in sorted(letters) if plain_letter(c) != c), None)
