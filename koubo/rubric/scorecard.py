"""What a score is made of: seven criteria, each with its evidence."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


def clamp(value: float) -> float:
    """Keep a score between 0 and 1, to four decimals."""
    return round(max(0.0, min(1.0, value)), 4)


class Criterion(StrEnum):
    """The seven criteria."""

    FORMAT = "format"
    ORAL_STYLE = "oral_style"
    CREDIBILITY = "credibility"
    SAFETY = "safety"
    RICHNESS = "richness"
    TARGETED_SELLING_POINTS = "targeted_selling_points"
    PERSUASIVE_CLOSING = "persuasive_closing"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a score rests on: the words of the text, the rule (for safety with its article of law), and a note."""

    words: str
    rule: str
    note: str


@dataclass(frozen=True, slots=True)
class CriterionScore:
    """A criterion's score, 0 to 1, with its evidence."""

    name: Criterion
    score: float
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class ScoredSection:
    """A section to be scored. ``kind`` is a section kind's value, or None where the text came without sections."""

    kind: str | None
    written: str
    spoken: str


@dataclass(frozen=True, slots=True)
class ScoredScript:
    """A text to be scored, with or without sections."""

    sections: tuple[ScoredSection, ...]

    @classmethod
    def plain(cls, text: str, spoken: str | None = None) -> ScoredScript:
        """Take a text that has no sections."""
        return cls((ScoredSection(None, text, spoken or text),))

    @property
    def written(self) -> str:
        """The whole written text."""
        return "".join(section.written for section in self.sections)

    @property
    def spoken(self) -> str:
        """The whole spoken text."""
        return "".join(section.spoken for section in self.sections)


@dataclass(frozen=True, slots=True)
class Scorecard:
    """Seven criteria, their weighted total (0 to 1), whether the text is safe to go on air, and what judged."""

    criteria: tuple[CriterionScore, ...]
    total: float
    safe: bool
    judge: str

    def __getitem__(self, name: Criterion | str) -> CriterionScore:
        """Return a criterion's score by its name."""
        return next(score for score in self.criteria if score.name == name)

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)
