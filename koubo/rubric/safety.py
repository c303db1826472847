"""Safety: curated rules, each citing the law it rests on, with the contexts in which its words are harmless."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

Severity = Literal["unsafe", "caution"]


class RuleRow(BaseModel):
    """One rule as an operator writes it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(min_length=1)
    law: str = Field(min_length=4)
    severity: Severity
    note: str = Field(min_length=1)
    patterns: tuple[str, ...] = Field(min_length=1)
    except_: tuple[str, ...] = Field((), alias="except")


@dataclass(frozen=True, slots=True)
class Rule:
    """A compiled rule: what breaches it, and what does not although it looks like it."""

    id: str
    law: str
    severity: Severity
    note: str
    breach: re.Pattern[str]
    harmless: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class Breach:
    """Words of a text that break a rule (``start``, ``end``: characters of the text)."""

    rule: str
    law: str
    severity: Severity
    note: str
    words: str
    start: int
    end: int


class RuleError(ValueError):
    """A rule file that cannot be used: says which file, rule and field."""


def load_rules(path: Path) -> tuple[Rule, ...]:
    """Read and check a rule file. Raises `RuleError` on a missing field, an unknown one, or a broken expression."""
    return _compile_all(path.read_text(encoding="utf-8"), str(path))


@cache
def rules() -> tuple[Rule, ...]:
    """The rules that come with Koubo."""
    text = files("koubo.rubric").joinpath("data", "safety.yaml").read_text(encoding="utf-8")
    return _compile_all(text, "koubo/rubric/data/safety.yaml")


def find_breaches(text: str, among: Sequence[Rule] | None = None) -> tuple[Breach, ...]:
    """Return every breach in a text, in order; of two breaches of one rule that overlap, the first."""
    found = [breach for rule in (rules() if among is None else among) for breach in _of_rule(rule, text)]
    return tuple(sorted(found, key=lambda b: (b.start, b.rule)))


def _of_rule(rule: Rule, text: str) -> list[Breach]:
    """Find the breaches of one rule."""
    matches = list(rule.breach.finditer(text))
    if not matches:
        return []
    harmless = [m.span() for m in rule.harmless.finditer(text)] if rule.harmless else []
    return [
        Breach(rule.id, rule.law, rule.severity, rule.note, m.group(), *m.span())
        for m in matches
        if not any(start < m.end() and m.start() < end for start, end in harmless)
    ]


def _compile_all(text: str, where: str) -> tuple[Rule, ...]:
    try:
        rows = TypeAdapter(tuple[RuleRow, ...]).validate_python(yaml.safe_load(text))
    except (ValidationError, yaml.YAMLError) as error:
        raise RuleError(f"{where}: {error}") from error
    ids = [row.id for row in rows]
    if len(set(ids)) != len(ids):
        raise RuleError(f"{where}: two rules share an id among {ids}")
    return tuple(_compile(row, where) for row in rows)


def _compile(row: RuleRow, where: str) -> Rule:
    """Compile a rule's expressions."""
    try:
        breach = re.compile("|".join(f"(?:{p})" for p in row.patterns))
        harmless = re.compile("|".join(f"(?:{p})" for p in row.except_)) if row.except_ else None
    except re.error as error:
        raise RuleError(f"{where}: rule {row.id}: {error} in {error.pattern!r}") from error
    return Rule(row.id, row.law, row.severity, row.note, breach, harmless)
