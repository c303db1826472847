"""The route of captions alone, for a player that wants a WebVTT file."""

from __future__ import annotations

from fastapi import APIRouter, Response

from koubo.script.cues import script_cues, script_webvtt
from serve_apps.dependencies import Id, Using, problems_of
from serve_apps.schemas import RenderRequest

WEBVTT = "text/vtt; charset=utf-8"

router = APIRouter(prefix="/v1", responses=problems_of(404, 409, 422, 429, 503))


@router.post(
    "/scripts/{script_id}/captions",
    response_class=Response,
    responses={200: {"content": {"text/vtt": {"schema": {"type": "string"}}}}},
)
async def caption_script(script_id: Id, studio: Using, body: RenderRequest | None = None) -> Response:
    """Captions of a kept script as it reads now, or at a later moment, as WebVTT; a NOTE names its `as_of`.

    They are those of the same moment's render: where prices may change in between, take `webvtt` from the render.
    """
    kept, rendered = await studio.render(script_id, body.at if body else None)
    captions = script_webvtt(rendered, script_cues(rendered, kept.script.brief.request))
    return Response(captions, media_type=WEBVTT)
