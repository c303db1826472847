"""Reading through Serve: what `POST /v1/read` costs over the bare function, beside an echo in the same run.

    python -m benchmarks.read_route                          prints the table; takes one to two minutes
    python -m benchmarks.read_route --out docs/benchmarks    writes read_route.json and read_route.md as well
    python -m benchmarks.read_route --requests 50            fewer timed requests, for a first look

It starts a Ray and a Serve of its own on a free port, with two applications, and stops them again:

- ours: the whole application on the example shop, with the rules as the chooser; its writer is an endpoint that is
  never asked, so no engine starts.
- echo: the least that answers the same. An ingress with the same request and answer models, and behind it one
  deployment that looks up readings which were made beforehand. Two hops, the same bytes in and out, no reading.

One client with one kept-alive connection asks both in turns, each first in every other round, and calls the bare
function `koubo.reading.read` on the same texts in its own process in between, so that a busy machine is as slow for
all three. Texts are the project's own labelled rows; every answer of the warm-up is compared with the bare function's.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import ray
from ray import serve
from ray.serve import Application

from benchmarks.echo import echo_app
from koubo.catalog.snapshot import build_snapshot
from koubo.catalog.tables import load_catalog
from koubo.reading import read
from serve_apps.app import bind
from serve_apps.schemas import MAX_TEXTS
from serve_apps.settings import AppSettings

ROOT = Path(__file__).parents[1]
ROWS = ROOT / "tests/koubo/reading/gold/commerce.jsonl"
SIZES = (1, MAX_TEXTS)
SIDES = ("ours", "echo", "bare")
QUANTILES = (0.50, 0.95, 0.99)
TEXT = """# Reading through Serve

Written by `python -m benchmarks.read_route --out docs/benchmarks` on {date}: {cores} cores, Python {python}, Ray {ray},
load average {load_before} before, {load_after} after. {requests} requests of each kind after {warm_up} to warm up, one
at a time (bytes: the last of these).

Ours is `POST /v1/read` with the rules, echo the same hops, models and bytes without any reading, bare the function
`koubo.reading.read` in process; they take turns on the same texts. Milliseconds: p50, p95 and p99 in a cell, one below
the other; differences are the median of those round by round.

"""
Texts = list[str]
Ask = Callable[[Texts], Any]


def own_app(folder: Path) -> Application:
    """Our application on the example shop, with its state in `folder` and no engine."""
    build_snapshot(load_catalog(ROOT / "examples" / "catalog", None), None, None, folder / "snapshots")
    writer = {"source": "openai:http://127.0.0.1:9/v1#none"}
    args = {"snapshots": str(folder / "snapshots"), "state": str(folder / "state"), "writer": writer}
    return bind(AppSettings.model_validate(args), None)


def free_port() -> int:
    """A TCP port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(texts: Sequence[str], folder: Path) -> str:
    """Start Ray, Serve and both applications; returns the URL of the proxy."""
    ray.init(address="local", num_cpus=8, object_store_memory=300_000_000, include_dashboard=False, log_to_driver=False)
    port = free_port()
    serve.start(proxy_location="HeadOnly", http_options={"host": "127.0.0.1", "port": port})
    serve.run(own_app(folder), name="ours", route_prefix="/ours")
    serve.run(echo_app(texts), name="echo", route_prefix="/echo")
    return f"http://127.0.0.1:{port}"


def asker(client: httpx.Client, side: str) -> Ask:
    """What asks a side for readings. Raises HTTPStatusError for an answer that is not one."""
    if side == "bare":
        return lambda texts: [read(text) for text in texts]
    return lambda texts: client.post(f"/{side}/v1/read", json={"texts": texts}).raise_for_status()


def window(texts: Texts, size: int, turn: int) -> Texts:
    """The texts of a turn: `size` of them, each turn the next ones, round and round."""
    return [texts[(turn * size + i) % len(texts)] for i in range(size)]


def check(asks: dict[str, Ask], texts: Texts) -> str:
    """Hold both answers against the bare function's; returns the bytes of request and answer."""
    said = [reading.spoken for reading in asks["bare"](texts)]
    ours, echo = asks["ours"](texts), asks["echo"](texts)
    if ours.content != echo.content or [r["spoken"] for r in ours.json()["readings"]] != said:
        raise RuntimeError(f"ours, echo and bare do not read the same in {texts[:3]}...")
    return f"{len(ours.request.content):,}, {len(ours.content):,}"


def timed(asks: dict[str, Ask], texts: Texts, size: int, requests: int) -> dict[str, list[float]]:
    """Milliseconds of each request, by side; the sides take turns and change places."""
    took: dict[str, list[float]] = {side: [] for side in SIDES}
    for turn in range(requests):
        for side in SIDES if turn % 2 else ("echo", "ours", "bare"):
            asked = window(texts, size, turn)
            began = time.perf_counter()
            asks[side](asked)
            took[side].append((time.perf_counter() - began) * 1000)
    return took


def figures(took: dict[str, list[float]], size: int) -> dict[str, Any]:
    """What the report says about one size. Over bare: the median of the differences of each round."""
    ms = {side: [round(q, 2) for q in np.quantile(took[side], QUANTILES)] for side in SIDES}
    over = statistics.median(o - b for o, b in zip(took["ours"], took["bare"], strict=True))
    ratios = {"ours_over_echo": round(ms["ours"][0] / ms["echo"][0], 2), "over_bare_ms": round(over, 2)}
    return {
        "ms": ms,
        **ratios,
        "over_bare_over_echo": round(over / ms["echo"][0], 2),
        "a_text_ms": round(over / size, 3),
    }


def run(requests: int, warm_up: int) -> dict[str, Any]:
    """Measure both sizes; returns the report."""
    texts: Texts = [json.loads(line)["text"] for line in ROWS.read_text(encoding="utf-8").splitlines()]
    report: dict[str, Any] = {"date": datetime.now(UTC).isoformat(timespec="minutes"), "requests": requests}
    report |= {"warm_up": warm_up, "cores": os.cpu_count(), "python": platform.python_version(), "ray": ray.__version__}
    with tempfile.TemporaryDirectory() as folder:
        try:
            with httpx.Client(base_url=start(texts, Path(folder)), timeout=60) as client:
                asks = {side: asker(client, side) for side in SIDES}
                report |= {"load_before": round(os.getloadavg()[0], 1), "texts": {}}
                for size in SIZES:
                    sent = [check(asks, window(texts, size, turn)) for turn in range(warm_up)][-1]
                    report["texts"][str(size)] = {"bytes": sent} | figures(timed(asks, texts, size, requests), size)
                report["load_after"] = round(os.getloadavg()[0], 1)
        finally:
            serve.shutdown()
            ray.shutdown()
    return report


def as_markdown(report: dict[str, Any]) -> str:
    """The report as a table."""
    cells = [
        [size, row["bytes"], *("<br>".join(f"{q:.2f}" for q in row["ms"][side]) for side in SIDES)]
        + [f"{row[key]:g}" for key in ("ours_over_echo", "over_bare_ms", "over_bare_over_echo", "a_text_ms")]
        for size, row in report["texts"].items()
    ]
    heads = [
        "texts",
        "bytes in, out",
        *SIDES,
        "ours / echo",
        "ours - bare",
        "(ours - bare) / echo",
        "ours - bare, a text",
    ]
    table = [heads, ["---"] * len(heads), *cells]
    return TEXT.format(**report) + "".join(f"| {' | '.join(row)} |\n" for row in table)


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, help="folder for read_route.json and read_route.md")
    parser.add_argument("--requests", type=int, default=300, help="timed requests of each kind and size (%(default)s)")
    parser.add_argument("--warm-up", type=int, default=50, help="requests before them, whose answers are checked")
    given = parser.parse_args()
    if given.requests < 1 or given.warm_up < 1:
        parser.error("--requests and --warm-up: give 1 or more")
    report = run(given.requests, given.warm_up)
    print(as_markdown(report))
    if given.out:
        given.out.mkdir(parents=True, exist_ok=True)
        (given.out / "read_route.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
        (given.out / "read_route.md").write_text(as_markdown(report), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
