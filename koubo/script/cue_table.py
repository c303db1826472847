"""The set of tags for voice, face and hands, and the rules that choose among them: ``data/cues.yaml``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator

from koubo.script.brief import Occasion
from koubo.script.plan import SectionKind
from koubo.script.slots import Slot
from koubo.script.tables import read_table

QUESTION = "question"
PLAIN = "plain"
Level = Literal["strong", "moderate"]


@dataclass(frozen=True, slots=True)
class Moment:
    """Where a sentence stands: its section, the occasion, the host's persona, and what it says (a content)."""

    section: SectionKind
    occasion: Occasion
    persona: str
    content: str


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Rule(_Row):
    """The tag of the sentences that fit every condition; an empty condition fits all."""

    section: tuple[SectionKind, ...] = ()
    occasion: tuple[Occasion, ...] = ()
    persona: tuple[str, ...] = ()
    content: tuple[str, ...] = ()
    tag: str

    @property
    def fits_all(self) -> bool:
        """Whether the rule has no condition."""
        return not (self.section or self.occasion or self.persona or self.content)

    def fits(self, moment: Moment) -> bool:
        """Say whether a sentence that stands there fits."""
        return (
            moment.section in (self.section or (moment.section,))
            and moment.occasion in (self.occasion or (moment.occasion,))
            and moment.persona in (self.persona or (moment.persona,))
            and moment.content in (self.content or (moment.content,))
        )


class Stress(_Row):
    """Slots whose phrase is stressed: how much, and which part of it."""

    slots: tuple[Slot, ...]
    level: Level
    part: Literal["whole", "last_clause"] = "whole"


class CueTable(_Row):
    """The tags, each with one line that says what it means, and the rules that choose them."""

    emotions: Mapping[str, str]
    gestures: Mapping[str, str]
    contents: Mapping[str, tuple[Slot, ...]]
    emotion: tuple[Rule, ...]
    gesture: tuple[Rule, ...]
    emphasis: tuple[Stress, ...]

    @model_validator(mode="after")
    def _complete(self) -> Self:
        self._check_rules("emotion", self.emotion, self.emotions)
        self._check_rules("gesture", self.gesture, self.gestures)
        _check_once("contents", (slot for slots in self.contents.values() for slot in slots))
        _check_once("emphasis", (slot for stress in self.emphasis for slot in stress.slots))
        return self

    def _check_rules(self, name: str, rules: Sequence[Rule], tags: Mapping[str, str]) -> None:
        """Every tag and content is known, and the last rule gives every sentence a tag."""
        contents = {*self.contents, QUESTION, PLAIN}
        for number, rule in enumerate(rules):
            if rule.tag not in tags:
                raise ValueError(f"{name}.{number}: tag {rule.tag!r} is not one of {', '.join(tags)}")
            if unknown := sorted(set(rule.content) - contents):
                raise ValueError(f"{name}.{number}: content {unknown[0]!r} is not one of {', '.join(contents)}")
        if not rules or not rules[-1].fits_all:
            raise ValueError(f"{name}: the last rule has conditions, so some sentences would have no tag")

    def content(self, slots: Iterable[Slot], written: str) -> str:
        """Return what a sentence says, by its slots, else by how it ends."""
        said = set(slots)
        for name, slots_of in self.contents.items():
            if said.intersection(slots_of):
                return name
        return QUESTION if written.rstrip("”」").endswith(("？", "?")) else PLAIN

    def stress_of(self, slot: Slot) -> Stress | None:
        """Return how a slot's phrase is stressed; None where it is not."""
        return next((stress for stress in self.emphasis if slot in stress.slots), None)


def _check_once(name: str, slots: Iterable[Slot]) -> None:
    twice = [slot for slot, times in Counter(slots).items() if times > 1]
    if twice:
        raise ValueError(f"{name}: slot '{twice[0]}' is there twice")


def tag_of(rules: Sequence[Rule], moment: Moment) -> str:
    """Return the tag of the first rule that fits."""
    return next(rule.tag for rule in rules if rule.fits(moment))


@cache
def cue_table() -> CueTable:
    """Read ``data/cues.yaml``. Raises ``TableError`` where it cannot be used."""
    return read_table("cues.yaml", CueTable)
