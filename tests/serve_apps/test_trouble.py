"""Long and destructive: the real engine killed during a script, and the gpu profile on logical GPUs."""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import Any

import psutil
import pytest

from tests.serve_apps.served import ServedApp, wait_for_health

pytestmark = [pytest.mark.trouble, pytest.mark.serve, pytest.mark.vllm]


def engine_processes() -> list[psutil.Process]:
    """The replicas of the engine among this process's own children."""
    raylets = psutil.Process().children(recursive=True)
    return [p for p in raylets if "ServeReplica:koubo:Writer" in " ".join(p.cmdline())]


def test_the_engine_is_killed_during_a_script(serve_app: ServedApp) -> None:
    with serve_app.client() as client:
        wait_for_health(client, "ok", 60)
        answers: list[Any] = []
        asking = threading.Thread(target=lambda: answers.append(client.post("/v1/scripts", json={"product_id": "b02"})))
        asking.start()
        time.sleep(1.5)
        for process in engine_processes():
            os.kill(process.pid, signal.SIGKILL)
        asking.join(60)
        (answer,) = answers
        assert answer.status_code == 201
        assert "writer_down" in {s["reason"] for s in answer.json()["sections"]}
        wait_for_health(client, "ok", 300)
        again = client.post("/v1/scripts", json={"product_id": "b02"}).json()
        assert not {s["reason"] for s in again["sections"]} & {"writer_down", "timeout"}
