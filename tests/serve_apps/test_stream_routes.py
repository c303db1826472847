"""What a caller of POST /v1/streams relies on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from koubo.script.brief import BriefRequest, make_brief
from koubo.script.plan import SectionKind, plan
from koubo.script.stream_request import StreamRequest
from serve_apps import problems
from serve_apps.facts import Facts
from serve_apps.parts import LiveUpdate
from serve_apps.stream_routes import router, stream_plan

PRODUCTS = ["s01", "f01", "b02", "h01", "d02"]
START = datetime.now().astimezone().replace(microsecond=0) + timedelta(hours=1)


class _Parts:
    def __init__(self, facts: Facts) -> None:
        self.facts = facts


class _Studio:
    def __init__(self, facts: Facts) -> None:
        self.parts = _Parts(facts)


@pytest.fixture
def streams(facts: Facts) -> Iterator[TestClient]:
    """The one route, on real facts."""
    api = FastAPI()
    api.state.studio = _Studio(facts)
    api.include_router(router)
    problems.install(api)
    with TestClient(api) as client:
        yield client


def body(**fields: Any) -> dict[str, Any]:
    return {"product_ids": PRODUCTS, "starts_at": START.isoformat(), "hours": 0.4, "seconds": 60} | fields


def test_an_entry_is_a_script_request_that_opens_and_closes_as_planned(streams: TestClient, facts: Facts) -> None:
    answer = streams.post("/v1/streams", json=body(seed=5))
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["over_bound"] == 0 and not found["left_out"]
    assert {entry["turn"]["product_id"] for entry in found["entries"]} == set(PRODUCTS)
    for entry in found["entries"][:6]:
        request = BriefRequest.model_validate(entry["request"])
        at = datetime.fromisoformat(entry["turn"]["at"])
        sections = plan(make_brief(asyncio.run(facts.product(request.product_id, at)), request)).sections
        assert (sections[0].kind, sections[0].planned) == (SectionKind.HOOK, entry["opening"])
        assert (sections[-1].kind, sections[-1].planned) == (SectionKind.CLOSING, entry["closing"])
    assert streams.post("/v1/streams", json=body(seed=5)).json() == found


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"product_ids": []}, "product_ids", "at least 1"),
        ({"product_ids": ["s01", "nope"]}, "product_ids.1", "nope"),
        ({"product_ids": ["s01", "s01"]}, "product_ids", "twice"),
        ({"hours": 0}, "hours", "greater than 0 (it is 0)"),
        ({"hours": 0.01}, "hours", "less than one script"),
        ({"starts_at": "9999-12-31T23:00:00Z", "hours": 1}, "starts_at", "years 2000 to 2999"),
        ({"hours": 24}, "hours", "at most 4 hours with these seconds, or at least 360 seconds for these hours"),
        ({"banned": [""]}, "banned.0", "at least 1"),
        ({"starts_at": "2026-11-11T20:00:00"}, "starts_at", "timezone"),
        ({"order": ["x"]}, "order", "'x' is not one of product_ids"),
        (
            {"flash_sales": [{"product_id": "s01", "at": "2020-11-11T20:00:00+08:00"}]},
            "flash_sales",
            "not within the stream",
        ),
        ({"audience": "只要9块9的宝妈"}, "audience", "numbers come from facts"),
        ({"lenght": 3}, "lenght", "not permitted"),
    ],
)
def test_a_stream_that_cannot_be_is_a_422_problem(
    streams: TestClient, fields: dict[str, Any], field: str, words: str
) -> None:
    answer = streams.post("/v1/streams", json=body(**fields))
    assert answer.status_code == 422, answer.text
    (error,) = answer.json()["errors"]
    assert error["field"] == field and words in error["message"]


def test_a_client_that_goes_away_ends_the_planning(facts: Facts) -> None:
    asked = 0

    async def gone() -> bool:
        nonlocal asked
        asked += 1
        return asked > 2

    with pytest.raises(problems.Unavailable, match="client left"):
        asyncio.run(stream_plan(StreamRequest.model_validate(body()), facts, gone))
    assert asked == 3


def test_a_product_that_is_sold_out_is_left_out_and_named(streams: TestClient, facts: Facts) -> None:
    asyncio.run(facts.update("f01", LiveUpdate(stock=0), "anna"))
    found = streams.post("/v1/streams", json=body()).json()
    assert found["left_out"] == [{"product_id": "f01", "why": "f01: sold out"}]
    assert "f01" not in {entry["turn"]["product_id"] for entry in found["entries"]}
