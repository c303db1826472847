"""The plan of a whole live stream: its rundown, and for every turn a request for its script whose words are fresh.

A script's words follow from its brief and its seed alone, so what one remembers of a stream lies in the choice of the
seeds: for every turn seeds are tried until opening and closing are unlike all that were said before in the stream. So
an entry's request is an ordinary one, and its script can be composed at any time, in any order, anywhere.

Bound: of two openings (or two closings) of a stream, own words only (slots aside), at most MOST_ALIKE of the
three-character runs are shared (Jaccard), and no run of more than LONGEST_SHARED characters. Where no seed keeps to it,
the likest-free one tried is taken, and the entry says so in `over_bound`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from koubo.catalog.store import LiveProduct
from koubo.script.brief import BriefRequest, make_brief
from koubo.script.likeness import Heard, Likeness, jaccard, own_words, runs_of
from koubo.script.plan import Planner
from koubo.script.rundown import LeftOut, Rundown, Turn
from koubo.script.stream_request import StreamRequest

MOST_ALIKE = 0.2
"""Of the three-character runs of two openings, or of two closings, at most this part is shared."""
LONGEST_SHARED = 8
"""So many characters in a row at most are shared by two openings, or by two closings."""
TRIED = 12
"""So many seeds are tried for every turn, and the freshest is taken."""
MOST_TRIED = 200
"""So many at most where none keeps to the bound."""
SPARE = 3000
"""So many seeds beyond TRIED a turn are tried in all: where the lines run out, more seeds find no others."""
WHOLE_SCRIPTS = 3
"""Of so many of the freshest seeds the whole script is held against the product's earlier ones in the stream."""


@dataclass(frozen=True, slots=True)
class StreamEntry:
    """A turn with the request for its script.

    ``opening`` and ``closing`` are the planned, slotted texts. ``opening_likeness`` and ``closing_likeness`` hold them
    against the likest ones before; ``over_bound`` names which of the two exceeds the bound. ``tried`` counts seeds.
    """

    position: int
    turn: Turn
    name: str
    request: BriefRequest
    opening: str
    closing: str
    opening_likeness: Likeness
    closing_likeness: Likeness
    tried: int
    over_bound: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StreamPlan:
    """A whole stream: what was asked for, its entries in order, and what is left out.

    ``version`` names the snapshot and live values that it was planned with; ``most_alike`` and ``longest_shared`` are
    the bound that it keeps, but for entries with ``over_bound``.
    """

    request: StreamRequest
    version: str
    most_alike: float
    longest_shared: int
    entries: tuple[StreamEntry, ...]
    left_out: tuple[LeftOut, ...]

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values; `StreamPlan.from_json` gives the same plan back."""
        values: dict[str, Any] = _adapter().dump_python(self, mode="json")
        return values

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> StreamPlan:
        """Read what `to_json` wrote. Raises ``ValueError`` (pydantic's) naming each field that is wrong."""
        return _adapter().validate_python(value)


@cache
def _adapter() -> TypeAdapter[StreamPlan]:
    return TypeAdapter(StreamPlan)


def plan_stream(request: StreamRequest, rundown: Rundown, lives: Sequence[LiveProduct]) -> StreamPlan:
    """Choose the words of every turn of a rundown.

    ``lives`` holds, for every turn, its product at the moment when the turn begins: so nothing is planned of a
    promotion that has not begun then. Raises ValueError where they do not go together.
    """
    if [live.product.id for live in lives] != [turn.product_id for turn in rundown.turns]:
        raise ValueError("lives: must hold the product of every turn, in order")
    planner = StreamPlanner(request)
    for turn, live in zip(rundown.turns, lives, strict=True):
        planner.add(turn, live)
    return planner.plan(rundown)


class StreamPlanner:
    """Chooses the words of a stream turn by turn, so that whoever asks may stop between two of them."""

    def __init__(self, request: StreamRequest) -> None:
        self._words = _Words(request)
        self._entries: list[StreamEntry] = []
        self._version = ""

    def add(self, turn: Turn, live: LiveProduct) -> None:
        """Plan the next turn, with its product at the moment when it begins."""
        self._version = self._version or live.version
        self._entries.append(self._words.entry(turn, live))

    def plan(self, rundown: Rundown) -> StreamPlan:
        """The stream, once every turn of its rundown was added; its version is that of the first one."""
        request, entries = self._words.request, tuple(self._entries)
        return StreamPlan(request, self._version, MOST_ALIKE, LONGEST_SHARED, entries, rundown.left_out)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A seed, which of its ends go over the bound, and how alike the likest is to what was said before."""

    seed: int
    over_bound: tuple[str, ...]
    alike: float


@dataclass(slots=True)
class _Words:
    """What was said so far in a stream being planned."""

    request: StreamRequest
    openings: Heard = field(default_factory=lambda: Heard(LONGEST_SHARED))
    closings: Heard = field(default_factory=lambda: Heard(LONGEST_SHARED))
    scripts: dict[str, list[frozenset[str]]] = field(default_factory=dict)
    position: int = 0
    spare: int = SPARE

    def entry(self, turn: Turn, live: LiveProduct) -> StreamEntry:
        """Choose the seed of a turn, and remember what it says."""
        request = self.request.script(turn.product_id, turn.seconds, turn.occasion, self._persona(turn), 0)
        brief = make_brief(live, request)
        planner = Planner(brief)
        attempts = list(self._attempts(planner, turn))
        best = self._freshest(planner, turn, attempts)
        opening, closing = planner.hook(best.seed).planned, planner.closing(best.seed).planned
        found = StreamEntry(
            position=self.position,
            turn=turn,
            name=brief.short_name,
            request=request.model_copy(update={"seed": best.seed}),
            opening=opening,
            closing=closing,
            opening_likeness=self.openings.likest(opening),
            closing_likeness=self.closings.likest(closing),
            tried=len(attempts),
            over_bound=self._over_bound(opening, closing) if best.over_bound else (),
        )
        self._remember(found)
        return found

    def _persona(self, turn: Turn) -> str:
        """Return the host whose time it is; each has an equal part of the stream."""
        hosts = self.request.personas
        passed = (turn.at - self.request.starts_at) / (self.request.ends_at - self.request.starts_at)
        return hosts[min(int(passed * len(hosts)), len(hosts) - 1)]

    def _attempts(self, planner: Planner, turn: Turn) -> Iterator[_Attempt]:
        """Yield seeds with their ends: TRIED of them, and more until one keeps to the bound or none are to spare."""
        rng = random.Random(f"{self.request.seed}/{self.position}/{turn.product_id}")
        kept = False
        for number in range(MOST_TRIED):
            if number >= TRIED:
                if kept or not self.spare:
                    return
                self.spare -= 1
            attempt = self._attempt(planner, rng.randrange(2**31))
            kept = kept or not attempt.over_bound
            yield attempt

    def _attempt(self, planner: Planner, seed: int) -> _Attempt:
        """Judge a seed; its closing is not asked for where its opening will not do."""
        opening = planner.hook(seed).planned
        share = self.openings.share(opening)
        if share > MOST_ALIKE or self.openings.repeats(opening):
            return _Attempt(seed, ("opening",), share)
        closing = planner.closing(seed).planned
        alike = max(share, self.closings.share(closing))
        over = alike > MOST_ALIKE or self.closings.repeats(closing)
        return _Attempt(seed, ("closing",) if over else (), alike)

    def _freshest(self, planner: Planner, turn: Turn, attempts: Sequence[_Attempt]) -> _Attempt:
        """Return the attempt least like what was said; among the best few, by the product's earlier scripts."""
        best = sorted(attempts, key=lambda attempt: (len(attempt.over_bound), attempt.alike))
        earlier = self.scripts.setdefault(turn.product_id, [])
        few = [attempt for attempt in best[:WHOLE_SCRIPTS] if len(attempt.over_bound) == len(best[0].over_bound)]
        whole = {attempt.seed: _runs(planner, attempt.seed) for attempt in (few if earlier else few[:1])}
        chosen = min(few[: len(whole)], key=lambda one: max((jaccard(whole[one.seed], e) for e in earlier), default=0))
        earlier.append(whole[chosen.seed])
        return chosen

    def _over_bound(self, opening: str, closing: str) -> tuple[str, ...]:
        ends = (("opening", self.openings, opening), ("closing", self.closings, closing))
        return tuple(name for name, heard, text in ends if heard.share(text) > MOST_ALIKE or heard.repeats(text))

    def _remember(self, entry: StreamEntry) -> None:
        self.openings.add(entry.opening)
        self.closings.add(entry.closing)
        self.position += 1


def _runs(planner: Planner, seed: int) -> frozenset[str]:
    """Return the three-character runs of a whole script's own words."""
    return runs_of("\n".join(own_words(section.planned) for section in planner.plan(seed).sections))
