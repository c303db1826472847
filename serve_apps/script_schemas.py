"""What goes over HTTP of stored scripts: their sentences by number, revisions, edits, and the events of a stream."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from koubo.script.brief import BriefRequest
from koubo.script.script import Status
from serve_apps.problems import Problem
from serve_apps.schemas import Answer, Body, DroppedOut, FactOut, RefusalOut, ScorecardOut, SectionOut

Number = Annotated[int, Field(ge=0, le=10_000)]
SlottedText = Annotated[
    str,
    Field(
        min_length=1,
        max_length=500,
        pattern=r"^[^\x00-\x1f\x7f]+$",
        description="One or more sentences, slots in braces: 看看{name}。Numbers and offers only in slots.",
    ),
]


class SentenceEdit(Body):
    """What is to be said in place of a sentence."""

    text: SlottedText


class SentenceMove(Body):
    """Where a sentence is to stand afterwards: section and place in it, from 0."""

    section: Number
    sentence: Number


class RewriteRequest(Body):
    """What is to be composed again: one section by its number, or the whole script."""

    section: Number | None = None


class RevisionOut(Answer):
    """One revision: what changed, who changed it, when."""

    number: int
    at: datetime
    actor: str
    change: str
    status: Status


class RevisionsOut(Answer):
    """All revisions of a script, the first one first. None of them ever changes."""

    id: str
    product_id: str
    revisions: tuple[RevisionOut, ...]


class ScriptSummary(Answer):
    """A script in a list, by its current revision."""

    id: str
    product_id: str
    status: Status
    revision: int
    changed_at: datetime
    changed_by: str
    change: str


class ScriptPageOut(Answer):
    """A page of scripts, the newest one first; `next_offset` is null on the last one."""

    total: int
    offset: int
    limit: int
    next_offset: int | None
    scripts: tuple[ScriptSummary, ...]


class SlottedSentenceOut(Answer):
    """A sentence as it is stored, at `sections/SECTION/sentences/NUMBER`."""

    number: int
    slotted: str
    as_composed: str = Field(description="As it read when the brief was made: for review, never to be spoken.")
    slots: tuple[str, ...]
    offer: bool = Field(description="It speaks of an offer: it can be moved, kept or deleted, but not reworded.")
    pinned: bool
    edited: bool = Field(description="An operator wrote it.")


class SlottedSectionOut(Answer):
    """A section as it is stored: who wrote it, and where it is planned, why."""

    number: int
    kind: str
    source: Literal["model", "planned"]
    reason: str | None
    error: str | None
    sentences: tuple[SlottedSentenceOut, ...]
    candidates: int
    refusals: tuple[RefusalOut, ...]


class ScriptOut(ScriptSummary):
    """A stored script with its slots unfilled, for review. `revision` is its ETag."""

    created_at: datetime
    brief: BriefRequest
    brief_as_of: str = Field(description="Version of the live values that the brief was made from.")
    sections: tuple[SlottedSectionOut, ...]
    planned: int = Field(description="Sections that a model was to write and that are planned instead.")
    refused: int = Field(description="Candidates that the check refused.")


class SectionEvent(Answer):
    """A section, committed and rendered by the live values of this moment. It is never revised."""

    event: Literal["section"] = "section"
    id: str
    as_of: str
    at: datetime
    not_after: datetime | None
    section: SectionOut
    dropped: tuple[DroppedOut, ...]
    rewritten: tuple[DroppedOut, ...]
    warnings: tuple[str, ...]
    facts: tuple[FactOut, ...]


class DoneEvent(Answer):
    """The last event: the script is kept. The scorecard is of the script as it reads at this moment."""

    event: Literal["done"] = "done"
    id: str
    product_id: str
    revision: int
    status: Status
    created_at: datetime
    as_of: str
    sections: int
    sentences: int = Field(description="Sentences that were sent.")
    planned: int
    refused: int
    dropped: int
    rewritten: int
    scorecard: ScorecardOut | None
    unscored: str | None = Field(description="Why there is no scorecard, where the scorer did not answer.")


class ErrorEvent(Answer):
    """The last event where something went wrong: what was sent stays true, and no script is kept."""

    event: Literal["error"] = "error"
    problem: Problem
    retry_after_s: float | None = None


StreamEvent = Annotated[SectionEvent | DoneEvent | ErrorEvent, Field(discriminator="event")]
