"""Rendering: slots are filled from live values at the moment of reading; written and spoken form come together."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Protocol

from pydantic import TypeAdapter

from koubo.catalog.facts import Fact
from koubo.catalog.store import LiveProduct
from koubo.reading.spans import Reading, Span
from koubo.script.compose import ComposedSection, Reason, Source
from koubo.script.phrases import shifted
from koubo.script.plan import SectionKind
from koubo.script.script import Script
from koubo.script.slots import SLOT, Slot, SlotValue, slots_in
from koubo.script.values import slot_values

STAND_INS = {
    SectionKind.HOOK: "来，看看{name}。",
    SectionKind.OFFER: "价格给大家报清楚，{price}。",
    SectionKind.CLOSING: "合适就去拍，小黄车里有。",
}
"""What is said where nothing of a section is true any more; every slot of it always has a value."""
_SENTENCE = re.compile("[^。！？!?]+[。！？!?]*[”」]?")


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
    """A section's sentences, who wrote it, and where it is planned, why.

    ``position`` is its place among the script's composed sections: one of which nothing can be said is left out.
    """

    position: int
    kind: SectionKind
    source: Source
    reason: Reason | None
    sentences: tuple[RenderedSentence, ...]


@dataclass(frozen=True, slots=True)
class Dropped:
    """A slotted sentence that is not spoken as it was composed, and why."""

    section: SectionKind
    sentence: str
    why: str


@dataclass(frozen=True, slots=True)
class RenderedScript:
    """A script as it may be spoken at ``at`` by the live values of version ``as_of``.

    ``dropped`` are sentences that are not spoken; ``rewritten`` are those spoken in other words, so that the script
    stays whole. ``facts`` are the facts said, each with its provenance; ``warnings`` name what an operator should know:
    sold_out.
    """

    script_id: str
    product_id: str
    as_of: str
    at: datetime
    sections: tuple[RenderedSection, ...]
    dropped: tuple[Dropped, ...]
    rewritten: tuple[Dropped, ...]
    facts: tuple[Fact, ...]
    warnings: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        values: dict[str, Any] = _adapter().dump_python(self, mode="json")
        return values

    @property
    def written(self) -> str:
        """The whole written text."""
        return "".join(s.written for section in self.sections for s in section.sentences)

    @property
    def spoken(self) -> str:
        """The whole spoken text."""
        return "".join(s.spoken for section in self.sections for s in section.sentences)


@cache
def _adapter() -> TypeAdapter[RenderedScript]:
    return TypeAdapter(RenderedScript)


def render(script: Script, live: LiveProduct, at: datetime, reader: Reader) -> RenderedScript:
    """Fill a script's slots from live values taken at ``at``.

    A sentence with a slot that has no value now is said in other words where it must not be missed (the price, the
    opening, the closing), else dropped. Raises ``ValueError`` where ``live`` is of another product or moment.
    """
    _check_moment(script, live, at)
    work = _Rendering(slot_values(script.brief.selling(), live), reader)
    rendered = (work.section(position, composed) for position, composed in enumerate(script.sections))
    sections = tuple(section for section in rendered if section.sentences)
    return RenderedScript(
        script_id=script.id,
        product_id=script.brief.product_id,
        as_of=live.version,
        at=at,
        sections=sections,
        dropped=tuple(work.dropped),
        rewritten=tuple(work.rewritten),
        facts=tuple(work.facts.values()),
        warnings=("sold_out",) if live.stock == 0 else (),
    )


def _check_moment(script: Script, live: LiveProduct, at: datetime) -> None:
    if live.product.id != script.brief.product_id:
        raise ValueError(f"script {script.id} is about {script.brief.product_id!r}, not {live.product.id!r}")
    if live.at != at:
        raise ValueError(f"the live values are of {live.at.isoformat()}; take them at {at.isoformat()}")


def sentences_of(slotted: str) -> tuple[str, ...]:
    """Split slotted text into sentences; each keeps its mark."""
    return tuple(part for part in _SENTENCE.findall(slotted) if part.strip())


@dataclass(slots=True)
class _Rendering:
    """What one rendering has used, dropped and rewritten so far."""

    values: Mapping[Slot, SlotValue]
    reader: Reader
    facts: dict[str, Fact] = field(default_factory=dict)
    dropped: list[Dropped] = field(default_factory=list)
    rewritten: list[Dropped] = field(default_factory=list)

    def section(self, position: int, composed: ComposedSection) -> RenderedSection:
        """Render one section; where nothing of it can be said, its stand-in."""
        kind = composed.kind
        wanted = [self._sayable(kind, sentence) for sentence in sentences_of(composed.slotted)]
        said = list(dict.fromkeys(sentence for sentence in wanted if sentence is not None))
        if kind in STAND_INS and (not said or (kind is SectionKind.OFFER and not _names_price(said))):
            self.rewritten.append(Dropped(kind, composed.slotted, f"nothing of it is true now; said {STAND_INS[kind]}"))
            said.append(STAND_INS[kind])
        sentences = tuple(self.sentence(text) for text in said)
        return RenderedSection(position, kind, composed.source, composed.reason, sentences)

    def _sayable(self, kind: SectionKind, sentence: str) -> str | None:
        """Return the sentence, its rewriting, or None where it is dropped."""
        missing = [slot for slot in slots_in(sentence) if slot not in self.values]
        if not missing:
            return sentence
        names = ", ".join("{" + slot + "}" for slot in missing)
        if missing == [Slot.OFFER] and Slot.PRICE not in slots_in(sentence):
            self.rewritten.append(Dropped(kind, sentence, f"{names} has no value now; the price is said instead"))
            return STAND_INS[SectionKind.OFFER]
        self.dropped.append(Dropped(kind, sentence, f"{names} has no value now"))
        return None

    def sentence(self, slotted: str) -> RenderedSentence:
        """Fill a sentence whose slots all have values, and read it."""
        written, pins, uses, at = "", [], [], 0
        for found in SLOT.finditer(slotted):
            written += slotted[at : found.start()]
            value = self.values[Slot(found[1])]
            pins += [shifted(pin, len(written)) for pin in value.pins]
            uses.append((value, len(written), len(written) + len(value.written)))
            written, at = written + value.written, found.end()
            self.facts.update({fact.id: fact for fact in value.facts})
        written += slotted[at:]
        reading = self.reader(written, pinned=tuple(pins))
        ends = [value.not_after for value, _, _ in uses if value.not_after is not None]
        slots = tuple(_use(value, start, end, reading) for value, start, end in uses)
        ids = tuple(dict.fromkeys(fact_id for use in slots for fact_id in use.fact_ids))
        return RenderedSentence(reading.text, reading.spoken, reading.spans, min(ends, default=None), ids, slots)


def _names_price(sentences: list[str]) -> bool:
    return any(slot in (Slot.PRICE, Slot.OFFER) for sentence in sentences for slot in slots_in(sentence))


def _use(value: SlotValue, start: int, end: int, reading: Reading) -> SlotUse:
    """Say where a slot's phrase stands in both forms."""
    return SlotUse(
        value.slot, start, end, _spoken_at(reading, start, False), _spoken_at(reading, end, True), value.fact_ids
    )


def _spoken_at(reading: Reading, at: int, end: bool) -> int:
    """Return the place in the spoken form of a place in the written one; inside a span, the span's start or end."""
    moved = 0
    for span in reading.spans:
        if span.end <= at:
            moved += len(span.spoken) - len(span.written)
        elif span.start < at:
            return span.start + moved + (len(span.spoken) if end else 0)
    return at + moved


def render_sentences(slotted: str, values: Mapping[Slot, SlotValue], reader: Reader) -> tuple[RenderedSentence, ...]:
    """Fill and read a slotted text that is no script, such as a reply. Every slot of it must have a value."""
    work = _Rendering(values, reader)
    return tuple(work.sentence(text) for text in sentences_of(slotted))
