"""Scripts over the stream of a running application: how soon one is heard, and whether its voice ever has to wait.

    python -m benchmarks.script_stream                             the laptop profile on the example shop, 15 minutes
    python -m benchmarks.script_stream --out docs/benchmarks       writes script_stream.json and script_stream.md too
    python -m benchmarks.script_stream --url http://head:8000 --product s01 --product s02   one that runs already
    python -m benchmarks.script_stream --concurrency 1 --scripts 2 a quick look

Without --url it starts Ray and Serve by the profile's own file (`serve run`), with snapshots and state in a folder of
its own, and stops them again. Clients ask for scripts of 60 seconds one after the other, 1, 4 and 16 clients at a time,
and read the sections as they come. The limit is speech: a voice that began with the first section is silent when the
next one is not there at the end of what was sent before. Estimated durations are those that the sections carry.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import yaml

from benchmarks.read_route import free_port
from cluster.settings import PROFILES
from koubo.catalog.snapshot import build_snapshot
from koubo.catalog.tables import load_catalog

ROOT = Path(__file__).parents[1]
SECONDS = 60
QUANTILES = {"p50": 0.5, "p95": 0.95}
STARTING_S = 300.0
TEXT = """# Time to the first sentence, and to the whole script

Written by `{command}` on {date}: {cores} cores, Python {python}, Ray {ray}, vLLM {vllm}; {where}, scripts of
{seconds} seconds. Load average {load_before} before, {load_after} after.

Each client asks for one script after the other and reads the stream. *First* and *whole* are seconds from the request
to the first section and to the end; *of speech* is whole over the script's own spoken length: below 1 it is composed
faster than it is spoken. *Silence* is how long a voice that began with the first section would have waited for later
ones, and *scripts with silence* how many had any. *By the model* counts the sections that a model may write.

"""


@dataclass(frozen=True, slots=True)
class Heard:
    """One script as it arrived; seconds from the request, of speech, and of a voice's waiting."""

    first: float
    whole: float
    speech: float
    silence: float
    by_model: int
    asked: int
    reasons: tuple[str, ...]
    error: str | None = None


def hear(client: httpx.Client, product: str, seed: int) -> Heard:
    """Ask for one script and read its stream to the end."""
    body = {"product_id": product, "seconds": SECONDS, "seed": seed}
    headers = {"accept": "application/x-ndjson"}
    began, arrived, lengths, sections, error = time.perf_counter(), [], [], [], None
    with client.stream("POST", "/v1/scripts", json=body, headers=headers) as answer:
        answer.raise_for_status()
        for line in answer.iter_lines():
            event = json.loads(line)
            if event["event"] == "section":
                arrived.append(time.perf_counter() - began)
                lengths.append(sum(sentence["cues"]["seconds"] for sentence in event["section"]["sentences"]))
                sections.append(event["section"])
            elif event["event"] == "error":
                error = event["problem"]["detail"]
    whole = time.perf_counter() - began
    asked = [s for s in sections if s["reason"] != "by_design"]
    return Heard(
        first=arrived[0] if arrived else whole,
        whole=whole,
        speech=sum(lengths),
        silence=silence(arrived, lengths),
        by_model=sum(s["source"] == "model" for s in asked),
        asked=len(asked),
        reasons=tuple(s["reason"] for s in asked if s["source"] == "planned"),
        error=error,
    )


def silence(arrived: Sequence[float], lengths: Sequence[float]) -> float:
    """Seconds that a voice waits for sections that arrive at `arrived` and last `lengths`, after it began to speak."""
    waited, free = 0.0, arrived[0] if arrived else 0.0
    for at, length in zip(arrived, lengths, strict=True):
        waited += max(0.0, at - free)
        free = max(free, at) + length
    return waited


def measure(url: str, products: Sequence[str], clients: int, scripts: int) -> list[Heard]:
    """What `clients` heard that asked at once for `scripts` each."""
    seeds = itertools.count()

    def listen(number: int) -> list[Heard]:
        with httpx.Client(base_url=url, timeout=600) as client:
            turn = [(products[(number + n) % len(products)], next(seeds)) for n in range(scripts)]
            return [hear(client, product, seed) for product, seed in turn]

    with ThreadPoolExecutor(clients) as pool:
        return [heard for found in pool.map(listen, range(clients)) for heard in found]


def figures(heard: Sequence[Heard]) -> dict[str, Any]:
    """What the report says about one concurrency."""
    fine = [one for one in heard if one.error is None]
    columns = {name: [getattr(one, name) for one in fine] for name in ("first", "whole", "silence")}
    columns["of_speech"] = [one.whole / one.speech for one in fine]
    reasons = [reason for one in fine for reason in one.reasons]
    return {
        "scripts": len(heard),
        "errors": [one.error for one in heard if one.error],
        **{
            name: {q: round(float(np.quantile(found, at)), 2) for q, at in QUANTILES.items()} if found else None
            for name, found in columns.items()
        },
        "with_silence": sum(one.silence > 0 for one in fine),
        "by_model": sum(one.by_model for one in fine),
        "asked": sum(one.asked for one in fine),
        "planned": {reason: reasons.count(reason) for reason in sorted(set(reasons))},
    }


@contextlib.contextmanager
def running(profile: str) -> Iterator[tuple[str, list[str]]]:
    """Run a profile's application on the example shop; its URL and products."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        catalog = load_catalog(ROOT / "examples" / "catalog", None)
        build_snapshot(catalog, None, None, Path(folder) / "snapshots")
        file = yaml.safe_load((PROFILES / profile / "serve.yaml").read_text(encoding="utf-8"))
        file["http_options"] |= {"host": "127.0.0.1", "port": port}
        file["applications"][0]["args"] |= {"snapshots": f"{folder}/snapshots", "state": f"{folder}/state"}
        config = Path(folder) / "serve.yaml"
        config.write_text(yaml.safe_dump(file, allow_unicode=True), encoding="utf-8")
        log = Path(folder) / "log"
        command = [str(Path(sys.executable).parent / "serve"), "run", str(config)]
        with log.open("w") as out:
            served = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT)
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(url, served, log)
            yield url, [product.id for product in catalog.products]
        finally:
            served.terminate()
            served.wait(60)


def _wait(url: str, served: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + STARTING_S
    while time.monotonic() < end and served.poll() is None:
        with contextlib.suppress(httpx.HTTPError, ValueError):
            if httpx.get(f"{url}/healthz", timeout=5).json()["status"] == "ok":
                return
        time.sleep(1)
    raise RuntimeError(f"the application did not come up; its log ends with:\n{log.read_text()[-3000:]}")


def report_of(url: str, products: Sequence[str], given: argparse.Namespace) -> dict[str, Any]:
    """Measure each concurrency after one script to warm up."""
    report: dict[str, Any] = {
        "command": " ".join(["python -m benchmarks.script_stream", *sys.argv[1:]]),
        "date": datetime.now(UTC).isoformat(timespec="minutes"),
        "where": given.url or f"profile {given.profile}, example shop",
        "seconds": SECONDS,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "ray": version("ray"),
        "vllm": version("vllm"),
        "load_before": round(os.getloadavg()[0], 1),
        "at_once": {},
    }
    measure(url, products, 1, 1)
    for clients in given.concurrency:
        print(f"{clients} at once: {clients * given.scripts} scripts ...", file=sys.stderr, flush=True)
        report["at_once"][str(clients)] = figures(measure(url, products, clients, given.scripts))
    return report | {"load_after": round(os.getloadavg()[0], 1)}


def as_markdown(report: dict[str, Any]) -> str:
    """The report as a table."""
    heads = ["at once", "scripts", "first, p50 / p95", "whole", "of speech", "silence", "scripts with silence"]
    heads += ["by the model", "planned", "errors"]
    rows = [heads, ["---"] * len(heads)]
    for clients, row in report["at_once"].items():
        spans = [row[name] for name in ("first", "whole", "of_speech", "silence")]
        cells = [clients, str(row["scripts"])]
        cells += ["-" if span is None else f"{span['p50']:.2f} / {span['p95']:.2f}" for span in spans]
        planned = ", ".join(f"{reason} {count}" for reason, count in row["planned"].items())
        cells += [str(row["with_silence"]), f"{row['by_model']} of {row['asked']}", planned, str(len(row["errors"]))]
        rows.append(cells)
    return TEXT.format(**report) + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--profile", default="laptop", help="profile to start when no --url is given (%(default)s)")
    parser.add_argument("--url", help="of an application that runs already; needs --product")
    parser.add_argument("--product", action="append", default=[], help="product to ask for; repeat for several")
    parser.add_argument("--concurrency", type=int, action="append", help="clients at once; repeat (1, 4 and 16)")
    parser.add_argument("--scripts", type=int, default=4, help="scripts that each client asks for (%(default)s)")
    parser.add_argument("--out", type=Path, help="folder for script_stream.json and script_stream.md")
    given = parser.parse_args()
    given.concurrency = given.concurrency or [1, 4, 16]
    if given.scripts < 1 or min(given.concurrency) < 1:
        parser.error("--scripts and --concurrency: give 1 or more")
    if given.url and not given.product:
        parser.error("--url: name products of it with --product")
    where = contextlib.nullcontext((given.url, given.product)) if given.url else running(given.profile)
    with where as (url, products):
        report = report_of(url, given.product or products, given)
    print(as_markdown(report))
    if given.out:
        given.out.mkdir(parents=True, exist_ok=True)
        (given.out / "script_stream.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
        (given.out / "script_stream.md").write_text(as_markdown(report), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
