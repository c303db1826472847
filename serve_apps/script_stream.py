"""A script as a stream of events, one JSON document a line (application/x-ndjson), each section as it is committed.

Lines of JSON and not server-sent events: who drives a voice is a service, and every HTTP client reads lines. What
server-sent events add is of browsers: an EventSource cannot POST, and its reconnecting would compose the script anew.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Mapping
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
JSON = "application/json"
_QUALITY = re.compile(r"0(\.\d{0,3})?|1(\.0{0,3})?")
_UNBUFFERED = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
"""A proxy that collects a stream before it passes it on would make it useless."""


def wants_stream(accept: str | None) -> bool:
    """Whether an Accept header prefers the stream, by its q-weights (RFC 9110, 12.5.1); of equal weight, if named.

    Raises NotAcceptable where it allows neither form.
    """
    ranges = dict(map(_range, (accept or "*/*").split(",")))
    lines, whole = _quality(ranges, NDJSON), _quality(ranges, JSON)
    if not lines and not whole:
        raise NotAcceptable(f"Accept: {accept}: give {JSON} for the whole script, or {NDJSON} for its stream")
    return lines > whole or (lines == whole and NDJSON in ranges)


def _range(part: str) -> tuple[str, float]:
    """A media range and its weight; one whose weight cannot be read is not accepted."""
    name, *parameters = (each.strip() for each in part.lower().split(";"))
    weight = next((each.partition("=")[2].strip() for each in parameters if each.partition("=")[0].strip() == "q"), "1")
    return name, float(weight) if _QUALITY.fullmatch(weight) else 0.0


def _quality(ranges: Mapping[str, float], form: str) -> float:
    """The weight of the most specific range that a form falls into."""
    return next((ranges[one] for one in (form, "application/*", "*/*") if one in ranges), 0.0)


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
