"""A script as a stream of events, one JSON document a line (application/x-ndjson), each section as it is committed.

Lines of JSON and not server-sent events: who drives a voice is a service, and every HTTP client reads lines. What
server-sent events add is of browsers: an EventSource cannot POST, and its reconnecting would compose the script anew.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

from fastapi import Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from koubo.script.cues import Cueing
from serve_apps.problems import NotAcceptable, ServiceError, problem_of
from serve_apps.script_answers import done_event, section_event
from serve_apps.script_schemas import ErrorEvent, SectionEvent
from serve_apps.studio import Done, Draft, Studio

NDJSON = "application/x-ndjson"
_JSON = frozenset({"application/json", "application/*", "*/*"})
_UNBUFFERED = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
"""A proxy that collects a stream before it passes it on would make it useless."""


def wants_stream(accept: str | None) -> bool:
    """Whether an Accept header asks for the stream. Raises NotAcceptable where it allows neither form."""
    forms = {form.partition(";")[0].strip().lower() for form in (accept or "*/*").split(",")}
    if NDJSON in forms:
        return True
    if forms.isdisjoint(_JSON):
        raise NotAcceptable(f"Accept: {accept}: give application/json for the whole script, or {NDJSON} for its stream")
    return False


def stream(studio: Studio, draft: Draft, actor: str, request: Request) -> StreamingResponse:
    """Answer with the events of a script that is composed now. A client that goes away ends the composing."""
    return StreamingResponse(_lines(studio, draft, actor, request), 200, _UNBUFFERED, NDJSON)


async def _lines(studio: Studio, draft: Draft, actor: str, request: Request) -> AsyncGenerator[str, None]:
    """The status line is out already: what goes wrong from here on is an event."""
    try:
        async with aclosing(_events(studio, draft, actor)) as events:
            async for event in events:
                yield _line(event)
    except Exception as error:
        retry = error.retry_after_s if isinstance(error, ServiceError) else None
        yield _line(ErrorEvent(problem=problem_of(request, error), retry_after_s=retry))


async def _events(studio: Studio, draft: Draft, actor: str) -> AsyncGenerator[BaseModel, None]:
    sent: list[SectionEvent] = []
    cueing = Cueing(draft.brief.request)
    async with aclosing(studio.stream(draft, actor)) as found:
        async for one in found:
            if isinstance(one, Done):
                yield done_event(one, sent)
            else:
                sent.append(section_event(draft.script_id, one, cueing))
                yield sent[-1]


def _line(event: BaseModel) -> str:
    return event.model_dump_json() + "\n"
