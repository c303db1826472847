"""Weights, thresholds and word lists of the rubric, from a file that operators edit."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from koubo.rubric.scorecard import Criterion

Words = tuple[str, ...]


class RubricError(ValueError):
    """A rubric file that cannot be used: says which file and field."""


class Rubric(BaseModel):
    """What the criteria are measured against."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    weights: dict[Criterion, float] = Field(description="Weight of each criterion; scaled to add up to 1.")
    judge_share: float = Field(ge=0, le=1, description="Share of a judge's opinion in a criterion.")
    clause_characters: int = Field(ge=4, le=40, description="Characters of a clause from which on it costs.")
    long_clause: int = Field(ge=8, le=80, description="Characters of a clause that is named as too long.")
    particles_per_100: float = Field(gt=0, le=20, description="Particles a hundred characters of full score.")
    unsafe_cap: float = Field(ge=0, le=1, description="Highest safety score of a text with an unsafe breach.")
    bookish: Words = Field(min_length=1, description="Words that are written, not said.")
    not_bookish: Words = Field(description="Words that hold a bookish one and are said.")
    address: Words = Field(min_length=1, description="Words by which a host speaks to the audience.")
    particles: str = Field(min_length=1, description="Particles, one character each.")
    call_to_action: Words = Field(min_length=1, description="Words that ask to buy.")
    urgency: Words = Field(min_length=1, description="Words that press for time.")
    reassurance: Words = Field(min_length=1, description="Words that take a doubt away.")

    @model_validator(mode="after")
    def _every_criterion_weighs(self) -> Rubric:
        missing = [name.value for name in Criterion if self.weights.get(name, -1) < 0]
        if missing or not sum(self.weights.values()):
            raise ValueError(f"weights: {', '.join(missing) or 'all'}: give each criterion a weight of 0 or more")
        return self


def load_rubric(path: Path) -> Rubric:
    """Read and check a rubric file. Raises `RubricError`."""
    return _parsed(path.read_text(encoding="utf-8"), str(path))


@cache
def default_rubric() -> Rubric:
    """The rubric that comes with Koubo."""
    text = files("koubo.rubric").joinpath("data", "rubric.yaml").read_text(encoding="utf-8")
    return _parsed(text, "koubo/rubric/data/rubric.yaml")


def _parsed(text: str, where: str) -> Rubric:
    try:
        return Rubric.model_validate(yaml.safe_load(text))
    except (ValidationError, yaml.YAMLError) as error:
        raise RubricError(f"{where}: {error}") from error
