"""A small server that speaks the OpenAI protocol, for tests: it answers by the page it is shown, or breaks as told."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[[str], tuple[int, str]]
"""The user's message in, status and the model's words out; a status above 200 sends the words as they are."""


@contextmanager
def serving(answer: Answer) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Serve `answer` for a while; gives the model source and the requests that came."""
    requests: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            requests.append({"path": self.path, "key": self.headers.get("Authorization"), **body})
            status, words = answer(body["messages"][-1]["content"])
            choice = {"index": 0, "message": {"role": "assistant", "content": words}, "finish_reason": "stop"}
            whole = json.dumps({"object": "chat.completion", "choices": [choice]})
            self._send(status, whole if status == 200 else words)

        def _send(self, status: int, body: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json" if body.startswith("{") else "text/html")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"openai:http://127.0.0.1:{server.server_port}/v1#stub", requests
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
