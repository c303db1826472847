"""Calls to language models: prompts and grammar sent, answers taken, failures said."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from cluster.models import endpoint
from cluster.writers import Sampling, to_call
from koubo.protocols import ExemplarLine, WriteRequest
from koubo.script.prompt import SLOTTED_REGEX, prompt, trained
from serve_apps.generation import EndpointPart
from serve_apps.settings import WriterSettings

REQUEST = WriteRequest(
    section="hook",
    product_name="保温杯",
    product_lines=("材质：316不锈钢",),
    exemplars=(ExemplarLine("e1", "hook", "刚进来的姐妹先别急着划走。"),),
    slots=("name", "point1"),
    said_before="",
    persona="热情",
    audience=None,
    occasion="single_product",
    chars=40,
    n=2,
    max_tokens=48,
    seed=3,
)


class Model(BaseHTTPRequestHandler):
    """An OpenAI-compatible endpoint; `status` is what it answers with, `asked` what it was asked."""

    status = 200
    asked: list[tuple[str, dict[str, Any], str | None]] = []  # noqa: RUF012

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append((self.path, body, self.headers["Authorization"]))
        text = "家人们看过来。"
        choice = {"message": {"content": text}} if "messages" in body else {"text": text}
        self._send({"choices": [choice] * body["n"]} if self.status == 200 else {"error": "overloaded"})

    def do_GET(self) -> None:
        self._send({"data": []})

    def _send(self, answer: dict[str, Any]) -> None:
        text = json.dumps(answer).encode()
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@pytest.fixture
def model() -> Iterator[type[Model]]:
    class One(Model):
        asked: list[tuple[str, dict[str, Any], str | None]] = []  # noqa: RUF012
        url = ""

    server = HTTPServer(("127.0.0.1", 0), One)
    One.url = f"http://127.0.0.1:{server.server_port}/v1"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield One
    server.shutdown()
    server.server_close()


def ask(url: str, **settings: Any) -> tuple[Any, Any]:
    """The result for one request, and the writer's state afterwards."""

    async def both() -> tuple[Any, Any]:
        source = f"openai:{url}#qwen"
        made = WriterSettings.model_validate({"source": source, "section_timeout_s": 2, **settings})
        writer = EndpointPart(endpoint(source, key="secret"), made)
        return (await writer.write([REQUEST]))[0], await writer.state()

    return asyncio.run(both())


def test_an_endpoint_is_asked_for_all_candidates_at_once_with_the_grammar(model: Any) -> None:
    result, state = ask(model.url)
    assert result.candidates == ("家人们看过来。",) * 2 and result.error is None
    ((path, body, key),) = model.asked
    assert (path, key) == ("/v1/completions", "Bearer secret")
    assert (body["model"], body["prompt"], body["n"], body["max_tokens"]) == ("qwen", prompt(REQUEST), 2, 48)
    assert body["structured_outputs"] == {"regex": SLOTTED_REGEX}
    assert state.status == "ok"


def test_an_instruct_model_gets_messages_and_a_plain_endpoint_no_grammar(model: Any) -> None:
    result, _ = ask(model.url, style="chat", constrained=False)
    ((path, body, _),) = model.asked
    assert path == "/v1/chat/completions" and body["messages"][-1]["role"] == "user"
    assert "structured_outputs" not in body and result.candidates == ("家人们看过来。",) * 2


def test_a_trained_model_gets_its_short_prompt(model: Any) -> None:
    ask(model.url, style="trained")
    ((path, body, _),) = model.asked
    assert (path, body["prompt"]) == ("/v1/completions", trained(REQUEST))


def test_an_endpoint_that_refuses_or_is_away_is_an_error_of_the_result(model: Any) -> None:
    model.status = 503
    result, state = ask(model.url)
    assert result.candidates == () and "503" in result.error and state.status == "down"
    result, state = ask("http://127.0.0.1:9/v1")
    assert result.candidates == () and "ConnectError" in result.error and state.status == "down"


def test_a_call_carries_what_the_section_asked_for() -> None:
    call = to_call(REQUEST, Sampling(temperature=0.5))
    assert (call.n, call.max_tokens, call.seed, call.temperature) == (2, 48, 3, 0.5)
