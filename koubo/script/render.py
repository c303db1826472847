"""Rendering: slots are filled from live values at the moment of reading; written and spoken form come together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from koubo.catalog.facts import Fact
from koubo.catalog.store import LiveProduct
from koubo.reading.spans import Reading, Span
from koubo.script.compose import Reason, Source
from koubo.script.plan import SectionKind
from koubo.script.script import Script
from koubo.script.slots import Slot


class Reader(Protocol):
    """Reads a text whose ``pinned`` spans keep their reading; `koubo.reading.read` is one."""

    def __call__(self, text: str, pinned: Sequence[Span] = ()) -> Reading:
        """Return the text's reading."""
        ...


@dataclass(frozen=True, slots=True)
class SlotUse:
    """Where a slot's phrase stands in its sentence, in both forms (half-open character ranges), and its facts."""

    slot: Slot
    start: int
    end: int
    spoken_start: int
    spoken_end: int
    fact_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RenderedSentence:
    """A sentence in both forms, aligned. It must not be spoken after ``not_after`` (None: nothing is scheduled)."""

    written: str
    spoken: str
    spans: tuple[Span, ...]
    not_after: datetime | None
    fact_ids: tuple[str, ...]
    slots: tuple[SlotUse, ...]


@dataclass(frozen=True, slots=True)
class RenderedSection:
    """A section's sentences, who wrote it, and where it is planned, why."""

    kind: SectionKind
    source: Source
    reason: Reason | None
    sentences: tuple[RenderedSentence, ...]


@dataclass(frozen=True, slots=True)
class Dropped:
    """A slotted sentence that is not spoken, and why."""

    section: SectionKind
    sentence: str
    why: str


@dataclass(frozen=True, slots=True)
class RenderedScript:
    """A script as it may be spoken at ``at`` by the live values of version ``as_of``.

    ``facts`` are the facts said, each with its provenance; ``warnings`` name what an operator should know, such as
    sold_out.
    """

    script_id: str
    product_id: str
    as_of: str
    at: datetime
    sections: tuple[RenderedSection, ...]
    dropped: tuple[Dropped, ...]
    facts: tuple[Fact, ...]
    warnings: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        raise NotImplementedError

    @property
    def written(self) -> str:
        """The whole written text."""
        return "".join(s.written for section in self.sections for s in section.sentences)

    @property
    def spoken(self) -> str:
        """The whole spoken text."""
        return "".join(s.spoken for section in self.sections for s in section.sentences)


def render(script: Script, live: LiveProduct, at: datetime, reader: Reader) -> RenderedScript:
    """Fill a script's slots from live values."""
    raise NotImplementedError
