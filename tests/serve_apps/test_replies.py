"""Replies and the stage over HTTP. Real facts, live values, log and stage, in process."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

PRODUCT = "s01"


def ask(client: TestClient, comment: str, **fields: Any) -> dict[str, Any]:
    answer = client.post("/v1/replies", json={"comment": comment, "product_id": PRODUCT, **fields})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_reply_has_both_forms_slots_and_the_provenance_of_its_facts(client: TestClient) -> None:
    reply = ask(client, "什么面料")
    assert reply["answered"] and reply["understood"]["intent"] == "material"
    assert "100%棉" in reply["written"] and "百分之百棉" in reply["spoken"]
    assert reply["written"] == "".join(s["written"] for s in reply["sentences"])
    said = {i for sentence in reply["sentences"] for slot in sentence["slots"] for i in slot["fact_ids"]}
    assert said == {fact["id"] for fact in reply["facts"]} and f"{PRODUCT}:attribute:面料" in said
    assert all(fact["provenance"]["place"] for fact in reply["facts"])
    assert reply["open_id"] is None and reply["open_why"] is None and not reply["needs_human"]


def test_a_new_price_and_a_new_stock_are_in_the_next_reply(client: TestClient) -> None:
    before = ask(client, "多少钱")
    client.patch(f"/v1/products/{PRODUCT}/live", json={"price": "51.3", "stock": 7})
    after = ask(client, "多少钱")
    assert "51.3元" in after["written"] and "51.3" not in before["written"] and after["as_of"] != before["as_of"]
    assert "7件" in ask(client, "还有货没")["written"]
    client.patch(f"/v1/products/{PRODUCT}/live", json={"stock": 0})
    sold_out = ask(client, "还有货没")
    assert "卖完" in sold_out["written"] and sold_out["warnings"] == ["sold_out"]


def test_a_promotion_that_was_ended_is_in_no_reply(client: TestClient) -> None:
    assert "39.9元" in ask(client, "到手多少", product_id="d03")["written"]
    client.delete("/v1/promotions/pr-11")
    assert "39.9" not in ask(client, "到手多少", product_id="d03")["written"]


def test_a_reply_says_until_when_it_holds(client: TestClient) -> None:
    ends = (datetime.now().astimezone() + timedelta(minutes=10)).isoformat()
    flash = {"id": "p9", "kind": "flash_price", "price": "33.30", "product_ids": ["d03"], "stacking_group": "单品价"}
    body = {**flash, "ends_at": ends, "eligibility": {"kind": "everyone"}}
    assert client.put("/v1/promotions/p9", json=body).status_code == 200
    reply = ask(client, "多少钱", product_id="d03")
    assert "33.3" in reply["written"] and datetime.fromisoformat(reply["not_after"]) <= datetime.fromisoformat(ends)


def test_what_members_pay_is_worked_out_for_members_only(client: TestClient) -> None:
    member = ask(client, "到手多少", product_id="d02", buyer={"grades": ["金卡"]})
    assert "金卡会员到手价179元" in member["written"]
    assert "金卡会员到手价" not in ask(client, "到手多少", product_id="d02")["written"]


def test_an_honest_reply_is_logged_until_it_is_closed(client: TestClient) -> None:
    reply = ask(client, "包邮不")
    assert not reply["answered"] and reply["open_why"] == "no_fact" and reply["written"]
    ask(client, "包邮不")
    page = client.get("/v1/replies/open").json()
    (comment,) = page["comments"]
    assert (page["total"], page["next_after"]) == (1, None)
    assert (comment["id"], comment["comment"], comment["asked"]) == (reply["open_id"], "包邮不", 2)
    assert (comment["product_id"], comment["intent"], comment["needs_human"]) == (PRODUCT, "shipping", False)
    closed = client.post(
        f"/v1/replies/open/{comment['id']}/close", json={"note": "不包邮"}, headers={"X-Actor": "anna"}
    ).json()
    assert (closed["closed_by"], closed["note"]) == ("anna", "不包邮") and closed["closed_at"]
    assert client.get("/v1/replies/open").json()["total"] == 0
    assert client.post("/v1/replies/open/999/close").status_code == 404


def test_open_comments_are_paged(client: TestClient) -> None:
    for comment in ("包邮不", "160斤穿啥码", "会缩水吗"):
        ask(client, comment)
    first = client.get("/v1/replies/open", params={"limit": 2}).json()
    second = client.get("/v1/replies/open", params={"limit": 2, "after": first["next_after"]}).json()
    assert [c["comment"] for c in first["comments"] + second["comments"]] == ["包邮不", "160斤穿啥码", "会缩水吗"]
    assert first["total"] == 3 and second["next_after"] is None


def test_a_complaint_needs_a_person_and_an_insult_gets_no_word(client: TestClient) -> None:
    complaint = ask(client, "收到的衣服破了一个洞，我要投诉")
    assert complaint["needs_human"] and complaint["open_why"] == "dispute" and complaint["written"]
    insult = ask(client, "主播丑")
    assert insult["understood"]["intent"] == "abuse" and insult["open_id"] is None
    assert insult["written"] is None and insult["spoken"] is None and insult["sentences"] == []


def test_comments_are_about_the_product_on_stage(client: TestClient) -> None:
    nothing = client.get("/v1/stage")
    assert nothing.status_code == 404 and "PUT /v1/stage" in nothing.json()["detail"]
    refused = client.post("/v1/replies", json={"comment": "多少钱"})
    assert refused.status_code == 422 and [e["field"] for e in refused.json()["errors"]] == ["product_id"]
    put = client.put("/v1/stage", json={"product_id": "d03"})
    assert put.status_code == 200 and client.get("/v1/stage").json() == put.json()
    assert client.post("/v1/replies", json={"comment": "多少钱"}).json()["product_id"] == "d03"
    client.put("/v1/stage", json={"product_id": PRODUCT})
    assert client.post("/v1/replies", json={"comment": "多少钱"}).json()["product_id"] == PRODUCT


def test_a_script_on_stage_is_kept_and_of_the_product(client: TestClient) -> None:
    script = client.post("/v1/scripts", json={"product_id": "b02", "seconds": 30}).json()
    on_stage = client.put("/v1/stage", json={"product_id": "b02", "script_id": script["id"]})
    assert on_stage.status_code == 200 and on_stage.json()["script_id"] == script["id"]
    other = client.put("/v1/stage", json={"product_id": PRODUCT, "script_id": script["id"]})
    assert other.status_code == 422 and [e["field"] for e in other.json()["errors"]] == ["script_id"]
    assert client.put("/v1/stage", json={"product_id": PRODUCT, "script_id": "none"}).status_code == 404
    assert client.get("/v1/stage").json()["product_id"] == "b02"


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/v1/replies", {"comment": "", "product_id": PRODUCT}, 422),
        ("POST", "/v1/replies", {"comment": "问" * 501, "product_id": PRODUCT}, 422),
        ("POST", "/v1/replies", {"comment": "多少钱", "product_id": PRODUCT, "say": "1元"}, 422),
        ("POST", "/v1/replies", {"comment": "多少钱", "product_id": "nope"}, 404),
        ("PUT", "/v1/stage", {"product_id": "nope"}, 404),
        ("GET", "/v1/replies/open?limit=0", None, 422),
        ("POST", "/v1/replies/open/x/close", None, 422),
    ],
)
def test_what_cannot_be_meant_is_a_problem(client: TestClient, method: str, path: str, body: Any, status: int) -> None:
    answer = client.request(method, path, json=body)
    assert answer.status_code == status and answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "comment", ["\x00", "🤡" * 500, "\u202e钱少多", " \n ", "'; DROP TABLE open_comments; --", "｛price｝"]
)
def test_any_text_is_a_comment(client: TestClient, comment: str) -> None:
    assert ask(client, comment)["understood"]["intent"]


def test_a_log_that_does_not_answer_is_a_503_and_nothing_is_promised(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = client.app.state.desk  # type: ignore[attr-defined]

    def full(*_: object) -> int:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(desk._log, "add", full)
    answer = client.post("/v1/replies", json={"comment": "包邮不", "product_id": PRODUCT})
    assert answer.status_code == 503 and "disk is full" in answer.json()["detail"]
    assert ask(client, "多少钱")["answered"]
