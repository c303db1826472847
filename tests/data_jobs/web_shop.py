"""A web server on this machine that has one picture, or answers with a status."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class _OnePicture(BaseHTTPRequestHandler):
    picture: bytes
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        name = self.path.strip("/")
        status = int(name) if name.isdecimal() else 200
        body = self.picture if status == 200 else b"sorry"
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def web_shop(picture: bytes) -> Iterator[tuple[str, list[str]]]:
    """Its URL and the paths that it was asked for: /503 is answered with this status, all else with the picture."""
    handler = type("OneShop", (_OnePicture,), {"asked": [], "picture": picture})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", handler.asked
    server.shutdown()
    server.server_close()
