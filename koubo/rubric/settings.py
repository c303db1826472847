"""Weights, thresholds and word lists of the rubric, from a file that operators edit."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from koubo.rubric.scorecard import Criterion

Word = Annotated[str, Field(min_length=1)]
Words = tuple[Word, ...]
Some = Annotated[Words, Field(min_length=1)]
Share = Annotated[float, Field(ge=0, le=1)]
Weight = Annotated[float, Field(ge=0)]
FeatureName = Literal[
    "clause_length",
    "long_clauses",
    "sentence_length",
    "questions",
    "addresses",
    "pronouns",
    "particles",
    "colloquial",
    "connectives",
    "bookish",
]
Part = Literal["distinct", "repeated", "coverage"]


class RubricError(ValueError):
    """A file of the rubric that cannot be used: says which file and field."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SpeechWords(_Part):
    """The words that tell speech from writing."""

    long_clause: int = Field(ge=8, le=80, description="Characters of a clause that is named as too long.")
    address: Some = Field(description="Words by which a host speaks to the audience.")
    pronouns: Some = Field(description="I, you and we.")
    particles: str = Field(min_length=1, description="Particles, one character each.")
    not_particles: Words = Field(description="Words that hold such a character and are none.")
    colloquial: Some = Field(description="Words that are said rather than written.")
    connectives: Some = Field(description="Words that join thoughts mechanically.")
    bookish: Some = Field(description="Words that are written, not said.")
    not_bookish: Words = Field(description="Words that hold a connective or a bookish word and are said.")


class Distinct(_Part):
    """From which share of distinct runs of characters a text scores 0, and from which 1."""

    none: Share
    full: Share

    @model_validator(mode="after")
    def _rises(self) -> Distinct:
        if self.none >= self.full:
            raise ValueError(f"none {self.none} must lie below full {self.full}")
        return self


class Richness(_Part):
    """How variety is measured."""

    parts: dict[Part, Weight] = Field(description="Weight of each part; scaled to add up to 1.")
    window: int = Field(ge=20, le=1000, description="Distinct runs are counted in windows of so many characters.")
    distinct: dict[Literal[1, 2, 3], Distinct] = Field(min_length=1, description="By length of the run.")
    again: float = Field(ge=0, le=20, description="Cost of a text said twice from end to end, of its repeated part.")
    heard: float = Field(ge=0, le=5, description="Cost of a text of which every clause was heard in an earlier script.")
    near: Share = Field(description="Cosine from which on two sentences say the same.")
    likeness: float = Field(ge=0, le=5, description="Cost of a text whose every sentence says what another says.")


class Flow(_Part):
    """What a sentence is for, told by its words; its place in a script follows."""

    opening: Some
    proof: Some
    offer: Some
    closing: Some
    cost: Share = Field(description="Cost of a text in no order at all.")
    misplaced: Share = Field(description="Cost of each sentence that belongs into another section.")
    hollow: Share = Field(description="Cost of an offer without a price, and of a closing that asks for nothing.")


class Closing(_Part):
    """What a closing is made of."""

    call_to_action: Some = Field(description="Words that ask to buy.")
    urgency: Some = Field(description="Words that press for time.")
    reassurance: Some = Field(description="Words that take a doubt away.")


class Costs(_Part):
    """The share of the credibility that each finding takes."""

    wrong_price: Share
    wrong_offer: Share
    untraced_number: Share
    unsupported_claim: Share


class LikelyBreach(_Part):
    """What is done with a sentence that is like known breaches; a probability of 1 switches it off."""

    marked_from: Share = Field(description="Probability from which a sentence that no rule marks is a finding.")
    refused_from: Share = Field(description="Probability from which the writing model's words are not taken.")
    cost: Share = Field(description="Cost of each such sentence for safety.")


class Rubric(_Part):
    """What the criteria are measured against."""

    weights: dict[Criterion, Weight] = Field(description="Weight of each criterion; scaled to add up to 1.")
    judge_share: Share = Field(description="Share of a judge's opinion in a criterion.")
    unsafe_cap: Share = Field(description="Highest safety score of a text with an unsafe breach.")
    likely_breach: LikelyBreach
    oral_style: dict[FeatureName, Weight] = Field(min_length=1, description="Weight of each feature of speech.")
    speech: SpeechWords
    credibility: Costs
    richness: Richness
    flow: Flow
    closing: Closing

    @model_validator(mode="after")
    def _everything_weighs(self) -> Rubric:
        missing = [name.value for name in Criterion if name not in self.weights]
        if missing or not sum(self.weights.values()):
            raise ValueError(f"weights: {', '.join(missing) or 'all'}: give each criterion a weight of 0 or more")
        if not sum(self.oral_style.values()) or not sum(self.richness.parts.values()):
            raise ValueError("oral_style, richness.parts: at least one weight must be above 0")
        return self


def load_rubric(path: Path) -> Rubric:
    """Read and check a rubric file. Raises `RubricError` naming file and field."""
    try:
        return _parsed(path.read_text(encoding="utf-8"), str(path))
    except OSError as error:
        raise RubricError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise RubricError(f"{path}: not UTF-8: {error}") from error


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
