"""The deployments on real Ray Serve. In place of the engine a small deployment that dies and starts when told to."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from ray import serve
from ray.serve import Application

from cluster.calls import Call, Completion
from koubo.protocols import ChoiceQuestion
from koubo.script.prompt import TASKS
from koubo.versions import current
from serve_apps.app import WRITER, bind
from serve_apps.settings import ChooserSettings
from serve_apps.weighing import Weighed
from tests.serve_apps.fake_writer import GOOD
from tests.serve_apps.served import laptop_settings, wait_for_health

pytestmark = pytest.mark.serve
THIN, BY_RULES, BY_MODEL = "卫生巾424，第2件99元", "卫生巾四百二十四，第二件九十九元", "卫生巾四二四，第二件九十九元"
REQUEST = {"product_id": "b02", "seconds": 60, "seed": 3}


def section_text(prompt: str) -> str:
    """GOOD for the section that a prompt asks for: its task stands in the prompt's last lines."""
    task = prompt.rpartition("环节：")[2].splitlines()[0]
    return GOOD[next(section for section, words in TASKS.items() if words == task)]


def small_engine(told: Path) -> Application:
    """Answers GOOD; dies during a call when `told/die` exists, and does not get up while `told/hold` does."""

    class Engine:
        def __init__(self) -> None:
            while (told / "hold").exists():
                time.sleep(0.1)

        async def write(self, calls: list[Call]) -> list[Completion]:
            if (told / "die").exists():
                (told / "die").unlink()
                await asyncio.sleep(0.2)
                os._exit(1)
            return [Completion((section_text(call.said),)) for call in calls]

        async def weigh(self, questions: list[ChoiceQuestion]) -> Weighed:
            return Weighed("small", tuple(tuple(float("百" not in c) for c in q.candidates) for q in questions))

    return serve.deployment(Engine, name=WRITER, health_check_period_s=1).bind()


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("told")


@pytest.fixture(scope="module")
def api(
    serve_url: str, example_snapshots: Path, told: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    settings = laptop_settings(example_snapshots, tmp_path_factory.mktemp("state"))
    chooser = ChooserSettings(source=settings.writer.source, margin=0.5, timeout_s=4)
    settings = settings.model_copy(update={"chooser": chooser})
    serve.run(bind(settings, small_engine(told)), name="graph", route_prefix="/graph")
    with httpx.Client(base_url=f"{serve_url}/graph", timeout=60) as client:
        wait_for_health(client, "ok", 30)
        yield client
    serve.delete("graph")


def write(client: Any) -> dict[str, Any]:
    answer = client.post("/v1/scripts", json=REQUEST)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def what_was_composed(script: dict[str, Any]) -> dict[str, Any]:
    """A script without its identity and its moment, which the captions' header repeats."""
    own = {"id", "created_at", "at", "as_of", "sections", "webvtt"}
    return {
        **{field: value for field, value in script.items() if field not in own},
        "sections": [{k: v for k, v in section.items() if k != "exemplars_by"} for section in script["sections"]],
        "captions": script["webvtt"].partition("times are estimates")[2],
    }


def health(client: httpx.Client) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/healthz").json()["parts"]
    return found


def test_deployments_and_the_same_parts_in_process_agree(api: httpx.Client, client: TestClient) -> None:
    served, local = write(api), write(client)
    assert set(served) == set(local)
    asked = [s for s in served["sections"] if s["reason"] != "by_design"]
    assert {s["exemplars_by"] for s in asked} == {"similarity"}, "in process exemplars are drawn, nothing embeds them"
    assert what_was_composed(served) == what_was_composed(local)
    for path in ("/v1/products/nope", "/v1/promotions/nope"):
        assert api.get(path).json()["detail"] == client.get(path).json()["detail"]


def test_the_engine_dies_during_a_script_and_comes_back(api: httpx.Client, told: Path) -> None:
    (told / "hold").touch()
    (told / "die").touch()
    script = write(api)
    away = [s for s in script["sections"] if s["reason"] != "by_design"]
    assert away and {(s["source"], s["reason"]) for s in away} == {("planned", "writer_down")}
    assert "ActorDiedError" in away[0]["error"]
    assert wait_for_health(api, "degraded", 20)["parts"]["writer"]["status"] in {"down", "starting"}
    read = api.post("/v1/read", json={"texts": [THIN]}).json()
    assert (read["chooser"], read["readings"][0]["spoken"]) == ("rules", BY_RULES)
    assert read["fallback"].startswith("away: the engine is ")
    assert health(api)["chooser"]["status"] in {"down", "starting"}
    began = time.monotonic()
    assert write(api)["planned"] == len(away) and time.monotonic() - began < 5
    (told / "hold").unlink()
    wait_for_health(api, "ok", 30)
    again = write(api)["sections"]
    assert "writer_down" not in {s["reason"] for s in again} and "model" in {s["source"] for s in again}


def test_the_engines_model_reads_what_the_rules_hardly_know(api: httpx.Client) -> None:
    read = api.post("/v1/read", json={"texts": [THIN]}).json()
    assert (read["chooser"], read["fallback"]) == ("model", None)
    assert read["readings"][0]["spoken"] == BY_MODEL
    assert health(api)["chooser"] == {"status": "ok", "detail": "1 running; small; 1 answers remembered"}


def test_live_values_and_scripts_go_through_the_deployments(api: httpx.Client, example_snapshots: Path) -> None:
    script = write(api)
    assert api.patch("/v1/products/b02/live", json={"price": "77.7"}).status_code == 200
    again = api.post(f"/v1/scripts/{script['id']}/render").json()
    assert "77.7" in again["written"] and again["as_of"].startswith(current(example_snapshots).name)
    wrong = api.patch("/v1/products/s01/live", json={"skus": [{"id": "没有", "stock": 1}]})
    assert wrong.status_code == 422 and wrong.json()["errors"][0]["field"] == "skus.0.id"


def test_every_answer_has_one_request_id_the_callers_own_where_there_is_one(api: httpx.Client) -> None:
    answer = api.get("/v1/products/nope", headers={"X-Request-ID": "r-7"})
    assert answer.headers.get_list("x-request-id") == ["r-7"] and answer.json()["request_id"] == "r-7"
    made = api.get("/v1/products/nope")
    assert made.headers.get_list("x-request-id") == [made.json()["request_id"]]
