"""What the routes are given: the studio, its facts, and what a request's address and headers say."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import unquote

from fastapi import Depends, Header, Path, Request
from pydantic import AfterValidator

from serve_apps.parts import FactsPart
from serve_apps.problems import FieldProblem, IfMatchRequired, Problem, Unprocessable
from serve_apps.studio import Studio


# All are async although they wait for nothing: FastAPI would run a plain function in a thread, on every request.
async def _studio(request: Request) -> Studio:
    studio: Studio = request.app.state.studio
    return studio


async def _facts(request: Request) -> FactsPart:
    return (await _studio(request)).parts.facts


Using = Annotated[Studio, Depends(_studio)]
Facts = Annotated[FactsPart, Depends(_facts)]
Id = Annotated[str, Path(min_length=1, max_length=128)]
LONGEST_ACTOR = 64


def _actor(raw: str) -> str:
    """The name in an X-Actor header, UTF-8 as it is or percent-encoded; servers hand on each byte as a character."""
    try:
        name = unquote(raw.encode("latin-1").decode(), errors="strict").strip()
    except UnicodeError as error:
        raise ValueError(
            "is no UTF-8; send the name in UTF-8 or percent-encoded, such as %E5%B0%8F%E7%8E%8B"
        ) from error
    if not name or len(name) > LONGEST_ACTOR or not name.isprintable():
        raise ValueError(f"must be a printable name of 1 to {LONGEST_ACTOR} characters")
    return name


Actor = Annotated[
    str,
    Header(
        alias="X-Actor",
        max_length=1024,
        description="Who changes it, in UTF-8 or percent-encoded, 1 to 64 characters; kept in the audit trail.",
    ),
    AfterValidator(_actor),
]
IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", max_length=256, description='ETag of the revision that the change is made from, `"3"`.'),
]

_TAG = re.compile(r'(W/)?"([^"]*)"')


async def _if_match(if_match: IfMatch = None) -> frozenset[int] | None:
    """The revisions a change may follow: None for any (`*`, or no header)."""
    if if_match is None or if_match.strip() == "*":
        return None
    tags = _TAG.findall(if_match)
    if not tags:
        wrong = FieldProblem(field="If-Match", message=f'is {if_match!r}; give the ETag with its quotes, such as "3"')
        raise Unprocessable(f"{wrong.field}: {wrong.message}", errors=[wrong])
    return frozenset(int(tag) for weak, tag in tags if not weak and tag.isascii() and tag.isdecimal())


async def _if_match_required(request: Request, if_match: IfMatch = None) -> frozenset[int] | None:
    """As `_if_match`, for changes that depend on what was seen."""
    if if_match is None:
        raise IfMatchRequired(
            f"{request.method} {request.url.path}: sentences are found by number and words are approved as they were "
            'seen, so say which revision this change is made from: If-Match: "REVISION", the ETag of '
            "GET /v1/scripts/{script_id}; If-Match: * for whichever is there"
        )
    return await _if_match(if_match)


Seen = Annotated[frozenset[int] | None, Depends(_if_match)]
SeenRequired = Annotated[frozenset[int] | None, Depends(_if_match_required)]


def etag(number: int) -> str:
    """The entity tag of a revision."""
    return f'"{number}"'


def problems_of(*statuses: int) -> dict[int | str, dict[str, object]]:
    """OpenAPI's `responses` for problems of these statuses."""
    return {status: {"model": Problem, "content": {"application/problem+json": {}}} for status in statuses}
