"""The route that plans a whole live stream."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request

from koubo.catalog.store import LiveProduct
from koubo.script.brief import UnfitWords
from koubo.script.rundown import Rundown, make_rundown
from koubo.script.stream import StreamPlan, StreamPlanner
from koubo.script.stream_request import StreamRequest
from serve_apps.dependencies import Facts, problems_of
from serve_apps.parts import FactsPart
from serve_apps.problems import FieldProblem, NotFound, Unavailable, Unprocessable
from serve_apps.stream_schemas import StreamPlanOut

router = APIRouter(prefix="/v1", responses=problems_of(422, 429, 503))


@router.post("/streams")
async def plan_a_stream(body: StreamRequest, facts: Facts, request: Request) -> StreamPlanOut:
    """Plan a live stream: which product when, on which occasion, with which words. Nothing is composed or kept."""
    return stream_answer(await stream_plan(body, facts, request.is_disconnected))


async def stream_plan(request: StreamRequest, facts: FactsPart, gone: Callable[[], Awaitable[bool]]) -> StreamPlan:
    """Plan a stream with the products as they are sold at each turn, turn by turn until the client is `gone`.

    Raises Unprocessable naming unknown products, and an audience that a product's facts do not bear out.
    """
    rundown, planner = await _rundown(request, facts), StreamPlanner(request)
    for turn in rundown.turns:
        if await gone():
            raise Unavailable(f"the client left before the turn at {turn.at.isoformat()} was planned")
        live = await facts.product(turn.product_id, turn.at)
        try:
            await asyncio.to_thread(planner.add, turn, live)
        except UnfitWords as error:
            raise Unprocessable(str(error), errors=[FieldProblem(field=error.field, message=str(error))]) from error
    return planner.plan(rundown)


def stream_answer(plan: StreamPlan) -> StreamPlanOut:
    """A plan as it goes over HTTP."""
    over = sum(bool(entry.over_bound) for entry in plan.entries)
    return StreamPlanOut.model_validate(
        {name: getattr(plan, name) for name in ("request", "version", "most_alike", "longest_shared")}
        | {"over_bound": over, "entries": plan.entries, "left_out": plan.left_out}
    )


async def _rundown(request: StreamRequest, facts: FactsPart) -> Rundown:
    promotions, found = await asyncio.gather(
        facts.promotions(), asyncio.gather(*(_known(facts, product_id, request) for product_id in request.product_ids))
    )
    unknown = [
        FieldProblem(field=f"product_ids.{place}", message=f"product {product_id!r}: there is none with this id")
        for place, (product_id, live) in enumerate(zip(request.product_ids, found, strict=True))
        if live is None
    ]
    if unknown:
        raise Unprocessable("; ".join(f"{each.field}: {each.message}" for each in unknown), errors=unknown)
    try:
        return make_rundown(request, {live.product.id: live for live in found if live is not None}, promotions)
    except ValueError as error:
        problem = FieldProblem(field="product_ids", message=str(error))
        raise Unprocessable(str(error), errors=[problem]) from error


async def _known(facts: FactsPart, product_id: str, request: StreamRequest) -> LiveProduct | None:
    try:
        return await facts.product(product_id, request.starts_at)
    except NotFound:
        return None
