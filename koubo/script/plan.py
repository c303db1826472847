"""The plan: which sections, how long each, and for each a text of its own that is good enough to go on air."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from koubo.reading import read
from koubo.script.brief import Brief
from koubo.script.slots import ANSWERS, LABELLED, POINTS, REVIEWS, SLOT, Slot, slots_in
from koubo.script.tables import section_texts, words

CHARS_PER_SECOND = 4.5
"""Spoken characters a second of a lively host."""
SECONDS_A_ROUND = 130
"""About how long the facts of a product last before a host begins again."""
REPEATABLE = frozenset({Slot.NAME, Slot.BRAND, Slot.ACTIVITY})
AGAIN_AT_THE_END = frozenset({Slot.PRICE, Slot.DEAL, Slot.STOCK, Slot.DEADLINE})
_SAYABLE = re.compile(r"[\u4e00-\u9fffA-Za-z0-9]")
_NEXT = re.compile("{(point|review|answer)}")
_POINTS_AND_LABELS = (
    tuple(slot for pair in zip(POINTS, LABELLED, strict=False) for slot in pair) + POINTS[len(LABELLED) :]
)
_QUEUES: Mapping[str, tuple[Slot, ...]] = {"point": _POINTS_AND_LABELS, "review": REVIEWS, "answer": ANSWERS}


class SectionKind(StrEnum):
    """The sections of a script, in the order they are spoken."""

    HOOK = "hook"
    NEED = "need"
    SELLING_POINTS = "selling_points"
    PROOF = "proof"
    OFFER = "offer"
    CLOSING = "closing"


SHARES = {
    SectionKind.HOOK: (0.11, 10),
    SectionKind.NEED: (0.16, 40),
    SectionKind.SELLING_POINTS: (0.32, 18),
    SectionKind.PROOF: (0.13, 50),
    SectionKind.OFFER: (0.18, 10),
    SectionKind.CLOSING: (0.10, 10),
}
"""Each section's share of the script, and the length in seconds from which it is there."""
MODEL_SECTIONS = frozenset({SectionKind.HOOK, SectionKind.NEED, SectionKind.SELLING_POINTS, SectionKind.CLOSING})


@dataclass(frozen=True, slots=True)
class SectionPlan:
    """One section: its length in seconds, the slots it uses, and ``planned``, slotted text that can go on air.

    ``lines`` are its lines, in order; ``written_by_model`` says whether a writer may replace its opening. Offers are
    always planned.
    """

    kind: SectionKind
    seconds: float
    slots: tuple[Slot, ...]
    lines: tuple[str, ...]
    written_by_model: bool

    @property
    def planned(self) -> str:
        """The whole planned text."""
        return "".join(self.lines)


@dataclass(frozen=True, slots=True)
class Plan:
    """The sections in order, and the seed that chose their words."""

    seed: int
    sections: tuple[SectionPlan, ...]


def plan(brief: Brief) -> Plan:
    """Plan the sections of a brief; the same brief gives the same plan.

    A script longer than a round of facts goes round again, as hosts do for those who came late: need, selling points,
    proof and offer return in other words.
    """
    request = brief.request
    planner = _Planner(brief, random.Random(f"{request.seed}/{brief.product_id}/{request.occasion}"))
    order = _order(request.seconds)
    total = sum(SHARES[kind][0] for kind in order)
    sections, owed = [], 0.0
    for number, kind in enumerate(order):
        if kind is SectionKind.NEED and number > 1:
            planner.start_round()
        target = request.seconds * CHARS_PER_SECOND * SHARES[kind][0] / total + owed
        lines = planner.section(kind, target)
        if not lines:
            owed = target
            continue
        said = sum(map(planner.length, lines))
        owed = target - said
        sections.append(_section(kind, said / CHARS_PER_SECOND, tuple(lines)))
    return Plan(request.seed, tuple(sections))


def _order(seconds: int) -> list[SectionKind]:
    """Return the sections of a script of that length; the body returns in every round."""
    wanted = [kind for kind, (_, least) in SHARES.items() if seconds >= least]
    body = [kind for kind in wanted if kind not in (SectionKind.HOOK, SectionKind.CLOSING)]
    rounds = max(1, round(seconds / SECONDS_A_ROUND))
    return [SectionKind.HOOK, *body * rounds, SectionKind.CLOSING]


def _section(kind: SectionKind, seconds: float, lines: tuple[str, ...]) -> SectionPlan:
    slots = tuple(dict.fromkeys(slots_in("".join(lines))))
    return SectionPlan(kind, round(seconds, 1), slots, lines, kind in MODEL_SECTIONS)


def spoken_length(text: str) -> int:
    """Count the characters that take time to say: hanzi, letters and digits of the spoken form."""
    return len(_SAYABLE.findall(text))


@dataclass(slots=True)
class _Planner:
    """What has been said so far in the script being planned."""

    brief: Brief
    rng: random.Random
    said: set[str] = field(default_factory=set)
    earlier: set[str] = field(default_factory=set)
    spent: set[Slot] = field(default_factory=set)
    origins: dict[str, str] = field(default_factory=dict)
    lengths: Mapping[Slot, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.lengths = {slot: spoken_length(read(words).spoken) for slot, words in self.brief.available.items()}

    def start_round(self) -> None:
        """Facts may be said again; the lines of the round before may not."""
        self.spent.clear()
        self.said, self.earlier = self.said - self.earlier, set(self.said)

    def length(self, line: str) -> int:
        """Return a line's length in spoken characters, with its slots filled."""
        return spoken_length(SLOT.sub("", line)) + sum(self.lengths[slot] for slot in slots_in(line))

    def section(self, kind: SectionKind, target: float) -> list[str]:
        """Choose lines for a section until about ``target`` spoken characters are reached."""
        if kind is SectionKind.CLOSING:
            self.spent -= AGAIN_AT_THE_END
        opening = self._opening(kind, target)
        lines = [self._take(opening)] if opening else []
        lines += [self._take(words + "。") for words in self._required(kind)]
        for slot in (Slot.CONDITIONS, Slot.GIFT) if kind is SectionKind.OFFER else ():
            lines += self._with(kind, slot, target - sum(map(self.length, lines)))
        while (line := self._next(kind, target - sum(map(self.length, lines)))) is not None:
            lines.append(self._take(line))
        return lines

    def _required(self, kind: SectionKind) -> Sequence[str]:
        """Required phrases are said before the closing words end."""
        return self.brief.request.required if kind is SectionKind.CLOSING else ()

    def _opening(self, kind: SectionKind, target: float) -> str | None:
        """Choose a first line that fits, preferring the occasion's and family's own; None where no fact is left."""
        found = self._lines(kind, "first")
        if kind is SectionKind.OFFER:
            first = Slot.OFFER if Slot.OFFER in self.brief.available else Slot.PRICE
            found = [(line, weight) for line, weight in found if first in slots_in(line)]
        fitting = [(line, weight) for line, weight in found if self.length(line) <= target + 4]
        if not fitting:
            return min((line for line, _ in found), key=self.length, default=None)
        return self.rng.choices([line for line, _ in fitting], [weight for _, weight in fitting])[0]

    def _with(self, kind: SectionKind, slot: Slot, room: float) -> list[str]:
        """Return a line for a slot that must not be left out while there is room."""
        found = [line for line, _ in self._lines(kind, "more") if slot in slots_in(line)]
        fitting = [line for line in found if self.length(line) <= room + 8]
        return [self._take(self.rng.choice(fitting))] if fitting else []

    def _next(self, kind: SectionKind, room: float) -> str | None:
        """Choose a further line; None where the section is full or nothing fits. Lines with facts go first."""
        found = self._lines(kind, "more")
        if kind is SectionKind.NEED:
            found += self._lines(kind, "first")
        fitting = [(line, weight) for line, weight in found if self.length(line) <= room + self.length(line) / 2 - 1]
        if not fitting:
            return None
        weights = [weight * (3 if slots_in(line) else 1) for line, weight in fitting]
        return self.rng.choices([line for line, _ in fitting], weights)[0]

    def _lines(self, kind: SectionKind, role: str) -> list[tuple[str, int]]:
        """Return the lines that can be said now, each with its weight: made for the occasion 4, for the family 3."""
        request, found = self.brief.request, []
        for occasion, families in section_texts()[kind][role].items():
            for family, lines in families.items():
                if occasion not in ("any", request.occasion) or family not in ("any", self.brief.family):
                    continue
                weight = 4 if occasion != "any" else 3 if family != "any" else 1
                found += [(said, weight) for line in lines if (said := self._filled(line)) is not None]
        return found

    def _filled(self, line: str) -> str | None:
        """Put the next facts into a line; None where it was said, or a slot of it has no value or is spent."""
        if line in self.said or any(word in line for word in self.brief.request.banned):
            return None
        filled, spent = line, set(self.spent)
        for name in _NEXT.findall(line):
            slot = next((s for s in _QUEUES[name] if s in self.brief.available and s not in spent), None)
            if slot is None:
                return None
            spent.add(slot)
            filled = filled.replace("{" + name + "}", "{" + slot + "}", 1)
        if any(slot not in self.brief.available or slot in self.spent for slot in slots_in(filled)):
            return None
        self.origins[filled] = line
        return filled

    def _take(self, line: str) -> str:
        """Commit a line: it is not said again, nor are its facts."""
        self.said.add(self.origins.get(line, line))
        self.spent |= set(slots_in(line)) - REPEATABLE
        return line.replace("{you}", self.rng.choice(self._addresses()))

    def _addresses(self) -> Sequence[str]:
        """Return how the host addresses the audience."""
        table, request = words("addresses.yaml"), self.brief.request
        if request.audience:
            return (request.audience if request.audience.endswith(("们", "友")) else request.audience + "们",)
        return table.get(request.persona, table["any"])
