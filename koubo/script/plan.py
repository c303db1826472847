"""The plan: which sections, how long each, and for each a text of its own that is good enough to go on air."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from koubo.script.brief import Brief
from koubo.script.lines import Material, Said, Telling
from koubo.script.pace import pace_of
from koubo.script.slots import Slot, slots_in
from koubo.script.tables import SectionLength, section_seconds

SECONDS_A_ROUND = 130
"""About how long the facts of a product last before a host begins again."""
MORE_ROUNDS = 4
"""So many rounds more are tried where the product has too few facts for the length."""
CLOSE_ENOUGH = 0.02
"""Rounds are added while the body is shorter than asked by more than this share."""
_LAST_LINE = 24
"""Spoken characters of room from which the line is taken that fills it best."""


class SectionKind(StrEnum):
    """The sections of a script, in the order they are spoken."""

    HOOK = "hook"
    NEED = "need"
    SELLING_POINTS = "selling_points"
    PROOF = "proof"
    OFFER = "offer"
    CLOSING = "closing"


MODEL_SECTIONS = frozenset({SectionKind.HOOK, SectionKind.NEED, SectionKind.SELLING_POINTS, SectionKind.CLOSING})
_ENDS = (SectionKind.HOOK, SectionKind.CLOSING)


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
    return Planner(brief).plan(brief.request.seed)


class Planner:
    """Plans a brief with any seed. Hook and closing are planned apart, so that a seed can be judged by them alone.

    How long each section is depends on the occasion: see ``data/seconds.yaml``.
    """

    def __init__(self, brief: Brief) -> None:
        self._material = Material(brief)
        self._request = brief.request
        self._pace = pace_of(brief.request.persona).overall
        table = section_seconds()[brief.request.occasion]
        self._lengths = {
            kind: table[kind] for kind in SectionKind if kind in table and brief.request.seconds >= table[kind].least
        }

    def hook(self, seed: int) -> SectionPlan:
        """Return the section that opens the script with this seed."""
        return self._end(SectionKind.HOOK, seed)

    def closing(self, seed: int) -> SectionPlan:
        """Return the section that ends the script with this seed."""
        return self._end(SectionKind.CLOSING, seed)

    def plan(self, seed: int) -> Plan:
        """Return the whole plan with this seed."""
        hook, closing = self.hook(seed), self.closing(seed)
        room = self._request.seconds * self._pace - self._said(hook) - self._said(closing)
        sections = (hook, *self._body(seed, room), closing)
        return Plan(seed, tuple(section for section in sections if section.lines))

    def _end(self, kind: SectionKind, seed: int) -> SectionPlan:
        section = self._lengths[kind]
        share = section.share / sum(other.share for other in self._lengths.values())
        seconds = min(self._request.seconds * share, section.most)
        return self._section(kind, Telling(self._material, seed), seconds * self._pace)

    def _body(self, seed: int, room: float) -> Sequence[SectionPlan]:
        """Fill the middle of the script; where the facts are said too soon, with more rounds of them."""
        rounds = max(1, round(self._request.seconds / SECONDS_A_ROUND))
        tried = []
        for number in range(rounds, rounds + MORE_ROUNDS + 1):
            tried.append(list(self._rounds(seed, room, number)))
            if room - sum(map(self._said, tried[-1])) <= CLOSE_ENOUGH * room:
                break
        return min(tried, key=lambda body: abs(room - sum(map(self._said, body))))

    def _rounds(self, seed: int, room: float, rounds: int) -> Iterator[SectionPlan]:
        """Yield the sections between hook and closing; what one leaves over, the next has."""
        body = {kind: length for kind, length in self._lengths.items() if kind not in _ENDS}
        telling, owed = Telling(self._material, seed), 0.0
        for number in range(rounds):
            if number:
                telling.start_round()
            telling.is_last = number == rounds - 1
            for kind, length in body.items():
                target = _share(length, body.values(), room / rounds, self._pace) + owed
                last = number == rounds - 1 and kind is list(body)[-1]
                section = self._section(kind, telling, target, fill=last)
                owed = target - self._said(section)
                if section.lines:
                    yield section

    def _section(self, kind: SectionKind, telling: Telling, target: float, fill: bool = False) -> SectionPlan:
        """Choose lines for a section until about ``target`` spoken characters are reached."""
        lines = [] if (first := self._first(kind, telling, target)) is None else [telling.take(first)]
        lines += [words + "。" for words in self._required(kind)]
        for slot in (Slot.CONDITIONS, Slot.GIFT) if kind is SectionKind.OFFER else ():
            if (must := self._with(kind, telling, slot, target - self._sum(lines))) is not None:
                lines.append(telling.take(must))
        while (more := self._next(kind, telling, target - self._sum(lines), fill)) is not None:
            lines.append(telling.take(more))
        slots = tuple(dict.fromkeys(slots_in("".join(lines))))
        seconds = round(self._sum(lines) / self._pace, 1)
        return SectionPlan(kind, seconds, slots, tuple(lines), kind in MODEL_SECTIONS)

    def _required(self, kind: SectionKind) -> Sequence[str]:
        """Required phrases are said before the closing words end."""
        return self._request.required if kind is SectionKind.CLOSING else ()

    def _first(self, kind: SectionKind, telling: Telling, target: float) -> Said | None:
        """Choose a first line that fits, else the shortest; None where no fact is left."""
        fitting = (said for said in self._openers(kind, telling) if said.length <= target + 4)
        if (first := next(fitting, None)) is not None:
            return first
        return min(self._openers(kind, telling), key=lambda said: said.length, default=None)

    def _openers(self, kind: SectionKind, telling: Telling) -> Iterator[Said]:
        """Yield the first lines that can be said; an offer's says the price, or what is paid where that is proved."""
        price = Slot.OFFER if Slot.OFFER in self._material.brief.available else Slot.PRICE
        found = telling.sayable(kind, "first")
        return found if kind is not SectionKind.OFFER else (said for said in found if price in slots_in(said.text))

    def _with(self, kind: SectionKind, telling: Telling, slot: Slot, room: float) -> Said | None:
        """Return a line for a slot that must not be left out while there is room."""
        found = (said for said in telling.sayable(kind, "more") if slot in slots_in(said.text))
        return next((said for said in found if said.length <= room + 8), None)

    def _next(self, kind: SectionKind, telling: Telling, room: float, fill: bool) -> Said | None:
        """Choose a further line; None where the section is full or nothing fits.

        With ``fill`` the last line is the one that leaves least room.
        """
        if room < 2:
            return None
        roles = ("more", "first") if kind is SectionKind.NEED else ("more",)
        found = (said for role in roles for said in telling.sayable(kind, role))
        fitting = (said for said in found if said.length / 2 <= room - 1)
        if not fill or room > _LAST_LINE:
            return next(fitting, None)
        return min(fitting, key=lambda said: abs(room - said.length), default=None)

    def _sum(self, lines: Sequence[str]) -> int:
        return sum(map(self._material.length, lines))

    def _said(self, section: SectionPlan) -> int:
        return self._sum(section.lines)


def _share(section: SectionLength, among: Iterable[SectionLength], room: float, pace: float) -> float:
    """Return a section's part of the room; what is beyond its seconds at most is left to the next."""
    share = section.share / sum(other.share for other in among)
    return min(room * share, section.most * pace)
