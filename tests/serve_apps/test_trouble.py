"""Long and destructive: the real engine killed during a script, and the gpu profile on logical GPUs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml

from cluster.settings import PROFILES
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


def test_the_gpu_profile_is_placed_on_logical_gpus_as_it_says(example_snapshots: Path, tmp_path: Path) -> None:
    profile = yaml.safe_load((PROFILES / "gpu" / "serve.yaml").read_text(encoding="utf8"))["applications"][0]
    engine = profile["args"]["writer"]["engine"]
    places = [str(example_snapshots), str(tmp_path / "state"), str(tmp_path / "found.json")]
    done = subprocess.run(
        [sys.executable, "-m", "tests.serve_apps.logical_gpus", *places],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads((tmp_path / "found.json").read_text(encoding="utf8"))
    devices = engine["engine_kwargs"]["tensor_parallel_size"]
    bundle = {name: float(amount) for name, amount in engine["placement"]["bundle_per_worker"].items()}
    assert found["groups"] == [{"strategy": engine["placement"]["strategy"], "bundles": [bundle] * devices}]
    assert found["gpus_free"] == 8 - devices
    replicas = {d["name"]: d["autoscaling_config"]["min_replicas"] for d in profile["deployments"]}
    assert found["replicas"] == replicas | {"Writer": engine["deployment"]["autoscaling_config"]["min_replicas"]}
    assert found["candidates"] > 0
