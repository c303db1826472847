"""The application on real Ray Serve, for the fixtures."""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import yaml
from ray import serve

from cluster.settings import PROFILES
from serve_apps.app import build
from serve_apps.settings import AppSettings


@dataclass(frozen=True, slots=True)
class ServedApp:
    """A running application: where its routes are, and its settings."""

    name: str
    url: str
    settings: AppSettings

    def client(self) -> httpx.Client:
        """An HTTP client on its routes."""
        return httpx.Client(base_url=self.url, timeout=120)


def free_port() -> int:
    """A TCP port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_serve() -> str:
    """Start Serve with its proxy on a free port; returns the URL."""
    port = free_port()
    serve.start(proxy_location="HeadOnly", http_options={"host": "127.0.0.1", "port": port})
    return f"http://127.0.0.1:{port}"


def laptop_settings(snapshots: Path, state: Path) -> AppSettings:
    """The laptop profile's own settings, on other folders."""
    file = yaml.safe_load((PROFILES / "laptop" / "serve.yaml").read_text(encoding="utf8"))
    args: dict[str, Any] = file["applications"][0]["args"]
    return AppSettings.model_validate(args | {"snapshots": str(snapshots), "state": str(state)})


def run_laptop(url: str, snapshots: Path, state: Path) -> ServedApp:
    """Run the laptop profile's application, with the real engine, and wait until the engine is up."""
    settings = laptop_settings(snapshots, state)
    serve.run(build(settings), name="koubo")
    return ServedApp("koubo", url, settings)


def wait_for_health(client: httpx.Client, status: str, within_s: float) -> dict[str, Any]:
    """Ask /healthz until it says `status`; the answer. Raises AssertionError when time is up."""
    end, answered = time.monotonic() + within_s, "nothing yet"
    while True:
        try:
            answer = client.get("/healthz")
            answered = answer.text
            if answer.headers["content-type"] == "application/json" and answer.json()["status"] == status:
                found: dict[str, Any] = answer.json()
                return found
        except httpx.TimeoutException:  # no replica of the ingress yet: the proxy holds the request
            answered = "timed out"
        assert time.monotonic() < end, f"not {status} within {within_s} s: {answered}"
        time.sleep(0.5)
