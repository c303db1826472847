"""A script as a stream: each section as it is committed, by the live values of that moment, never revised."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from koubo.protocols import WriteRequest, WriteResult
from serve_apps.facts import Facts
from serve_apps.parts import LiveUpdate
from serve_apps.problems import Busy
from serve_apps.studio import Parts
from tests.serve_apps.fake_writer import FakeWriter

PRODUCT = "b02"
BODY = {"product_id": PRODUCT, "seconds": 60}
ACCEPT = {"Accept": "application/x-ndjson"}


def stream(client: TestClient, **fields: Any) -> list[dict[str, Any]]:
    answer = client.post("/v1/scripts", json=BODY | fields, headers=ACCEPT)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/x-ndjson"), answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


def test_sections_come_in_order_and_at_last_the_script_that_is_kept(client: TestClient) -> None:
    *sections, done = stream(client)
    assert [event["event"] for event in sections] == ["section"] * len(sections) and done["event"] == "done"
    assert [event["section"]["number"] for event in sections] == list(range(len(sections)))
    assert {event["id"] for event in sections} == {done["id"]} and (done["revision"], done["status"]) == (1, "draft")
    assert all(event["as_of"] and datetime.fromisoformat(event["at"]) for event in sections)
    said = [sentence for event in sections for sentence in event["section"]["sentences"]]
    assert all("not_after" in sentence and sentence["spoken"] for sentence in said)
    assert (done["sections"], done["sentences"]) == (len(sections), len(said))
    assert len(done["scorecard"]["criteria"]) == 7
    again = client.post(f"/v1/scripts/{done['id']}/render").json()
    assert again["sections"] == [event["section"] for event in sections]
    assert {f["id"] for event in sections for f in event["facts"]} == {f["id"] for f in again["facts"]}


def test_a_section_is_rendered_by_the_live_values_of_its_own_moment(
    client: TestClient, facts: Facts, writer: FakeWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer, prices = writer.write, iter(["111.10", "122.20", "133.30", "144.40"])

    async def write_after_a_change(requests: Sequence[WriteRequest]) -> Sequence[WriteResult]:
        await facts.update(PRODUCT, LiveUpdate(price=Decimal(next(prices))), "anna")
        return await answer(requests)

    monkeypatch.setattr(writer, "write", write_after_a_change)
    *sections, done = stream(client)
    assert len({event["as_of"] for event in sections}) == 4
    offer = next(event for event in sections if event["section"]["kind"] == "offer")
    assert "133.3" in offer["section"]["written"]  # the closing's writer changes it once more
    assert done["as_of"] != offer["as_of"]
    credibility = next(c for c in done["scorecard"]["criteria"] if c["name"] == "credibility")
    assert [e["rule"] for e in credibility["evidence"]] == ["traced"]


def test_an_error_before_the_first_section_is_a_problem_with_its_status(client: TestClient) -> None:
    for body, status in (({"product_id": "nope"}, 404), ({"product_id": PRODUCT, "seconds": 5}, 422)):
        answer = client.post("/v1/scripts", json=body, headers=ACCEPT)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


@pytest.mark.parametrize(
    ("error", "status", "words", "retry"),
    [
        (Busy("facts: the queue is full", retry_after_s=2), 429, "the queue is full", 2),
        (OSError("secret"), 500, "log", None),
    ],
)
def test_an_error_in_the_middle_is_the_last_event_and_no_script_is_kept(
    client: TestClient,
    facts: Facts,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    status: int,
    words: str,
    retry: Any,
) -> None:
    answer, asked = facts.product, 0

    async def product(*args: Any) -> Any:
        nonlocal asked
        asked += 1
        if asked > 3:  # the brief, two sections
            raise error
        return await answer(*args)

    monkeypatch.setattr(facts, "product", product)
    *sections, last = stream(client)
    assert [event["event"] for event in sections] == ["section"] * 2
    assert (last["event"], last["problem"]["status"], last["retry_after_s"]) == ("error", status, retry)
    assert words in last["problem"]["detail"] and "secret" not in json.dumps(last)
    assert client.get("/v1/scripts").json()["total"] == 0


def test_without_the_language_model_the_stream_is_planned_and_says_so(client: TestClient, writer: FakeWriter) -> None:
    writer.error = "the engine is down: ActorDiedError"
    *sections, done = stream(client)
    away = [event["section"] for event in sections if event["section"]["reason"] == "writer_down"]
    assert away and done["planned"] == len(away) and {one["error"] for one in away} == {writer.error}


def test_a_stream_is_refused_where_only_approved_scripts_are_rendered(guarded: TestClient, writer: FakeWriter) -> None:
    answer = guarded.post("/v1/scripts", json=BODY, headers=ACCEPT)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:koubo:problem:not-approved")
    assert writer.asked == []


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/json", 201),
        ("*/*", 201),
        ("text/html, application/*;q=0.5", 201),
        ("application/json, application/x-ndjson", 200),
        ("application/x-ndjson;q=0.5, application/json", 201),
        ("application/x-ndjson;q=0, */*", 201),
        ("application/x-ndjson, application/json;q=0", 200),
        ("application/x-ndjson;q=0", 406),
        ("text/event-stream", 406),
    ],
)
def test_the_accept_header_chooses_the_form(client: TestClient, accept: str, status: int) -> None:
    answer = client.post("/v1/scripts", json=BODY, headers={"Accept": accept})
    assert answer.status_code == status
    if status == 406:
        assert "application/x-ndjson" in answer.json()["detail"]


class HangingWriter(FakeWriter):
    """Answers the first section, and hangs on the second until it is cancelled."""

    def __init__(self) -> None:
        super().__init__()
        self.hangs, self.cancelled = asyncio.Event(), asyncio.Event()

    async def write(self, requests: Sequence[WriteRequest]) -> Sequence[WriteResult]:
        if not self.asked:
            return await super().write(requests)
        self.hangs.set()
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            self.cancelled.set()
            raise
        raise AssertionError("nobody cancelled it")


async def post(api: FastAPI, leaves: asyncio.Event) -> list[bytes]:
    """Ask for a stream as a server does, and go away when `leaves` is set; what had been sent by then."""
    sent: list[bytes] = []
    body = [{"type": "http.request", "body": json.dumps(BODY).encode(), "more_body": False}]

    async def receive() -> dict[str, Any]:
        if body:
            return body.pop()
        await leaves.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message.get("body", b""))

    headers = [(b"content-type", b"application/json"), (b"accept", b"application/x-ndjson")]
    scope = {"type": "http", "method": "POST", "path": "/v1/scripts", "headers": headers, "query_string": b""}
    scope |= {"asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "scheme": "http"}
    await api(scope | {"root_path": "", "server": ("test", 80)}, receive, send)
    return sent


def test_a_section_is_sent_before_the_next_is_written_and_a_client_that_leaves_ends_the_work(
    parts: Parts, make_api: Callable[..., FastAPI], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run() -> list[bytes]:
        writer = HangingWriter()
        monkeypatch.setattr(parts.writer, "write", writer.write)
        sent = await post(make_api(seconds=60), leaves=writer.hangs)
        await asyncio.wait_for(writer.cancelled.wait(), 5)
        return sent

    sent = asyncio.run(asyncio.wait_for(run(), 30))
    (line,) = [chunk for chunk in sent if chunk]
    assert json.loads(line)["section"]["number"] == 0
