"""Cues: what voice, face, hands, picture and captions do while a sentence of a rendered script is spoken.

They are made from the rendered script alone, in its own process, and change nothing of what is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from koubo.catalog.facts import Box, Fact
from koubo.script.brief import BriefRequest
from koubo.script.captions import CaptionCue, break_lines, webvtt
from koubo.script.cue_table import Level, Moment, Stress, cue_table, tag_of
from koubo.script.pace import Pace, pace_of
from koubo.script.plan import SectionKind
from koubo.script.render import RenderedScript, RenderedSection, RenderedSentence, SlotUse, spoken_at
from koubo.script.sentence_ssml import sentence_ssml
from koubo.script.slots import Slot


@dataclass(frozen=True, slots=True)
class Emphasis:
    """A stretch that is stressed, within the phrase of its slot: half-open character ranges in both forms."""

    slot: Slot
    level: Level
    start: int
    end: int
    spoken_start: int
    spoken_end: int


@dataclass(frozen=True, slots=True)
class Picture:
    """What to show: an image as the catalogue names it; ``box`` and ``fact_id`` where a fact was read from it.

    ``box`` is in pixels of the image.
    """

    image: str
    box: Box | None
    fact_id: str | None


@dataclass(frozen=True, slots=True)
class SentenceCues:
    """The cues of one sentence. Times are estimates, in seconds from the start of the script.

    ``seconds`` is how long the sentence takes, with the silence of ``pause`` seconds after it; the next one starts at
    ``start + seconds``. ``ssml`` is a whole document. ``emotion`` and ``gesture`` are tags of ``data/cues.yaml``.
    """

    start: float
    seconds: float
    pause: float
    ssml: str
    emphasis: tuple[Emphasis, ...]
    emotion: str
    gesture: str
    picture: Picture | None
    captions: tuple[CaptionCue, ...]


@dataclass(frozen=True, slots=True)
class ScriptCues:
    """The cues of a script: one a sentence, by section as the script has them, and how long all of it takes."""

    seconds: float
    sections: tuple[tuple[SentenceCues, ...], ...]

    @property
    def sentences(self) -> Iterator[SentenceCues]:
        """Every sentence's, in order."""
        return (cues for section in self.sections for cues in section)


def script_cues(rendered: RenderedScript, request: BriefRequest) -> ScriptCues:
    """Give every sentence of a rendered script its cues."""
    cueing = Cueing(request)
    sections = tuple(cueing.section(rendered, section) for section in rendered.sections)
    return ScriptCues(cueing.at, sections)


def script_webvtt(rendered: RenderedScript, cues: ScriptCues) -> str:
    """Return the captions of a whole script as WebVTT; a note says of which live values they are."""
    what = f"script {rendered.script_id}, product {rendered.product_id}"
    when = f"as_of {rendered.as_of}, at {rendered.at.isoformat()}"
    return webvtt(f"{what}\n{when}\ntimes are estimates", (sentence.captions for sentence in cues.sentences))


@dataclass(slots=True)
class Cueing:
    """Gives cues section by section, as a script is streamed; ``at`` is where the next section starts, in seconds.

    ``request`` says persona and occasion.
    """

    request: BriefRequest
    at: float = 0.0

    def section(self, rendered: RenderedScript, section: RenderedSection) -> tuple[SentenceCues, ...]:
        """Return the cues of the next section, one of ``rendered``: it may hold the whole script or that one alone."""
        return self.sentences(section.kind, section.sentences, rendered.facts, rendered.images)

    def sentences(
        self, kind: SectionKind, sentences: Sequence[RenderedSentence], known: Sequence[Fact], images: Sequence[str]
    ) -> tuple[SentenceCues, ...]:
        """Return the cues of the next sentences, spoken as in a section of ``kind``; see `picture_of` for the rest."""
        facts = {fact.id: fact for fact in known}
        return tuple(self._sentence(kind, one, picture_of(one, facts, images)) for one in sentences)

    def _sentence(self, kind: SectionKind, sentence: RenderedSentence, picture: Picture | None) -> SentenceCues:
        pace = pace_of(self.request.persona)
        table = cue_table()
        content = table.content((use.slot for use in sentence.slots), sentence.written)
        moment = Moment(kind, self.request.occasion, self.request.persona, content)
        emphasis = emphasis_of(sentence)
        start, pause = self.at, pace.pause_after(sentence.spoken)
        self.at = round(start + pace.seconds(sentence.spoken), 3)
        return SentenceCues(
            start=start,
            seconds=round(self.at - start, 3),
            pause=pause,
            ssml=sentence_ssml(sentence.reading, emphasis, pause),
            emphasis=emphasis,
            emotion=tag_of(table.emotion, moment),
            gesture=tag_of(table.gesture, moment),
            picture=picture,
            captions=captions_of(sentence, start, pace),
        )


def picture_of(sentence: RenderedSentence, facts: Mapping[str, Fact], images: Sequence[str]) -> Picture | None:
    """Return the picture that a fact of the sentence was read from, else the main one; None where there is none.

    ``facts`` are those that are said, by id; ``images`` the product's own, the main one first.
    """
    for fact in (facts[fact_id] for fact_id in sentence.fact_ids if fact_id in facts):
        if fact.provenance.source == "image":
            return Picture(_named(fact.provenance.place, images), fact.provenance.box, fact.id)
    return Picture(images[0], None, None) if images else None


def emphasis_of(sentence: RenderedSentence) -> tuple[Emphasis, ...]:
    """Return what is stressed in a sentence: in order, apart, and never a part of a span."""
    found: list[Emphasis] = []
    for use in sentence.slots:
        stress = cue_table().stress_of(use.slot)
        start, end = _stressed(sentence, use, stress) if stress else (0, 0)
        if stress and max(start, found[-1].end if found else 0) == start < end:
            spoken = spoken_at(sentence.reading, start, False), spoken_at(sentence.reading, end, True)
            found.append(Emphasis(use.slot, stress.level, start, end, *spoken))
    return tuple(found)


def _stressed(sentence: RenderedSentence, use: SlotUse, stress: Stress) -> tuple[int, int]:
    """Return the stressed part of a slot's phrase, as far as the spans go that reach over its ends."""
    start, end = use.start, use.end
    if stress.part == "last_clause":
        start = max(start, sentence.written.rfind("，", start, end) + 1)
    start = next((span.start for span in sentence.spans if span.start < start < span.end), start)
    return start, next((span.end for span in sentence.spans if span.start < end < span.end), end)


def captions_of(sentence: RenderedSentence, start: float, pace: Pace) -> tuple[CaptionCue, ...]:
    """Return the caption cues of a sentence that starts at ``start``; each stays until the next one comes."""
    readings = [(span.start, span.end) for span in sentence.spans]
    phrases = [(use.start, use.end) for use in sentence.slots]
    cues = break_lines(sentence.written, readings, phrases)
    places = [spoken_at(sentence.reading, lines[0][0], False) for lines in cues]
    times = [round(start + pace.seconds(sentence.spoken[:place]), 3) for place in (*places, len(sentence.spoken))]
    texts = (tuple(sentence.written[slice(*line)] for line in lines) for lines in cues)
    return tuple(map(CaptionCue, times, times[1:], texts))


def _named(image_id: str, images: Sequence[str]) -> str:
    """Return a product's own name of a picture (a path or URI that ends as the id does), else the id."""
    wanted = PurePosixPath(image_id).parts
    for image in images:
        parts = PurePosixPath(image.split("?")[0]).parts
        shared = min(len(parts), len(wanted))
        if shared and parts[-shared:] == wanted[-shared:]:
            return image
    return image_id
