"""The routes of stored scripts: write, review, revise, approve, render.

A change names the revision it was made from (If-Match), since sentences are addressed by number and words are approved
as they were seen. Withdrawing an approval alone needs no If-Match: taking a script off the air must not wait.
"""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from koubo.script import revise
from koubo.script.revise import Place
from koubo.script.script import Status
from serve_apps.dependencies import Actor, Id, Using, etag, problems_of
from serve_apps.problems import NotApproved
from serve_apps.revising import AnyRevising, At, SeenRevising, tagged
from serve_apps.schemas import BriefRequest, RenderedOut, RenderRequest, ScriptAnswer
from serve_apps.script_answers import (
    rendered_answer,
    revisions_answer,
    script_answer,
    script_page_answer,
    slotted_answer,
)
from serve_apps.script_schemas import (
    RevisionsOut,
    RewriteRequest,
    ScriptOut,
    ScriptPageOut,
    SentenceEdit,
    SentenceMove,
    StreamEvent,
)
from serve_apps.script_stream import NDJSON, stream, wants_stream

router = APIRouter(prefix="/v1/scripts", responses=problems_of(404, 422, 429, 503))
CHANGES = problems_of(412, 428)
SENTENCE = "/{script_id}/sections/{section}/sentences/{sentence}"

Accept = Annotated[str | None, Header(description=f"{NDJSON} for each section as it is committed.")]
Number = Annotated[int, Path(ge=1, le=2**31, description="Number of the revision, from 1.")]
STREAMED: dict[int | str, dict[str, object]] = {
    200: {"model": StreamEvent, "content": {NDJSON: {}}, "description": "A line of JSON for each event."}
}


@router.post("", status_code=201, response_model=ScriptAnswer, responses=STREAMED | problems_of(406, 409))
async def write_script(
    body: BriefRequest, studio: Using, request: Request, response: Response, actor: Actor = "api", accept: Accept = None
) -> ScriptAnswer | StreamingResponse:
    """Write a script section by section, keep it, and answer with it as it reads now; or send it as it is written.

    A stream is for speaking at once, so where only approved scripts are rendered it is refused.
    """
    if not wants_stream(accept):
        done = await studio.write(body, actor)
        response.headers["ETag"] = etag(done.kept.revision.number)
        response.headers["Location"] = f"/v1/scripts/{done.kept.script.id}"
        return script_answer(done, studio.approved_only)
    if studio.approved_only:
        raise NotApproved(
            "a stream is spoken while it is composed, and only approved scripts are rendered here (setting "
            "approved_only); ask for application/json, review and approve the script, then render it"
        )
    return stream(studio, await studio.draft(body), actor, request)


@router.get("")
async def list_scripts(
    studio: Using,
    product_id: Annotated[str | None, Query(min_length=1, max_length=128)] = None,
    status: Status | None = None,
    offset: Annotated[int, Query(ge=0, le=2**31)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ScriptPageOut:
    """Stored scripts, the newest first; of one product or one status where these are given."""
    return script_page_answer(await studio.library.page(product_id, status, offset, limit), offset, limit)


@router.get("/{script_id}")
async def get_script(script_id: Id, studio: Using, response: Response) -> ScriptOut:
    """A stored script for review: its sentences by section and number, slots unfilled. ETag is its revision."""
    return tagged(response, await studio.library.get(script_id))


@router.get("/{script_id}/revisions")
async def list_revisions(script_id: Id, studio: Using) -> RevisionsOut:
    """Who changed a script, when, and what."""
    return revisions_answer(await studio.library.revisions(script_id))


@router.get("/{script_id}/revisions/{number}")
async def get_revision(script_id: Id, number: Number, studio: Using) -> ScriptOut:
    """A script as it was in one of its revisions."""
    return slotted_answer(await studio.library.get(script_id, number))


@router.post("/{script_id}/revisions/{number}/restore", responses=CHANGES)
async def restore_revision(number: Number, revising: SeenRevising) -> ScriptOut:
    """Take an earlier revision back, as a new one and as a draft."""
    earlier = await revising.studio.library.get(revising.script_id, number)
    return await revising.change(f"restored revision {number}", partial(revise.restore, earlier=earlier.script))


@router.post("/{script_id}/render", responses=problems_of(409))
async def render_script(script_id: Id, studio: Using, body: RenderRequest | None = None) -> RenderedOut:
    """Render a kept script again from the live values of now, or of a later moment."""
    return rendered_answer(*await studio.render(script_id, body.at if body else None))


@router.post("/{script_id}/rewrite", responses=CHANGES)
async def rewrite_script(revising: SeenRevising, body: RewriteRequest | None = None) -> ScriptOut:
    """Compose all sections again, or one, in other words and by the offers of now; pinned sentences stay."""
    section = body.section if body else None
    change = revising.as_change("rewritten" if section is None else f"section {section} rewritten", "section")
    return revising.answer(await revising.studio.rewrite(revising.script_id, section, change))


@router.put(SENTENCE, responses=CHANGES)
async def edit_sentence(at: At, body: SentenceEdit, revising: SeenRevising) -> ScriptOut:
    """Say a sentence in other words, one sentence or several; they pass the same check as a writer's."""
    return await revising.change(f"{_named(at)} edited", partial(revise.edit, place=at, text=body.text), "text")


@router.delete(SENTENCE, responses=CHANGES)
async def delete_sentence(at: At, revising: SeenRevising) -> ScriptOut:
    """Take a sentence out."""
    return await revising.change(f"{_named(at)} deleted", partial(revise.delete, place=at))


@router.post(SENTENCE + "/move", responses=CHANGES)
async def move_sentence(at: At, body: SentenceMove, revising: SeenRevising) -> ScriptOut:
    """Move a sentence, within its section or to another one."""
    to = Place(body.section, body.sentence)
    return await revising.change(f"{_named(at)} moved to {_named(to)}", partial(revise.move, place=at, to=to))


@router.put(SENTENCE + "/pin", responses=CHANGES)
async def pin_sentence(at: At, revising: SeenRevising) -> ScriptOut:
    """Pin a sentence: no rewrite takes it out. It is still not spoken where it is not true."""
    return await revising.change(f"{_named(at)} pinned", partial(revise.pin, place=at, pinned=True))


@router.delete(SENTENCE + "/pin", responses=CHANGES)
async def unpin_sentence(at: At, revising: SeenRevising) -> ScriptOut:
    """Let a pinned sentence go."""
    return await revising.change(f"{_named(at)} unpinned", partial(revise.pin, place=at, pinned=False))


@router.put("/{script_id}/approval", responses=CHANGES)
async def approve_script(revising: SeenRevising) -> ScriptOut:
    """Release a script for the air, as it was seen. A change of its words makes it a draft again."""
    return await revising.change("approved", partial(revise.approve, approved=True))


@router.delete("/{script_id}/approval", responses=problems_of(412))
async def withdraw_approval(revising: AnyRevising) -> ScriptOut:
    """Make a script a draft again, whichever its revision."""
    return await revising.change("approval withdrawn", partial(revise.approve, approved=False))


def _named(place: Place) -> str:
    return f"section {place.section} sentence {place.sentence}"
