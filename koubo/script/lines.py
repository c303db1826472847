"""The planned lines that a brief allows, and their choice by seed.

Every line has a place of its own in an order that depends on the seed and on nothing else (rendezvous hashing: Thaler
and Ravishankar, 1998), and the first one that can be said is taken. So a price or a promotion that changes moves only
the lines that speak of it: with the same seed the others stay as they were planned.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from math import log
from typing import TYPE_CHECKING

from koubo.reading import read
from koubo.script.needs import given, looks_back, needs_of, told
from koubo.script.pace import spoken_length
from koubo.script.slots import ANSWERS, LABELLED, POINTS, REVIEWS, SLOT, Slot, slots_in
from koubo.script.tables import section_lines, words
from koubo.script.wording import wordings

if TYPE_CHECKING:
    from koubo.script.brief import Brief

REPEATABLE = frozenset({Slot.NAME, Slot.BRAND, Slot.ACTIVITY})
MADE_FOR = 4
"""How much likelier a line for just this occasion is than one for any."""
OF_FAMILY = 2
"""How much likelier a line for the product's family is."""
WITH_FACTS = 3
"""How much likelier a line that says something of the product is among those that follow the first."""
_ORDINARY = "single_product"
_TRIED = 4
_NEXT = re.compile("{(point|review|answer)}")
_POINTS_AND_LABELS = (
    tuple(slot for pair in zip(POINTS, LABELLED, strict=False) for slot in pair) + POINTS[len(LABELLED) :]
)
_QUEUES: Mapping[str, tuple[Slot, ...]] = {"point": _POINTS_AND_LABELS, "review": REVIEWS, "answer": ANSWERS}


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A line of the table with its wordings, and how likely it is. There is one of it for an occasion and a family."""

    text: str
    wordings: tuple[str, ...]
    weight: int


@cache
def lines_for(section: str, role: str, occasion: str, family: str) -> tuple[Line, ...]:
    """Return the lines of a section (role: first, more) that fit an occasion and a family of products."""
    return tuple(
        Line(line, said, _weight(said_when, of, role == "more" and "{" in line))
        for said_when, families in section_lines()[section][role].items()
        for of, lines in families.items()
        for line in lines
        if said_when in ("any", occasion) and of in ("any", family) and (said := _usable(section, role, line))
    )


def _usable(section: str, role: str, line: str) -> tuple[str, ...]:
    """The wordings of a line; a closing opens with its call to buy."""
    calls = words("whole.yaml")["calls"]
    is_closing = section == "closing" and role == "first"
    return tuple(one for one in wordings(line) if not is_closing or any(call in one for call in calls))


def _weight(occasion: str, family: str, with_facts: bool) -> int:
    made_for = MADE_FOR if occasion not in ("any", _ORDINARY) else 1
    return made_for * (OF_FAMILY if family != "any" else 1) * (WITH_FACTS if with_facts else 1)


@dataclass(frozen=True, slots=True)
class Said:
    """A line chosen: as it is written in the table, and as it is said, its slots named."""

    line: Line
    text: str
    length: int


@dataclass(slots=True)
class Material:
    """What a brief allows to be said, for any seed: how long each slot is, in which order facts are told.

    What the request has in focus is told first; ``known`` are the lengths of texts measured so far.
    """

    brief: Brief
    lengths: Mapping[Slot, int] = field(default_factory=dict)
    known: dict[str, int] = field(default_factory=dict)
    queues: Mapping[str, Sequence[Slot]] = field(default_factory=dict)
    given: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        asked, self.given = self.brief.in_focus(), given(self.brief)
        self.queues = {name: sorted(row, key=lambda slot: slot not in asked) for name, row in _QUEUES.items()}
        self.lengths = {slot: spoken_length(read(said).spoken) for slot, said in self.brief.available.items()}

    def length(self, text: str) -> int:
        """Return a text's length in spoken characters, with its slots filled."""
        if text not in self.known:
            self.known[text] = spoken_length(SLOT.sub("", text)) + sum(self.lengths[slot] for slot in slots_in(text))
        return self.known[text]

    def may_say(self, text: str) -> bool:
        """Say whether the request does not ban it."""
        return not any(word in text for word in self.brief.request.banned)

    def addresses(self) -> Sequence[str]:
        """Return how the host addresses the audience."""
        table, request = words("addresses.yaml"), self.brief.request
        if request.audience:
            return (request.audience if request.audience.endswith(("们", "友")) else request.audience + "们",)
        return table.get(request.persona, table["any"])


@dataclass(slots=True)
class Telling:
    """A part of a script being told with a seed: what was said in it, and which facts are spent.

    ``is_last`` says whether no further round of facts follows; ``looked_back`` counts the lines of this round that
    look back on what was told.
    """

    material: Material
    seed: int
    round: int = 0
    is_last: bool = True
    looked_back: int = 0
    lines: set[Line] = field(default_factory=set)
    earlier: set[Line] = field(default_factory=set)
    spent: set[Slot] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)
    orders: dict[tuple[str, str], list[Line]] = field(default_factory=dict)

    def start_round(self) -> None:
        """Facts may be said again; the lines of the round before may not, and no sentence returns as it was."""
        self.round += 1
        self.looked_back = 0
        self.spent.clear()
        self.orders.clear()
        self.lines, self.earlier = self.lines - self.earlier, set(self.lines)

    def sayable(self, section: str, role: str) -> Iterator[Said]:
        """Yield the lines that can be said now, in the seed's order."""
        request = self.material.brief.request
        if (section, role) not in self.orders:
            found = lines_for(section, role, request.occasion, self.material.brief.family)
            self.orders[section, role] = sorted(found, key=self._place)
        for line in self.orders[section, role]:
            said = self._said(line) if line not in self.lines else None
            if said is not None:
                yield said

    def take(self, said: Said) -> str:
        """Commit a line: it is not said again, nor are its facts. Returns it with the audience addressed."""
        self.lines.add(said.line)
        self.texts.add(said.text)
        self.looked_back += looks_back(said.text)
        self.spent |= set(slots_in(said.text)) - REPEATABLE
        return said.text

    def _place(self, line: Line) -> float:
        """The line's place: an exponential race, so that heavier lines come earlier in proportion."""
        return -log(self._draw(line.text)) / line.weight

    def _draw(self, what: str) -> float:
        """Return a number above 0, at most 1, that depends on seed, round and words alone."""
        digest = blake2b(f"{self.seed}/{self.round}/{what}".encode(), digest_size=6).digest()
        return (int.from_bytes(digest) + 1) / 2**48

    def _said(self, line: Line) -> Said | None:
        """Word a line; None where no wording can be said now."""
        start = int(self._draw("wording of " + line.text) * len(line.wordings)) % len(line.wordings)
        for number in range(min(_TRIED, len(line.wordings))):
            text = self._filled(line.wordings[(start + number) % len(line.wordings)])
            if text is not None and text not in self.texts:
                return Said(line, text, self.material.length(text))
        return None

    def _filled(self, wording: str) -> str | None:
        """Put address and next facts into a wording; None where a slot of it has no value or is spent, or where the
        wording takes for granted what is not so."""
        if not self._is_met(needs_of(wording)):
            return None
        available, spent, filled = self.material.brief.available, set(self.spent), self._addressed(wording)
        for name in _NEXT.findall(wording):
            slot = next((s for s in self.material.queues[name] if s in available and s not in spent), None)
            if slot is None:
                return None
            spent.add(slot)
            filled = filled.replace("{" + name + "}", "{" + slot + "}", 1)
        known = all(slot in available and slot not in self.spent for slot in slots_in(filled))
        return filled if known and self.material.may_say(filled) else None

    def _is_met(self, needs: frozenset[str]) -> bool:
        if not needs:
            return True
        so_far = told(self.spent, self.looked_back) | ({"again"} if not self.is_last else set())
        return needs <= self.material.given | so_far

    def _addressed(self, wording: str) -> str:
        """Say whom the host addresses; a noun where one must stand (要的家人们, not 要的大家; 哪位家人)."""
        names = self.material.addresses()
        name = names[int(self._draw("address in " + wording) * len(names)) % len(names)]
        noun = name if name.endswith(("们", "友")) else "朋友们"
        one = noun.removesuffix("们")
        return wording.replace("{you_one}", one).replace("的{you}", "的" + noun).replace("{you}", name)
