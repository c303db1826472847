"""What a caller of the HTTP routes relies on. Real facts, reader and scorer; the writer is a fake."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from fastapi.testclient import TestClient

from koubo.protocols import WriteRequest, WriteResult
from serve_apps.facts import Facts
from serve_apps.parts import LiveUpdate
from serve_apps.problems import Unavailable
from serve_apps.scorer import Scorer
from tests.serve_apps.fake_writer import FakeWriter

PRODUCT = "b02"
SIX = ["hook", "need", "selling_points", "proof", "offer", "closing"]


def write(client: TestClient, **fields: Any) -> dict[str, Any]:
    answer = client.post("/v1/scripts", json={"product_id": PRODUCT, "seconds": 60, **fields})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def later(**delta: int) -> str:
    return (datetime.now().astimezone() + timedelta(**delta)).isoformat()


def flash(price: str, **times: str) -> dict[str, Any]:
    eligibility = {"kind": "everyone"}
    return {"id": "p9", "kind": "flash_price", "name": "限时价", "product_ids": [PRODUCT], "price": price} | {
        "eligibility": eligibility,
        "stacking_group": "单品价",
        **times,
    }


def test_a_script_has_both_forms_sources_scores_and_the_provenance_of_its_facts(client: TestClient) -> None:
    script = write(client)
    assert [s["kind"] for s in script["sections"]] == [k for k in SIX if k in {s["kind"] for s in script["sections"]}]
    assert script["written"] and script["spoken"] and not any(c.isdigit() for c in script["spoken"])
    assert {s["source"] for s in script["sections"]} == {"model", "planned"}
    assert next(s for s in script["sections"] if s["kind"] == "offer")["reason"] == "by_design"
    assert len(script["scorecard"]["criteria"]) == 7 and script["scorecard"]["judge"] == "off"
    said = {i for s in script["sections"] for t in s["sentences"] for i in t["fact_ids"]}
    assert said and said == {fact["id"] for fact in script["facts"]}
    assert all(fact["provenance"]["place"] for fact in script["facts"])


def test_a_new_price_is_spoken_by_the_next_render(client: TestClient) -> None:
    script = write(client)
    changed = client.patch(f"/v1/products/{PRODUCT}/live", json={"price": "123.4"}, headers={"X-Actor": "anna"})
    assert changed.status_code == 200, changed.text
    again = client.post(f"/v1/scripts/{script['id']}/render").json()
    assert "123.4" in again["written"] and "123.4" not in script["written"]
    assert again["as_of"] != script["as_of"]
    assert client.get(f"/v1/products/{PRODUCT}").json()["price"] == "123.40"


def test_a_price_that_changes_while_a_script_is_composed_is_spoken_and_scored(
    client: TestClient, facts: Facts, writer: FakeWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = writer.write

    async def write_after_a_change(requests: Sequence[WriteRequest]) -> Sequence[WriteResult]:
        await facts.update(PRODUCT, LiveUpdate(price=Decimal("123.4")), "anna")
        return await answer(requests)

    monkeypatch.setattr(writer, "write", write_after_a_change)
    script = write(client)
    assert "123.4" in script["written"]
    credibility = next(c for c in script["scorecard"]["criteria"] if c["name"] == "credibility")
    assert [e["rule"] for e in credibility["evidence"]] == ["traced"], credibility


def test_a_promotion_that_ended_is_never_spoken(client: TestClient) -> None:
    ends = later(minutes=10)
    assert client.put("/v1/promotions/p9", json=flash("33.30", ends_at=ends)).status_code == 200
    script = write(client)
    assert "33.3" in script["written"]
    assert datetime.fromisoformat(script["not_after"]) <= datetime.fromisoformat(ends)
    after = client.post(f"/v1/scripts/{script['id']}/render", json={"at": later(minutes=11)}).json()
    assert "33.3" not in after["written"] and "三十三" not in after["spoken"]
    client.delete("/v1/promotions/p9")
    assert "33.3" not in client.post(f"/v1/scripts/{script['id']}/render").json()["written"]


def test_without_the_language_model_sections_are_planned_and_marked_and_later_ones_written_again(
    client: TestClient, writer: FakeWriter
) -> None:
    writer.error = "the engine is down: ActorDiedError"
    script = write(client)
    away = [s for s in script["sections"] if s["reason"] != "by_design"]
    assert away and all(
        (s["source"], s["reason"], s["error"]) == ("planned", "writer_down", writer.error) for s in away
    )
    assert script["planned"] == len(away) and script["written"]
    assert client.get("/healthz").json()["status"] == "degraded"
    writer.error = None
    assert write(client)["planned"] == 0
    assert client.get("/healthz").json()["status"] == "ok"


def test_without_the_scorer_a_script_is_planned_kept_and_says_that_it_has_no_scorecard(
    client: TestClient, scorer: Scorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*args: object) -> None:
        raise Unavailable("Scorer: ActorDiedError", retry_after_s=1)

    with monkeypatch.context() as patched:
        for method in ("pick", "score", "embed"):
            patched.setattr(scorer, method, away)
        script = write(client)
        assert {s["reason"] for s in script["sections"]} == {"scorer_down", "by_design"}
        assert (script["scorecard"], script["unscored"]) == (None, "Scorer: ActorDiedError")
        assert client.get(f"/v1/scripts/{script['id']}").status_code == 200
    assert write(client)["unscored"] is None


def test_a_slow_language_model_costs_no_more_than_the_budget(client: TestClient, writer: FakeWriter) -> None:
    writer.delay_s = 30
    script = write(client)
    assert {s["reason"] for s in script["sections"]} == {"timeout", "by_design"}


def test_refused_candidates_are_counted_with_the_words_at_fault(client: TestClient, writer: FakeWriter) -> None:
    writer.texts = ("今天只要九十九块九，全网最低价，大家赶紧下单吧。",)
    script = write(client)
    refused = [s for s in script["sections"] if s["reason"] == "refused"]
    assert refused and script["refused"] == sum(s["candidates"] for s in refused)
    assert all(r["rule"] and r["words"] for s in refused for r in s["refusals"])
    assert "九十九块九" not in script["spoken"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/v1/scripts", {"product_id": "nope"}),
        ("POST", "/v1/score", {"text": "好用", "product_id": "nope"}),
        ("GET", "/v1/products/nope", None),
        ("PATCH", "/v1/products/nope/live", {"price": "9.90"}),
        ("POST", "/v1/scripts/nope/render", None),
        ("GET", "/v1/promotions/nope", None),
        ("DELETE", "/v1/promotions/nope", None),
        ("GET", "/v1/nothing", None),
    ],
)
def test_what_is_unknown_is_a_404_problem(client: TestClient, method: str, path: str, body: Any) -> None:
    answer = client.request(method, path, json=body, headers={"X-Request-ID": "r-1"})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["status"], problem["instance"], problem["request_id"]) == (404, path, "r-1")
    assert (
        path.split("/")[-2 if path.endswith(("/live", "/render")) else -1] in problem["detail"]
        or "nope" in problem["detail"]
    )


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("POST", "/v1/scripts", {}, "product_id"),
        ("POST", "/v1/scripts", {"product_id": PRODUCT, "seconds": 5}, "seconds"),
        ("POST", "/v1/scripts", {"product_id": PRODUCT, "secnds": 60}, "secnds"),
        ("POST", "/v1/scripts", {"product_id": PRODUCT, "occasion": "wedding"}, "occasion"),
        ("POST", "/v1/scripts", {"product_id": PRODUCT, "required": ["今天只要九块九"]}, "required"),
        ("POST", "/v1/scripts", {"product_id": PRODUCT, "required": ["{stock}快抢"]}, "required"),
        ("POST", "/v1/scripts", {"product_id": PRODUCT, "audience": "只要9块9的宝妈"}, "audience"),
        ("POST", "/v1/scripts", {"product_id": PRODUCT, "seed": 2**63}, "seed"),
        ("POST", "/v1/scripts", {"product_id": PRODUCT, "buyer": {"quantity": 0}}, "buyer.quantity"),
        ("POST", "/v1/read", {"texts": []}, "texts"),
        ("POST", "/v1/read", {"texts": ["好"] * 257}, "texts"),
        ("POST", "/v1/read", {"texts": ["好", ""]}, "texts.1"),
        ("POST", "/v1/read", {"texts": ["好", "佢哋買咗2件嘅衫"]}, "texts.1"),
        ("POST", "/v1/scripts/x/render", {"at": "2026-11-11T20:00:00"}, "at"),
        ("POST", "/v1/scripts/x/render", {"at": "2025-11-11T20:00:00+08:00"}, "at"),
        ("PATCH", f"/v1/products/{PRODUCT}/live", {"price": "-1"}, "price"),
        ("PATCH", f"/v1/products/{PRODUCT}/live", {"skus": [{"id": "x"}]}, "skus.0"),
        ("PATCH", f"/v1/products/{PRODUCT}/live", {"skus": [{"id": "x", "stock": 1}, {"id": "x", "stock": 2}]}, "skus"),
        ("PATCH", f"/v1/products/{PRODUCT}/live", {"stock": -1}, "stock"),
        ("PATCH", f"/v1/products/{PRODUCT}/live", {"skus": [{"id": "没有", "price": "9.90"}]}, "skus.0.id"),
        ("PATCH", f"/v1/products/{PRODUCT}/live", {}, "body"),
        ("PUT", "/v1/promotions/p9", {"id": "p9", "kind": "lottery"}, "body"),
        ("PUT", "/v1/promotions/p9", flash("0"), "flash_price.price"),
        ("PUT", "/v1/promotions/p9", flash("9.90") | {"ends_at": 10**30}, "flash_price.ends_at"),
        ("PUT", "/v1/promotions/other", flash("9.90"), "id"),
        ("PUT", "/v1/promotions/p9", flash("9.90") | {"product_ids": [PRODUCT, "nope"]}, "product_ids.1"),
        ("GET", "/v1/products?limit=0", None, "limit"),
    ],
)
def test_what_cannot_be_meant_is_a_422_problem_that_names_the_field(
    client: TestClient, method: str, path: str, body: Any, field: str
) -> None:
    answer = client.request(method, path, json=body)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert [e["field"] for e in answer.json()["errors"]] == [field]
    assert all(e["message"] for e in answer.json()["errors"])


def test_malformed_json_is_a_422_problem_that_says_where(client: TestClient) -> None:
    answer = client.post("/v1/scripts", content='{"product_id": "b02",', headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["field"] == "body" and "character" in error["message"]


def test_texts_are_read_in_order_and_aligned(client: TestClient) -> None:
    texts = ["今天只要¥99.9", "88VIP再打9.5折", "没有数字"]
    readings = client.post("/v1/read", json={"texts": texts}).json()["readings"]
    assert [r["text"] for r in readings] == texts
    assert [r["spoken"] for r in readings] == ["今天只要九十九块九", "八八VIP再打九五折", "没有数字"]
    assert all(r["text"][s["start"] : s["end"]] == s["written"] for r in readings for s in r["spans"])


def test_products_are_paged_and_money_is_text(client: TestClient) -> None:
    first = client.get("/v1/products", params={"limit": 5}).json()
    second = client.get("/v1/products", params={"limit": 5, "offset": first["next_offset"]}).json()
    ids = [p["id"] for p in first["products"] + second["products"]]
    assert len(set(ids)) == 10 and first["total"] >= 16
    last = client.get("/v1/products", params={"offset": first["total"] - 1}).json()
    assert len(last["products"]) == 1 and last["next_offset"] is None
    product = client.get(f"/v1/products/{ids[0]}").json()
    assert isinstance(product["price"], str) and all(isinstance(s["price"], str) for s in product["skus"])


def test_stock_and_price_of_one_sku(client: TestClient) -> None:
    sku = client.get("/v1/products/s01").json()["skus"][0]
    body = {"skus": [{"id": sku["id"], "price": "49.9", "stock": 3}]}
    version = client.patch("/v1/products/s01/live", json=body).json()["live_version"]
    product = client.get("/v1/products/s01").json()
    now = product["skus"][0]
    assert (now["price"], now["stock"]) == ("49.90", 3)
    assert (product["price"], product["price_is_range"]) == ("49.90", True)
    assert product["version"].endswith(f".{version}")


def test_promotions_can_be_put_read_listed_and_ended(client: TestClient) -> None:
    assert client.put("/v1/promotions/p9", json=flash("66.60")).status_code == 200
    assert client.get("/v1/promotions/p9").json()["price"] == "66.60"
    listed = client.get("/v1/promotions").json()["promotions"]
    assert {"p9", "pr-01"} <= {p["id"] for p in listed}
    assert client.delete("/v1/promotions/pr-01").status_code == 200
    assert client.get("/v1/promotions/pr-01").status_code == 404


def test_any_text_can_be_scored(client: TestClient) -> None:
    card = client.post("/v1/score", json={"text": "全网最低价，国家级品质，错过后悔一辈子！"}).json()
    assert {c["name"] for c in card["criteria"]} >= {"safety", "credibility"} and not card["safe"]


def test_the_openapi_document_names_every_route(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    assert {"/v1/scripts", "/v1/scripts/{script_id}/render", "/v1/read", "/v1/score", "/healthz"} <= set(paths)
    assert client.get("/docs").status_code == 200
