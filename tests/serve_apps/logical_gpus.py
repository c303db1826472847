"""Runs the gpu profile's application on eight logical GPUs with an engine on the CPU; writes the placement as JSON.

Only what a machine without GPUs lacks is changed: model, accelerator, and engine arguments that need CUDA. Bundles,
strategy, replicas and fractions stay the profile's.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import httpx
import ray
import yaml
from ray import serve
from ray.serve._private.api import serve_start
from ray.serve.schema import ServeDeploySchema
from ray.util import placement_group_table

from cluster.settings import PROFILES
from tests.serve_apps.served import free_port, wait_for_health


def on_cpu(file: dict[str, Any], snapshots: str, state: str) -> dict[str, Any]:
    """The profile's serve.yaml with a small model on the CPU."""
    laptop = yaml.safe_load((PROFILES / "laptop" / "serve.yaml").read_text(encoding="utf8"))
    (app,), (small,) = file["applications"], laptop["applications"]
    app["args"] |= {"snapshots": snapshots, "state": state}
    writer, cpu = app["args"]["writer"], small["args"]["writer"]
    tensor_parallel = writer["engine"]["engine_kwargs"]["tensor_parallel_size"]
    # Sections of the profile's budget need its GPUs: two CPU cores get more time for fewer tokens.
    writer |= {"source": cpu["source"], "style": cpu["style"], "section_timeout_s": 120, "max_tokens": 24}
    writer["engine"] |= {"accelerator": cpu["engine"]["accelerator"], "runtime_env": cpu["engine"]["runtime_env"]}
    writer["engine"]["engine_kwargs"] = cpu["engine"]["engine_kwargs"] | {"tensor_parallel_size": tensor_parallel}
    return file


def main(snapshots: str, state: str, out: str) -> None:
    """Deploy, wait for the engine, write one script, write to `out` what was placed where."""
    ray.init(address="local", num_cpus=64, num_gpus=8, object_store_memory=300_000_000, log_to_driver=False)
    file = yaml.safe_load((PROFILES / "gpu" / "serve.yaml").read_text(encoding="utf8"))
    config = ServeDeploySchema.model_validate(on_cpu(file, snapshots, state))
    port = free_port()
    client = serve_start(http_options={"host": "127.0.0.1", "port": port}, proxy_location="HeadOnly")
    client.deploy_apps(config, _blocking=False)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=600) as http:
        wait_for_health(http, "ok", 500)
        script = http.post("/v1/scripts", json={"product_id": "b02"}).json()
    deployments = serve.status().applications["koubo"].deployments
    groups = [g for g in placement_group_table().values() if g["state"] == "CREATED"]
    found = {
        "replicas": {name: sum(d.replica_states.values()) for name, d in deployments.items()},
        "groups": [{"strategy": g["strategy"], "bundles": list(g["bundles"].values())} for g in groups],
        "gpus_free": ray.available_resources().get("GPU", 0),
        "candidates": sum(s["candidates"] for s in script["sections"]),
    }
    Path(out).write_text(json.dumps(found), encoding="utf8")
    serve.shutdown()


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    main(*sys.argv[1:])
