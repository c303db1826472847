"""How real hosts speak: the distribution of each feature of their speech, and where a text stands in it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Annotated

import numpy as np
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from koubo.rubric.sentences import said
from koubo.rubric.settings import RubricError, SpeechWords
from koubo.rubric.speech import FEATURES, measure, windows

SHARES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
"""Of which shares of the windows the file gives the quantiles."""
WINDOW = 100
"""Said characters of a window."""
AT_THE_EDGE = 0.2
"""Score of a text as far out as the last host."""
NARROW = 0.5
"""Hosts who hardly differ are taken to differ by so much, so that one word is no cliff."""

Quantiles = Annotated[tuple[float, ...], Field(min_length=len(SHARES), max_length=len(SHARES))]


class HostSource(BaseModel):
    """Texts that were counted: what kind they are, how many, how many said characters."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: str = Field(min_length=1)
    texts: int = Field(ge=1)
    characters: int = Field(ge=1)


class HostStyle(BaseModel):
    """Quantiles (at ``SHARES``) of every feature over windows of ``window`` said characters of hosts' speech."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sources: tuple[HostSource, ...] = Field(min_length=1)
    window: int = Field(ge=20, le=1000)
    windows: int = Field(ge=5, description="Windows counted; sentence_length and questions need marks, so have fewer.")
    quantiles: dict[str, Quantiles]

    @model_validator(mode="after")
    def _every_feature_rises(self) -> HostStyle:
        if set(self.quantiles) != set(FEATURES):
            raise ValueError(f"quantiles: give {', '.join(FEATURES)}; there are {', '.join(self.quantiles)}")
        for name, knots in self.quantiles.items():
            if any(one > other for one, other in pairwise(knots)):
                raise ValueError(f"quantiles.{name}: {knots} do not rise")
        return self

    def median(self, name: str) -> float:
        """The value of a feature that half of the windows stay below."""
        return self.quantiles[name][SHARES.index(0.5)]

    def score(self, name: str, value: float) -> float:
        """Score a value: 1 for all but a quarter of the hosts, 0.2 where the last of them stands, less beyond."""
        knots = self.quantiles[name]
        if FEATURES[name].worse == "low":
            knots, value = tuple(-knot for knot in reversed(knots)), -value
        beyond = max(0.0, value - knots[-1]) / max(knots[-1] - knots[SHARES.index(0.5)], NARROW)
        inside = min(1.0, 4 * (1 - _share_below(knots, min(value, knots[-1]))))
        return (AT_THE_EDGE + (1 - AT_THE_EDGE) * inside) * math.exp(-beyond)


def _share_below(knots: Sequence[float], value: float) -> float:
    """Return the share of windows whose value is lower, between the quantiles by a straight line."""
    for (low, high), (p_low, p_high) in zip(pairwise(knots), pairwise(SHARES), strict=True):
        if low < value <= high:
            return p_low + (p_high - p_low) * (value - low) / (high - low)
    return 0.0


def host_style_of(texts: Mapping[str, Sequence[str]], words: SpeechWords, window: int = WINDOW) -> HostStyle:
    """Return the style of hosts' spoken texts, by kind of source.

    Texts of a kind are one stream: short lines are joined. Windows without a full stop say nothing of sentences.
    Raises ``ValueError`` where there are fewer than five windows.
    """
    pieces = [piece for lines in texts.values() for piece in windows("\n".join(lines), window)]
    found = [measure(piece, words) for piece in pieces]
    marked = [one for one, piece in zip(found, pieces, strict=True) if any(mark in piece for mark in "。！？!?\n")]
    return HostStyle(
        sources=tuple(
            HostSource(kind=kind, texts=len(lines), characters=sum(map(said, lines))) for kind, lines in texts.items()
        ),
        window=window,
        windows=len(pieces),
        quantiles={name: _quantiles(marked if name in _OF_SENTENCES else found, name) for name in FEATURES},
    )


_OF_SENTENCES = frozenset({"sentence_length", "questions"})


def _quantiles(found: Sequence[Mapping[str, float]], name: str) -> tuple[float, ...]:
    values = [one[name] for one in found] or [0.0]
    return tuple(round(float(value), 3) for value in np.quantile(values, SHARES))


def load_host_style(path: Path) -> HostStyle:
    """Read and check a file of hosts' style. Raises `RubricError` naming file and field."""
    try:
        return _parsed(path.read_text(encoding="utf-8"), str(path))
    except OSError as error:
        raise RubricError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise RubricError(f"{path}: not UTF-8: {error}") from error


@cache
def default_host_style() -> HostStyle:
    """The style that comes with Koubo: see the head of koubo/rubric/data/host_style.yaml."""
    text = files("koubo.rubric").joinpath("data", "host_style.yaml").read_text(encoding="utf-8")
    return _parsed(text, "koubo/rubric/data/host_style.yaml")


def as_yaml(style: HostStyle, head: Iterable[str]) -> str:
    """Write a style as a file, under a comment that says how it was made."""
    comment = "".join(f"# {line}\n" for line in head)
    return comment + yaml.safe_dump(style.model_dump(mode="json"), allow_unicode=True, sort_keys=False, width=120)


def _parsed(text: str, where: str) -> HostStyle:
    try:
        return HostStyle.model_validate(yaml.safe_load(text))
    except (ValidationError, yaml.YAMLError) as error:
        raise RubricError(f"{where}: {error}") from error
