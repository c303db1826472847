"""The whole application with the real vLLM engine, started once for all tests."""

from __future__ import annotations

import re

import httpx
import pytest

from tests.serve_apps.fake_writer import GOOD
from tests.serve_apps.served import ServedApp, wait_for_health

pytestmark = [pytest.mark.serve, pytest.mark.vllm]


@pytest.fixture(scope="module")
def api(serve_app: ServedApp) -> httpx.Client:
    client = serve_app.client()
    wait_for_health(client, "ok", 60)
    return client


def test_the_engine_writes_sections_of_a_script(api: httpx.Client) -> None:
    answers = [api.post("/v1/scripts", json={"product_id": "b02", "seed": seed}).json() for seed in (1, 2)]
    # A busy machine may keep some sections waiting too long: those say so and have no candidates.
    sections = [s for answer in answers for s in answer["sections"] if s["reason"] not in ("by_design", "timeout")]
    assert len(sections) >= 3 and all(s["candidates"] > 0 for s in sections), [
        (s["reason"], s["error"]) for s in sections
    ]
    assert all(s["source"] == "model" if s["reason"] is None else s["refusals"] for s in sections)


def test_what_the_engine_writes_has_the_form_that_fakes_have(api: httpx.Client) -> None:
    script = api.post("/v1/scripts", json={"product_id": "s01", "seed": 5}).json()
    for section in script["sections"]:
        assert not re.search(r"[{}\n]", section["written"]) and not any(c.isdigit() for c in section["spoken"])
    assert all("\n" not in text for text in GOOD.values())
