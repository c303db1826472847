"""The HTTP routes, on a Studio. The same application is served by the Ingress deployment and by tests in process."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, FastAPI, Query, Response

from serve_apps import problems
from serve_apps.answers import health_answer, page_answer, product_answer, to_update
from serve_apps.caption_routes import router as caption_router
from serve_apps.dependencies import Actor, Facts, Id, Using, problems_of
from serve_apps.problems import FieldProblem, Unprocessable
from serve_apps.reply_desk import ReplyDesk
from serve_apps.reply_routes import router as reply_router
from serve_apps.schemas import (
    AnyPromotion,
    Health,
    LivePatch,
    ProductOut,
    ProductPageOut,
    PromotionsOut,
    ReadAnswer,
    ReadRequest,
    ScorecardOut,
    ScoreRequest,
    Written,
)
from serve_apps.script_routes import router as script_router
from serve_apps.stream_routes import router as stream_router
from serve_apps.studio import Studio, now

DESCRIPTION = "Spoken sales scripts whose every number is a live fact. Errors are problem details (RFC 9457)."

router = APIRouter(prefix="/v1", responses=problems_of(404, 422, 429, 503))


@router.post("/read")
async def read_texts(body: ReadRequest, studio: Using) -> ReadAnswer:
    """Written texts to what a host says, aligned; where a language model is to choose, whether it did."""
    return ReadAnswer.model_validate(await studio.parts.reader.read(body.texts))


@router.post("/score")
async def score_text(body: ScoreRequest, studio: Using) -> ScorecardOut:
    """Score any script against the seven criteria."""
    return ScorecardOut.model_validate(await studio.score(body.text, body.product_id, body.heard))


@router.get("/products")
async def list_products(
    facts: Facts,
    offset: Annotated[int, Query(ge=0, le=2**31)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ProductPageOut:
    """Products in catalogue order, with live price and stock."""
    return page_answer(await facts.products(offset, limit, now()), offset, limit)


@router.get("/products/{product_id}")
async def get_product(product_id: Id, facts: Facts) -> ProductOut:
    """A product with its live values, running promotions, and facts with their provenance."""
    return product_answer(await facts.product(product_id, now()))


@router.patch("/products/{product_id}/live")
async def change_live(product_id: Id, body: LivePatch, facts: Facts, actor: Actor = "api") -> Written:
    """Change price or stock in the middle of a stream; durable when answered, seen everywhere within a second."""
    return Written(live_version=await facts.update(product_id, to_update(body), actor))


@router.get("/promotions")
async def list_promotions(facts: Facts) -> PromotionsOut:
    """All promotions, running or not."""
    return PromotionsOut(promotions=await facts.promotions())


@router.get("/promotions/{promotion_id}")
async def get_promotion(promotion_id: Id, facts: Facts) -> AnyPromotion:
    """One promotion."""
    return await facts.promotion(promotion_id)


@router.put("/promotions/{promotion_id}")
async def put_promotion(promotion_id: Id, body: AnyPromotion, facts: Facts, actor: Actor = "api") -> Written:
    """Add a promotion, or replace the one with this id; durable when answered."""
    if body.id != promotion_id:
        wrong = FieldProblem(field="id", message=f"is {body.id!r}, but the address says {promotion_id!r}")
        raise Unprocessable(f"id: {wrong.message}", errors=[wrong])
    return Written(live_version=await facts.put_promotion(body, actor))


@router.delete("/promotions/{promotion_id}")
async def delete_promotion(promotion_id: Id, facts: Facts, actor: Actor = "api") -> Written:
    """End a promotion: from now on no render speaks of it."""
    return Written(live_version=await facts.delete_promotion(promotion_id, actor))


async def healthz(response: Response, studio: Using) -> Health:
    """How each part is; 503 when no script can be had."""
    health = health_answer(await studio.health(), studio.approved_only)
    response.status_code = 503 if health.status == "down" else 200
    return health


ROUTERS = (script_router, caption_router, stream_router, reply_router, router)
"""Every route under /v1; one router a subject."""


def build_api(studio: Studio, desk: ReplyDesk) -> FastAPI:
    """The application with every route, on `studio` and `desk`."""
    api = FastAPI(title="Koubo", version="1", description=DESCRIPTION)
    api.state.studio = studio
    api.state.desk = desk
    for one in ROUTERS:
        api.include_router(one)
    api.get("/healthz", responses={503: {"model": Health}})(healthz)
    problems.install(api)
    return api
