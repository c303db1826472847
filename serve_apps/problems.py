"""Every error as problem details (RFC 9457, application/problem+json), with the request's id and the fields."""

from __future__ import annotations

import logging
import math
import reprlib
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from koubo.script.check import Refusal

log = logging.getLogger("ray.serve")


class FieldProblem(BaseModel):
    """One field at fault."""

    field: str = Field(description="Path of the field, such as skus.0.price; `body` when the JSON itself is broken.")
    message: str


class RefusalProblem(BaseModel):
    """Why a text may not be said: the rule, the words at fault, and what is wrong with them."""

    model_config = ConfigDict(from_attributes=True)

    rule: str
    words: str
    why: str


class Problem(BaseModel):
    """Problem details."""

    type: str = Field(description="Names the kind of problem: urn:koubo:problem:KIND.")
    title: str
    status: int
    detail: str
    instance: str
    request_id: str | None = None
    errors: list[FieldProblem] = []
    refusals: list[RefusalProblem] | None = Field(None, description="Why a text may not be said, where that is it.")


class ServiceError(Exception):
    """An answer that is not the one asked for: status, kind, and words that say what to do."""

    status = 500
    kind = "internal"

    def __init__(self, detail: str, *, retry_after_s: float | None = None, errors: Sequence[FieldProblem] = ()) -> None:
        super().__init__(detail)
        self.retry_after_s = retry_after_s
        self.errors = list(errors)


class NotFound(ServiceError):
    """No such product, script or promotion."""

    status = 404
    kind = "not-found"


class Unprocessable(ServiceError):
    """A request whose fields do not go together, or do not fit the catalogue."""

    status = 422
    kind = "invalid-request"


class Refused(Unprocessable):
    """A text that may not be said, or a change that may not be made; `refusals` name rules, words and reasons."""

    kind = "refused"

    def __init__(self, refusals: Sequence[Refusal], field: str) -> None:
        told = [FieldProblem(field=field, message=f"{one.rule}: {one.words!r}: {one.why}") for one in refusals]
        super().__init__("; ".join(one.message for one in told), errors=told)
        self.refusals = [RefusalProblem.model_validate(one) for one in refusals]


class NotAcceptable(ServiceError):
    """An answer in a form that is not made here."""

    status = 406
    kind = "not-acceptable"


class Unreadable(ServiceError):
    """A script that is kept, but that this version cannot read."""

    status = 409
    kind = "unreadable"


class NotApproved(ServiceError):
    """Only approved scripts are rendered, and this one is a draft."""

    status = 409
    kind = "not-approved"


class ChangedMeanwhile(ServiceError):
    """Somebody changed it since it was read: read it again, and repeat what is still wanted."""

    status = 412
    kind = "changed-meanwhile"


class IfMatchRequired(ServiceError):
    """A change that must say which revision it was made from."""

    status = 428
    kind = "if-match-required"


class Busy(ServiceError):
    """A queue is full: come again after `retry_after_s`."""

    status = 429
    kind = "busy"


class Unavailable(ServiceError):
    """A part that this answer cannot do without is down, starting or too slow."""

    status = 503
    kind = "unavailable"


def install(app: FastAPI) -> None:
    """Make every error of `app` a problem document."""
    app.add_exception_handler(ServiceError, _service_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


def problem_of(request: Request, error: Exception) -> Problem:
    """The problem document of an error. One that nobody expected is logged, and its words stay in the log."""
    if isinstance(error, ServiceError):
        found = _problem(request, error.status, error.kind, str(error), error.errors)
        return found.model_copy(update={"refusals": error.refusals}) if isinstance(error, Refused) else found
    log.error("unexpected error in %s %s", request.method, request.url.path, exc_info=error)
    return _problem(request, 500, ServiceError.kind, "an unexpected error; the log has it under the request id")


def _problem(request: Request, status: int, kind: str, detail: str, errors: Sequence[FieldProblem] = ()) -> Problem:
    return Problem(
        type=f"urn:koubo:problem:{kind}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        instance=request.url.path,
        request_id=request.headers.get("X-Request-ID"),  # Serve gives every request one, and sends it back
        errors=list(errors),
    )


def _answer(problem: Problem, retry: float | None = None) -> JSONResponse:
    headers = {} if retry is None else {"Retry-After": str(max(1, math.ceil(retry)))}
    body = problem.model_dump(mode="json", exclude_none=True)
    return JSONResponse(body, problem.status, headers, media_type="application/problem+json")


async def _service_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ServiceError)
    return _answer(problem_of(request, error), error.retry_after_s)


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    fields = [_field_problem(e) for e in error.errors()]
    detail = "; ".join(f"{f.field}: {f.message}" for f in fields)
    return _answer(_problem(request, 422, Unprocessable.kind, detail, fields))


def _field_problem(error: Any) -> FieldProblem:
    if error["type"] == "json_invalid":
        place = error["loc"][-1]
        return FieldProblem(field="body", message=f"not JSON at character {place}: {error['ctx']['error']}")
    parts = [str(p) for p in error["loc"] if p not in ("body", "query", "path", "header")]
    return FieldProblem(field=".".join(parts) or "body", message=_message(error, within=bool(parts)))


def _message(error: Any, within: bool) -> str:
    """What is wrong, with the value at fault, shortened; a body as a whole is not repeated."""
    message, value = str(error["msg"]), reprlib.repr(error["input"])
    told = isinstance(error["input"], str) and value in message
    shown = within and error["type"] != "missing" and not told
    return f"{message} (it is {value})" if shown else message


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    kind = HTTPStatus(error.status_code).phrase.lower().replace(" ", "-")
    detail = f"{request.method} {request.url.path}: {error.detail}"
    return _answer(_problem(request, error.status_code, kind, detail))


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    return _answer(problem_of(request, error))
