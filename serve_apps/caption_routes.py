"""The route of captions alone, for a player that wants a WebVTT file."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from koubo.script.cues import script_cues, script_webvtt
from serve_apps.schemas import RenderRequest
from serve_apps.studio import Studio

WEBVTT = "text/vtt; charset=utf-8"

router = APIRouter(prefix="/v1")


@router.post(
    "/scripts/{script_id}/captions",
    response_class=Response,
    responses={200: {"content": {"text/vtt": {"schema": {"type": "string"}}}}},
)
async def caption_script(
    script_id: Annotated[str, Path(min_length=1, max_length=128)], request: Request, body: RenderRequest | None = None
) -> Response:
    """Captions of a kept script as it reads now, or at a later moment, as WebVTT; a NOTE names its `as_of`.

    They are those of the same moment's render: where prices may change in between, take `webvtt` from the render.
    """
    studio: Studio = request.app.state.studio
    script, rendered = await studio.render(script_id, body.at if body else None)
    captions = script_webvtt(rendered, script_cues(rendered, script.brief.request))
    return Response(captions, media_type=WEBVTT)
