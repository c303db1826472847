"""Stored and rendered scripts to what goes over HTTP."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from koubo.rubric.scorecard import Scorecard
from koubo.script.compose import ComposedSection
from koubo.script.cues import Cueing, SentenceCues, script_cues, script_webvtt
from koubo.script.render import RenderedScript, RenderedSection
from koubo.script.revise import Section, Sentence, sections_of
from koubo.script.script import Script
from koubo.script.slots import OFFER_SLOTS, slots_in
from serve_apps.cue_answers import sentence_answers
from serve_apps.schemas import (
    DroppedOut,
    FactOut,
    RefusalOut,
    RenderedOut,
    ScorecardOut,
    ScriptAnswer,
    SectionOut,
)
from serve_apps.script_schemas import (
    DoneEvent,
    RevisionOut,
    RevisionsOut,
    ScriptOut,
    ScriptPageOut,
    ScriptSummary,
    SectionEvent,
    SlottedSectionOut,
    SlottedSentenceOut,
)
from serve_apps.script_store import KeptScript, Revision, RevisionPage
from serve_apps.studio import Composed, Done


def script_answer(done: Done, approved_only: bool) -> ScriptAnswer:
    """A new script with its scorecard."""
    fields = dict(rendered_answer(done.kept, done.rendered))
    if approved_only:
        fields["warnings"] = (*fields["warnings"], "not_approved")
    brief = done.kept.script.brief.request
    return ScriptAnswer(
        **fields, brief=brief, scorecard=_card(done.card), unscored=done.unscored, approved_only=approved_only
    )


def rendered_answer(kept: KeptScript, rendered: RenderedScript) -> RenderedOut:
    """A script as rendered, with what was written, planned and refused when it was composed."""
    script = kept.script
    cues = script_cues(rendered, script.brief.request)
    return RenderedOut(
        id=script.id,
        product_id=script.brief.product_id,
        created_at=script.created_at,
        revision=kept.revision.number,
        status=script.status,
        as_of=rendered.as_of,
        at=rendered.at,
        not_after=_soonest(rendered.sections),
        seconds=cues.seconds,
        written=rendered.written,
        spoken=rendered.spoken,
        webvtt=script_webvtt(rendered, cues),
        sections=tuple(
            _section(section, script.sections[section.position], own)
            for section, own in zip(rendered.sections, cues.sections, strict=True)
        ),
        planned=_planned(script),
        refused=_refused(script),
        dropped=tuple(DroppedOut.model_validate(d) for d in rendered.dropped),
        rewritten=tuple(DroppedOut.model_validate(d) for d in rendered.rewritten),
        warnings=_warnings(rendered),
        facts=tuple(FactOut.model_validate(f) for f in rendered.facts),
    )


def _warnings(rendered: RenderedScript) -> tuple[str, ...]:
    said = any(section.sentences for section in rendered.sections)
    return rendered.warnings if said else (*rendered.warnings, "nothing_said")


def _section(section: RenderedSection, composed: ComposedSection, cues: Sequence[SentenceCues]) -> SectionOut:
    return SectionOut(
        number=section.position,
        kind=section.kind,
        source=section.source,
        reason=section.reason,
        error=composed.error,
        exemplars_by=composed.exemplars_by,
        written="".join(s.written for s in section.sentences),
        spoken="".join(s.spoken for s in section.sentences),
        sentences=sentence_answers(section, cues),
        candidates=len(composed.candidates),
        refusals=tuple(RefusalOut.model_validate(r) for r in composed.refusals),
    )


def _soonest(sections: Iterable[RenderedSection]) -> datetime | None:
    ends = (s.not_after for section in sections for s in section.sentences)
    return min((end for end in ends if end is not None), default=None)


def _planned(script: Script) -> int:
    return sum(s.source == "planned" and s.reason != "by_design" for s in script.sections)


def _refused(script: Script) -> int:
    return sum(bool(c.refusals) for s in script.sections for c in s.candidates)


def _card(card: Scorecard | None) -> ScorecardOut | None:
    return None if card is None else ScorecardOut.model_validate(card)


def section_event(script_id: str, composed: Composed, cueing: Cueing) -> SectionEvent:
    """A section as it is sent while the next one is composed; `cueing` knows what was sent before."""
    rendered, section = composed.rendered, composed.as_rendered
    return SectionEvent(
        id=script_id,
        as_of=rendered.as_of,
        at=rendered.at,
        not_after=_soonest([section]),
        section=_section(section, composed.section, cueing.section(rendered, section)),
        dropped=tuple(DroppedOut.model_validate(d) for d in rendered.dropped),
        rewritten=tuple(DroppedOut.model_validate(d) for d in rendered.rewritten),
        warnings=rendered.warnings,
        facts=tuple(FactOut.model_validate(f) for f in rendered.facts),
    )


def done_event(done: Done, sent: Iterable[SectionEvent]) -> DoneEvent:
    """The end of a stream, with the counts of what was sent."""
    script, events = done.kept.script, tuple(sent)
    return DoneEvent(
        id=script.id,
        product_id=script.brief.product_id,
        revision=done.kept.revision.number,
        status=script.status,
        created_at=script.created_at,
        as_of=done.rendered.as_of,
        sections=len(events),
        sentences=sum(len(event.section.sentences) for event in events),
        planned=_planned(script),
        refused=_refused(script),
        dropped=sum(len(event.dropped) for event in events),
        rewritten=sum(len(event.rewritten) for event in events),
        scorecard=_card(done.card),
        unscored=done.unscored,
    )


def summary(revision: Revision) -> ScriptSummary:
    """A script in a list."""
    return ScriptSummary(
        id=revision.script_id,
        product_id=revision.product_id,
        status=revision.status,
        revision=revision.number,
        changed_at=revision.at,
        changed_by=revision.actor,
        change=revision.change,
    )


def script_page_answer(page: RevisionPage, offset: int, limit: int) -> ScriptPageOut:
    """A page of scripts."""
    after = offset + len(page.revisions)
    return ScriptPageOut(
        total=page.total,
        offset=offset,
        limit=limit,
        next_offset=after if after < page.total else None,
        scripts=tuple(map(summary, page.revisions)),
    )


def revisions_answer(revisions: tuple[Revision, ...]) -> RevisionsOut:
    """All revisions of a script; there is at least one."""
    found = tuple(RevisionOut.model_validate(revision) for revision in revisions)
    return RevisionsOut(id=revisions[0].script_id, product_id=revisions[0].product_id, revisions=found)


def slotted_answer(kept: KeptScript) -> ScriptOut:
    """A stored script for review."""
    script = kept.script
    return ScriptOut(
        **dict(summary(kept.revision)),
        created_at=script.created_at,
        brief=script.brief.request,
        brief_as_of=script.brief.version,
        sections=tuple(_slotted_section(script, number, row) for number, row in enumerate(sections_of(script))),
        planned=_planned(script),
        refused=_refused(script),
    )


def _slotted_section(script: Script, number: int, row: Section) -> SlottedSectionOut:
    composed = script.sections[number]
    return SlottedSectionOut(
        number=number,
        kind=composed.kind,
        source=composed.source,
        reason=composed.reason,
        error=composed.error,
        exemplars_by=composed.exemplars_by,
        sentences=tuple(_slotted_sentence(script, at, sentence) for at, sentence in enumerate(row)),
        candidates=len(composed.candidates),
        refusals=tuple(RefusalOut.model_validate(r) for r in composed.refusals),
    )


def _slotted_sentence(script: Script, number: int, sentence: Sentence) -> SlottedSentenceOut:
    slots = slots_in(sentence.slotted)
    return SlottedSentenceOut(
        number=number,
        slotted=sentence.slotted,
        as_composed=script.brief.filled(sentence.slotted),
        slots=slots,
        offer=not OFFER_SLOTS.isdisjoint(slots),
        pinned=sentence.pinned,
        edited=sentence.edited,
    )
