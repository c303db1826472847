"""The Serve application of a profile, deployed for the demo and asked over HTTP."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import yaml
from ray.dashboard.modules.serve.sdk import ServeSubmissionClient

from cluster.models import parse
from cluster.settings import profile_folder


class DeployError(Exception):
    """The application did not come up; the message holds Serve's own."""


def application_config(profile: str, snapshots: Path, state: Path, writer: str | None, port: int) -> dict[str, Any]:
    """The profile's Serve YAML with the demo's places, writer and port.

    Args:
        profile: name of a profile.
        snapshots: root of published snapshots.
        state: folder of live values and stored scripts.
        writer: model source instead of the profile's; an endpoint needs no engine and is asked in chat form.
        port: port of the HTTP proxy on the loopback interface.
    """
    config: dict[str, Any] = yaml.safe_load((profile_folder(profile) / "serve.yaml").read_text(encoding="utf8"))
    config["http_options"]["port"] = port
    arguments = config["applications"][0]["args"]
    arguments |= {"snapshots": str(snapshots), "state": str(state)}
    if writer:
        arguments["writer"]["source"] = writer
        if parse(writer).kind == "openai":
            arguments["writer"] |= {"style": "chat", "constrained": False}
            del arguments["writer"]["engine"]
    return config


def deploy(dashboard: str, config: dict[str, Any], record: Path) -> None:
    """Submit the configuration to the cluster at `dashboard` and keep it as YAML at `record`."""
    record.write_text(yaml.safe_dump(config, allow_unicode=True, sort_keys=False), encoding="utf8")
    ServeSubmissionClient(dashboard).deploy_applications(config)


def wait_running(dashboard: str, seconds: float, say: Callable[[str], None]) -> None:
    """Wait until every application is RUNNING, saying which deployments are still coming up.

    Raises:
        DeployError: the deployment failed, or took longer than `seconds`.
    """
    client = ServeSubmissionClient(dashboard)
    deadline = time.monotonic() + seconds
    while True:
        applications = client.get_serve_details().get("applications", {})
        states = {name: app["status"] for name, app in applications.items()}
        if states and all(state == "RUNNING" for state in states.values()):
            return
        failed = [f"{name}: {app['message']}" for name, app in applications.items() if app["status"] == "DEPLOY_FAILED"]
        if failed or time.monotonic() > deadline:
            raise DeployError("; ".join(failed) or f"not running after {seconds:.0f} s: {states}")
        say("starting " + ", ".join(_coming_up(applications)))
        time.sleep(1)


def _coming_up(applications: dict[str, Any]) -> list[str]:
    return [
        name for app in applications.values() for name, one in app["deployments"].items() if one["status"] != "HEALTHY"
    ]


@dataclass(frozen=True, slots=True)
class Routes:
    """The HTTP routes of a running application."""

    base: str

    def call(self, method: str, path: str, body: dict[str, Any] | None = None, seconds: float = 300) -> Any:
        """One request; returns the JSON answer.

        Raises:
            httpx.HTTPStatusError: the answer is an error; the message holds its text.
        """
        answer = httpx.request(method, self.base + path, json=body, timeout=seconds)
        if answer.is_error:
            raise httpx.HTTPStatusError(f"{method} {path}: {answer.text}", request=answer.request, response=answer)
        return answer.json() if answer.content else None


def wait_generating(routes: Routes, seconds: float, say: Callable[[str], None]) -> None:
    """Wait until the application says that every part is up: it answers before its language model is loaded.

    Raises:
        DeployError: a part is still not up after `seconds`.
    """
    deadline = time.monotonic() + seconds
    while True:
        health = routes.call("GET", "/healthz")
        waiting = [
            f"{name} {part['status']} {part['detail']}"
            for name, part in health["parts"].items()
            if part["status"] != "ok"
        ]
        if not waiting:
            return
        if time.monotonic() > deadline:
            raise DeployError(f"not up after {seconds:.0f} s: {'; '.join(waiting)}")
        say("waiting for " + ", ".join(waiting))
        time.sleep(1)
