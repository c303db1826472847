"""Rendering: slots are filled from live values at the moment of reading; written and spoken form come together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Protocol

from pydantic import TypeAdapter

from koubo.catalog.facts import Fact
from koubo.catalog.store import LiveProduct
from koubo.reading.spans import Reading, Span
from koubo.script.compose import ComposedSection, Reason, Source
from koubo.script.names import spoken_name
from koubo.script.phrases import shifted
from koubo.script.plan import SectionKind
from koubo.script.script import Script
from koubo.script.slots import SLOT, Slot, SlotValue
from koubo.script.values import slot_values, unsaid, values_said
from koubo.script.whole import Kept, keep, lacks_its_point

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

    @property
    def reading(self) -> Reading:
        """The sentence as it was read."""
        return Reading(self.written, self.spoken, self.spans)


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
    """A slotted sentence that is not spoken as it was composed, and why; ``pinned`` where an operator had pinned it."""

    section: SectionKind
    sentence: str
    why: str
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class RenderedScript:
    """A script as it may be spoken at ``at`` by the live values of version ``as_of``.

    ``images`` are the product's pictures, the main one first.
    ``dropped`` are sentences that are not spoken; ``rewritten`` are those spoken in other words, so that the script
    stays whole. ``facts`` are the facts said, each with its provenance; ``warnings`` name what an operator should know:
    name_withheld (the title or brand holds words that must not be said), sold_out, pinned_dropped, pinned_rewritten,
    lacks_hook, lacks_offer, lacks_closing (nothing that could be said of it was left), and what
    `koubo.script.values.unsaid` names.
    """

    script_id: str
    product_id: str
    as_of: str
    at: datetime
    images: tuple[str, ...]
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

    A sentence with a slot that has no value now is dropped; where its section loses with it what it is for (the
    product, the price, the call to buy), another stands in. Raises ``ValueError`` where ``live`` is of another product
    or moment.
    """
    _check_moment(script, live, at)
    values = slot_values(script.brief.selling(), live)
    kept = _kept(script, values)
    work = _Rendering(values_said(values, [sentence for _, section in kept for sentence in section.said]), reader)
    sections = tuple(work.section(number, *section) for number, section in enumerate(kept) if section[1].said)
    pinned = {mark.sentence for mark in script.pinned}
    dropped = tuple(_dropped(s.kind, change, pinned) for s, section in kept for change in section.dropped)
    rewritten = tuple(_dropped(s.kind, change, pinned) for s, section in kept for change in section.rewritten)
    return RenderedScript(
        script_id=script.id,
        product_id=script.brief.product_id,
        as_of=live.version,
        at=at,
        images=live.product.images,
        sections=sections,
        dropped=dropped,
        rewritten=rewritten,
        facts=tuple(work.facts.values()),
        warnings=(*_warnings(live, dropped, rewritten), *_lacking(kept), *unsaid(script.brief.selling(), live)),
    )


def _dropped(kind: SectionKind, change: tuple[str, str], pinned: Set[str]) -> Dropped:
    sentence, why = change
    return Dropped(kind, sentence, why, sentence in pinned)


def _warnings(live: LiveProduct, dropped: Sequence[Dropped], rewritten: Sequence[Dropped]) -> tuple[str, ...]:
    """A pin is no match for the truth: a pinned sentence that is not true now is not spoken, and that is said."""
    told = {
        "name_withheld": spoken_name(live.product).withheld,
        "sold_out": live.stock == 0,
        "pinned_dropped": any(one.pinned for one in dropped),
        "pinned_rewritten": any(one.pinned for one in rewritten),
    }
    return tuple(name for name, is_so in told.items() if is_so)


def _lacking(kept: Sequence[tuple[ComposedSection, Kept]]) -> tuple[str, ...]:
    """Name the kinds of sections that have lost, or never had, what they are for."""
    said: dict[SectionKind, list[str]] = {SectionKind.HOOK: [], SectionKind.OFFER: [], SectionKind.CLOSING: []}
    for section, sentences in kept:
        said.setdefault(section.kind, []).extend(sentences.said)
    return tuple(f"lacks_{kind}" for kind, sentences in said.items() if lacks_its_point(kind, sentences))


def _kept(script: Script, values: Container[Slot]) -> list[tuple[ComposedSection, Kept]]:
    """Each section with its sentences that are said; what stands in differs from one of its kind to the next."""
    turns = Counter({section.kind: script.seed for section in script.sections})
    kept = []
    for section in script.sections:
        sentences, banned = sentences_of(section.slotted), script.brief.request.banned
        kept.append((section, keep(section.kind, sentences, values, turns[section.kind], banned)))
        turns[section.kind] += 1
    return kept


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
    """The values of a rendering, and the facts it has said so far."""

    values: Mapping[Slot, SlotValue]
    reader: Reader
    facts: dict[str, Fact] = field(default_factory=dict)

    def section(self, position: int, composed: ComposedSection, kept: Kept) -> RenderedSection:
        """Read the sentences of a section that are said."""
        sentences = tuple(map(self.sentence, kept.said))
        return RenderedSection(position, composed.kind, composed.source, composed.reason, sentences)

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


def _use(value: SlotValue, start: int, end: int, reading: Reading) -> SlotUse:
    """Say where a slot's phrase stands in both forms."""
    return SlotUse(
        value.slot, start, end, spoken_at(reading, start, False), spoken_at(reading, end, True), value.fact_ids
    )


def spoken_at(reading: Reading, at: int, end: bool) -> int:
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
