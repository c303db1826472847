"""What a host's line is for: cue words that operators edit, and nearness in meaning to planned lines."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

import numpy as np
import yaml
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from koubo.script.exemplars import FUNCTIONS
from koubo.script.plan import SectionKind
from koubo.script.slots import SLOT
from koubo.script.tables import section_texts

NAMES = ("hook", "need", "selling_point", "proof", "offer", "closing")
"""Functions of exemplars, in the order of a script."""
NEAREST = 5
"""Planned lines of a function that its nearness is the mean of."""
MEANING = 14.0
"""Weight of nearness beside cue words: a step of 0.07 in cosine is worth one cue."""
_ALIASES = {"selling": "selling_point", "selling_points": "selling_point", "opening": "hook", "cta": "closing"}
_SLOT_WORDS = {"{you}": "大家", "{name}": "这个", "{point}": "料子特别软", "{review}": "有买家说很好用"}
Vectors = NDArray[np.float32]


class Cue(BaseModel):
    """Words (a regular expression) that speak for a function, and how much."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    weight: float
    words: re.Pattern[str]


class FunctionTable(BaseModel):
    """functions.yaml: cue expressions with their weights, and what keeps a line from being an exemplar."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    cues: dict[str, tuple[Cue, ...]]
    refused: dict[str, re.Pattern[str]]


class FunctionTableError(ValueError):
    """functions.yaml cannot be used; says which field."""


@cache
def function_table() -> FunctionTable:
    """The table that comes with Koubo. Raises FunctionTableError."""
    text = files("koubo.voices").joinpath("data", "functions.yaml").read_text(encoding="utf-8")
    try:
        return FunctionTable.model_validate(yaml.safe_load(text))
    except (ValidationError, yaml.YAMLError) as error:
        raise FunctionTableError(f"koubo/voices/data/functions.yaml: {error}") from error


def planned_lines() -> dict[str, tuple[str, ...]]:
    """Planned lines by function with their slots filled: what each function sounds like, in the project's own words."""
    return {name: tuple(_filled(line) for line in _planned(FUNCTIONS[name])) for name in NAMES}


def _planned(kind: SectionKind) -> list[str]:
    roles = section_texts()[kind].values()
    return [line for role in roles for occasion in role.values() for lines in occasion.values() for line in lines]


def _filled(line: str) -> str:
    for slot, words in _SLOT_WORDS.items():
        line = line.replace(slot, words)
    return SLOT.sub("现在的优惠", line)


def nearness(lines: Vectors, planned: Mapping[str, Vectors]) -> Vectors:
    """Mean cosine of each line to its nearest planned lines of each function, shape (lines, functions as in NAMES).

    All vectors are of unit length, rows of shape (n, d).
    """
    columns = [np.sort(lines @ planned[name].T, axis=1)[:, -NEAREST:].mean(axis=1) for name in NAMES]
    return np.stack(columns, axis=1).astype(np.float32)


def function_of(text: str, near: Sequence[float], told: str | None = None) -> tuple[str, float]:
    """The function of a line and how sure that is (0 to 1: the share of its weight in a softmax).

    `near` are a line's values of `nearness`; `told` is what its file calls it, which is believed where it is known.
    """
    named = _ALIASES.get(told or "", told)
    if named in NAMES:
        return named, 1.0
    scores = np.array([_cues(text, name) for name in NAMES]) + MEANING * (np.asarray(near) - np.mean(near))
    weights = np.exp(scores - scores.max())
    best = int(weights.argmax())
    return NAMES[best], round(float(weights[best] / weights.sum()), 3)


def _cues(text: str, name: str) -> float:
    return sum(cue.weight for cue in function_table().cues.get(name, ()) if cue.words.search(text))
