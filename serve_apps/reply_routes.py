"""The routes of replies to viewers' comments, and of the stage."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request

from koubo.script.brief import BriefRequest
from koubo.script.cues import Cueing
from koubo.script.plan import SectionKind
from serve_apps.cue_answers import sentence_answer
from serve_apps.dependencies import Actor, Using, problems_of
from serve_apps.problems import FieldProblem, NotApproved, NotFound, Unprocessable
from serve_apps.reply_desk import Replied, ReplyDesk
from serve_apps.reply_schemas import (
    CloseRequest,
    IntentOut,
    OpenComment,
    OpenComments,
    ReplyOut,
    ReplyRequest,
    StageOut,
    StageRequest,
)
from serve_apps.schemas import FactOut
from serve_apps.stage import OnStage
from serve_apps.studio import Studio, now

router = APIRouter(prefix="/v1", responses=problems_of(404, 409, 422, 429, 503))


async def _desk(request: Request) -> ReplyDesk:
    desk: ReplyDesk = request.app.state.desk
    return desk


Desk = Annotated[ReplyDesk, Depends(_desk)]


@router.post("/replies")
async def reply_to_comment(body: ReplyRequest, desk: Desk) -> ReplyOut:
    """Answer a viewer's comment from facts and live values, or say honestly that somebody has to look."""
    return reply_answer(await desk.reply(body.comment, body.product_id, body.manner(), now()))


@router.get("/replies/open")
async def list_open_comments(
    desk: Desk,
    after: Annotated[int, Query(ge=0, le=2**31, description="The `next_after` of the page before.")] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> OpenComments:
    """Comments that wait for a person, the oldest first."""
    total, found = await desk.open(after, limit + 1)
    page = tuple(OpenComment.model_validate(one) for one in found[:limit])
    return OpenComments(total=total, next_after=page[-1].id if len(found) > limit else None, comments=page)


@router.post("/replies/open/{comment_id}/close")
async def close_comment(
    comment_id: Annotated[int, Path(ge=1, le=2**63 - 1)],
    desk: Desk,
    body: CloseRequest | None = None,
    actor: Actor = "api",
) -> OpenComment:
    """Close a comment that a person has settled; closing it again changes nothing."""
    return OpenComment.model_validate(await desk.close(comment_id, now(), actor, body.note if body else None))


@router.put("/stage")
async def put_on_stage(body: StageRequest, desk: Desk, studio: Using) -> StageOut:
    """Put a product on stage: comments that name none are about it. Seen by every replica at once."""
    if body.script_id is not None:
        await _check_script(body.script_id, body.product_id, studio)
    return await _stage_answer(await desk.put_on_stage(body.product_id, body.script_id, now()), studio)


@router.get("/stage")
async def get_stage(desk: Desk, studio: Using) -> StageOut:
    """What is on stage, and whether its script may still be spoken."""
    found = await desk.on_stage()
    if found is None:
        raise NotFound("nothing is on stage: PUT /v1/stage first")
    return await _stage_answer(found, studio)


async def _stage_answer(on: OnStage, studio: Studio) -> StageOut:
    """What is on stage; a script whose approval was withdrawn since, or whose product went, is said to be mute."""
    warning = None
    if on.script_id is not None:
        try:
            await studio.renderable(on.script_id, now())
        except (NotFound, NotApproved) as error:
            warning = str(error)
    renderable = None if on.script_id is None else warning is None
    return StageOut(
        product_id=on.product_id, script_id=on.script_id, since=on.since, renderable=renderable, warning=warning
    )


async def _check_script(script_id: str, product_id: str, studio: Studio) -> None:
    """A script on stage must be one that can be rendered now, and of the product."""
    kept, _ = await studio.renderable(script_id, now())
    script = kept.script
    if script.brief.product_id != product_id:
        wrong = FieldProblem(field="script_id", message=f"is about {script.brief.product_id!r}, not {product_id!r}")
        raise Unprocessable(f"script_id: {wrong.message}", errors=[wrong])


def reply_answer(replied: Replied) -> ReplyOut:
    """A reply as it goes over HTTP."""
    reply = replied.reply
    manner = BriefRequest(product_id=reply.product_id, persona=reply.persona)
    # An answer is said as a script's proof is: to one who asked, not to be sold to.
    cues = Cueing(manner).sentences(SectionKind.PROOF, reply.sentences, reply.facts, reply.images)
    return ReplyOut(
        product_id=reply.product_id,
        as_of=reply.as_of,
        at=reply.at,
        not_after=reply.not_after,
        understood=IntentOut.model_validate(reply.understood),
        answered=reply.answered,
        needs_human=reply.needs_human,
        open_id=replied.open_id,
        open_why=reply.open,
        written=reply.written,
        spoken=reply.spoken,
        sentences=tuple(map(sentence_answer, reply.sentences, cues)),
        facts=tuple(FactOut.model_validate(fact) for fact in reply.facts),
        warnings=reply.warnings,
    )
