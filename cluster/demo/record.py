"""What a run of the demo did: the answers it got and what is counted in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from cluster.demo.steps import Step
from koubo.script.numerals import find_numbers


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a script's written text and the facts its slot names; none means that nothing stands for it."""

    words: str
    sentence: str
    fact_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """A script as the route answered it, its product, and the seconds it took."""

    answer: dict[str, Any]
    product: dict[str, Any]
    seconds: float

    @property
    def numbers(self) -> list[Number]:
        """Every number that is said, found in the written text without asking the renderer."""
        return [number for section in self.answer["sections"] for s in section["sentences"] for number in _numbers(s)]

    @property
    def untraced(self) -> list[str]:
        """Numbers that no known fact stands for."""
        known = {fact["id"] for fact in self.answer["facts"]}
        return [n.words for n in self.numbers if not n.fact_ids or not known.issuperset(n.fact_ids)]

    @property
    def by_model(self) -> int:
        """Sections that the language model wrote."""
        return sum(section["source"] == "model" for section in self.answer["sections"])

    @property
    def summary(self) -> str:
        """One line: sections, who wrote them, numbers, score."""
        answer = self.answer
        return (
            f"{len(answer['sections'])} sections, {self.by_model} by the model, {answer['planned']} stood in, "
            f"{answer['refused']} candidates refused; {len(self.numbers)} numbers, "
            f"{len(self.untraced)} without a fact; score {answer['scorecard']['total']:.2f}"
        )


def _numbers(sentence: dict[str, Any]) -> list[Number]:
    return [
        Number(
            number.words,
            sentence["written"],
            tuple(
                fact
                for slot in sentence["slots"]
                if slot["start"] <= number.start and number.end <= slot["end"]
                for fact in slot["fact_ids"]
            ),
        )
        for number in find_numbers(sentence["written"])
    ]


@dataclass(frozen=True, slots=True)
class PriceChange:
    """A price that changed, and the same script before and after."""

    title: str
    before: Decimal
    after: Decimal
    milliseconds: int
    script: dict[str, Any]
    rendered: dict[str, Any]

    @property
    def lines(self) -> list[tuple[str, str]]:
        """The sentences that read otherwise now, section by section: what was said and what is said now."""
        return [
            (old["spoken"], new["spoken"])
            for old, new in zip(self.script["sections"], self.rendered["sections"], strict=False)
            if old["spoken"] != new["spoken"]
        ]


@dataclass(slots=True)
class DemoRecord:
    """A run: what it read, where it wrote, its steps and its scripts."""

    profile: str
    catalog: Path
    images: Path
    out: Path
    steps: list[Step]
    scripts: list[Written] = field(default_factory=list)
    change: PriceChange | None = None
