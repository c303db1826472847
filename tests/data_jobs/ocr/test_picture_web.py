"""Pictures from the web, against a real server on this machine."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

import pytest

from data_jobs.ocr import picture_file, picture_web
from data_jobs.ocr.picture_file import PictureError
from data_jobs.ocr.picture_web import PrivateAddress, WebLimits, WebReader, checked_address


class Shop(BaseHTTPRequestHandler):
    """Answers by the path; counts what it was asked."""

    protocol_version = "HTTP/1.1"
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        name = self.path.strip("/").split("?")[0]
        if name.isdigit():
            self._answer(int(name), b"sorry")
        elif name.startswith("to/"):
            self._answer(302, b"", Location=self.path.split("/to/", 1)[1])
        elif name == "circle":
            self._answer(302, b"", Location="/circle")
        elif name == "busy":
            again = self.asked.count(self.path) < 3
            self._answer(503 if again else 200, b"at last", **({"Retry-After": "7"} if again else {}))
        elif name.startswith("wait/"):
            self._answer(503, b"", Retry_After=unquote(name.removeprefix("wait/"), "latin-1"))
        elif name == "cut":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"half")
            self.close_connection = True
        elif name in ("endless", "slow"):
            self._drip(b"x" * 65_536 if name == "endless" else b"x", 0 if name == "endless" else 0.05)
        else:
            self._answer(200, b"picture " + name.encode())

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for header, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(header.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def _drip(self, piece: bytes, pause_s: float) -> None:
        self.send_response(200)
        self.send_header("Connection", "close")
        self.end_headers()
        try:
            for _ in range(400):
                self.wfile.write(piece)
                time.sleep(pause_s)
        except OSError:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def shop() -> Iterator[tuple[str, list[str]]]:
    """A server on 127.0.0.1: its URL and the paths that it was asked for."""
    handler = type("OneShop", (Shop,), {"asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", handler.asked
    server.shutdown()
    server.server_close()


def reader(waits: list[float] | None = None, **limits: object) -> WebReader:
    allowed = {"private_hosts": frozenset({"127.0.0.1"}), "timeout_s": 3.0, **limits}
    return WebReader(WebLimits(**allowed), wait=([] if waits is None else waits).append)  # type: ignore[arg-type]


def refused(web: WebReader, url: str) -> str:
    with pytest.raises(PictureError) as refusal:
        web.read(url)
    return str(refusal.value)


def test_a_picture_comes_through_redirects(shop: tuple[str, list[str]]) -> None:
    url, asked = shop
    assert reader().read(f"{url}/主图.jpg?size=1").startswith(b"picture ")
    assert reader().read(f"{url}/to//to//a.jpg") == b"picture a.jpg"
    assert len(asked) == 4


def test_what_the_server_says_becomes_a_reason_and_is_asked_once(shop: tuple[str, list[str]]) -> None:
    url, asked = shop
    reasons = {404: "web_missing", 410: "web_missing", 403: "no_permission", 418: "unreachable"}
    for status, reason in reasons.items():
        assert refused(reader(), f"{url}/{status}") == f"{reason}: HTTP {status}"
    assert len(asked) == len(reasons)


def test_a_busy_server_is_asked_again_after_the_wait_it_asks_for(shop: tuple[str, list[str]]) -> None:
    url, asked = shop
    waits: list[float] = []
    assert reader(waits).read(f"{url}/busy") == b"at last"
    assert waits == [7.0, 7.0] and len(asked) == 3


@pytest.mark.parametrize("asked", ["%B2", "%BC", "-7", "1e9", "nan", "Wed,%2021%20Oct%202026%2007:28:00%20GMT"])
def test_a_wait_that_is_no_number_of_seconds_is_our_own(shop: tuple[str, list[str]], asked: str) -> None:
    waits: list[float] = []
    assert refused(reader(waits, tries=2), f"{shop[0]}/wait/{asked}") == "unreachable: HTTP 503 (2 tries)"
    assert 0.25 <= waits[0] <= 0.75


def test_after_the_last_try_it_is_unreachable_with_growing_waits(shop: tuple[str, list[str]]) -> None:
    url, asked = shop
    waits: list[float] = []
    assert refused(reader(waits, tries=4), f"{url}/500") == "unreachable: HTTP 500 (4 tries)"
    assert len(asked) == 4 and [0.25 <= waits[0] <= 0.75, 0.5 <= waits[1] <= 1.5, 1 <= waits[2] <= 3] == [True] * 3
    assert refused(reader(tries=2), "http://127.0.0.1:1/a.jpg").endswith("(2 tries)")


def test_half_a_picture_is_never_taken(shop: tuple[str, list[str]]) -> None:
    assert refused(reader(tries=1), f"{shop[0]}/cut").startswith("unreachable: ")


def test_size_time_and_redirects_have_limits(shop: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    url, _ = shop
    assert refused(reader(), f"{url}/circle").startswith("refused_address: ")
    began = time.monotonic()
    assert refused(reader(timeout_s=0.4, tries=1), f"{url}/slow") == "unreachable: not done after 0.4 s (1 tries)"
    assert time.monotonic() - began < 2
    for module in (picture_file, picture_web):
        monkeypatch.setattr(module, "MAX_BYTES", 100_000)
    assert refused(reader(), f"{url}/endless") == "too_many_bytes: more than 100000"


def test_private_networks_are_refused_however_they_are_named(shop: tuple[str, list[str]]) -> None:
    url, asked = shop
    port = url.rsplit(":", 1)[1]
    named = ("127.0.0.1", "localhost", "0.0.0.0", "127.1", "2130706433", "[::1]", "[::ffff:127.0.0.1]")
    for host in (*named, "169.254.169.254", "10.0.0.7", "192.168.1.1", "[fe80::1]", "[fd00::1]", "100.64.0.1"):
        said = refused(reader(private_hosts=frozenset()), f"http://{host}:{port}/a.jpg")
        assert said.startswith("refused_address: ") and "private network" in said, host
    assert asked == []


def test_a_redirect_into_a_private_network_is_refused(shop: tuple[str, list[str]]) -> None:
    url, asked = shop
    inside = url.replace("127.0.0.1", "localhost")
    assert refused(reader(), f"{url}/to/{inside}/secret").startswith("refused_address: localhost is ")
    assert refused(reader(), f"{url}/to/file:///etc/passwd").startswith("refused_address: ")
    assert all("secret" not in path or path.startswith("/to/") for path in asked)


PUBLIC = (
    "8.8.8.8",
    "2606:4700::1111",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",  # how a network without IPv4 names 8.8.8.8
    "2002:808:808::1",
)
NOT_PUBLIC = (
    "10.1.2.3",
    "0.0.0.0",
    "224.0.0.1",
    "239.1.2.3",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::8.8.8.8",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b::7f00:1",
    "64:ff9b:1::808:808",
    "2002:a9fe:a9fe::1",
    "2002:7f00:1::",
    "2001:0:808:808::80ff:fffe",  # Teredo for 127.0.0.1
    "fec0::1",
    "ff0e::1",
    "2001:db8::1",
    "4000::1",
)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_pass(address: str) -> None:
    assert checked_address(address, 443, private=False) == address


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_addresses_that_lead_elsewhere_do_not(address: str) -> None:
    with pytest.raises(PrivateAddress):
        checked_address(address, 443, private=False)
