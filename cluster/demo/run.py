"""The demo's course: jobs, application, scripts, a price change, a report."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console

from cluster.demo import show
from cluster.demo.application import DeployError, Routes, application_config, deploy, wait_generating, wait_running
from cluster.demo.record import DemoRecord, PriceChange, Written
from cluster.demo.report import write_report
from cluster.demo.settings import DemoSettings
from cluster.demo.steps import StepDisplay, Steps
from cluster.local import ClusterError, LocalCluster, free_port, local_cluster
from cluster.settings import load_profile
from cluster.submit import SubmitError, run_job

PRICE_CUT = Decimal("0.9")  # the price change of the demo
DEPLOY_SECONDS = 600.0
PIPELINE = "data_jobs.pipeline"
PROGRESS = re.compile(r"[\w: ]+ \d+/\d+ ")
"""A job's progress, such as `ocr_images 12/79 (1.9/s, 35 s left)`."""
SUMMARY = re.compile(r"(data_jobs\.\w+): (.*) -> ")
"""What a job ends with: its name, counts, errors and seconds."""


class DemoError(Exception):
    """A step of the demo failed; the message says which and where its log is."""


def run_demo(settings: DemoSettings, console: Console) -> None:
    """Run every step, print the scripts, write the report; the cluster ends with it unless `keep` is set.

    Raises:
        DemoError: a job failed, the application did not come up, or a route answered with an error.
    """
    steps = Steps(console)
    record = DemoRecord(settings.profile, settings.catalog, settings.images, settings.out, steps.done)
    _fresh_folder(settings.out)
    with _clear_errors(), ExitStack() as stack:
        cluster = _start(settings, steps, stack)
        _material(settings, cluster, steps)
        routes = _application(settings, cluster, steps)
        _scripts(settings, routes, steps, record)
        _price_change(routes, steps, record)
        with steps.step("Write the report"):
            report = write_report(record)
        show.scripts(console, record)
        show.times(console, record)
        places = {
            "report": report,
            "material": settings.material / "report.html",
            "scripts": settings.out / "scripts",
            "dashboard": cluster.dashboard_url,
        }
        show.links(console, places | {"routes": f"{routes.base}/docs"}, cluster.stop_command if settings.keep else None)


@contextmanager
def _clear_errors() -> Iterator[None]:
    try:
        yield
    except (DeployError, ClusterError, SubmitError, httpx.HTTPError) as error:
        raise DemoError(str(error)) from error


def _fresh_folder(out: Path) -> None:
    """An output folder without the last run's results, so that every step of this run does its work."""
    for name in ("material", "state", "logs", "scripts"):
        shutil.rmtree(out / name, ignore_errors=True)
    (out / "logs").mkdir(parents=True)
    (out / "scripts").mkdir()


def _start(settings: DemoSettings, steps: Steps, stack: ExitStack) -> LocalCluster:
    with steps.step("Start a Ray cluster") as display:
        cluster = stack.enter_context(local_cluster(load_profile(settings.profile), keep=settings.keep))
        display.result(f"dashboard at {cluster.dashboard_url}")
    return cluster


def _material(settings: DemoSettings, cluster: LocalCluster, steps: Steps) -> None:
    """Pictures, reviews and tables to a published graph: one submitted job, whose own steps are shown as they end."""
    places = {"catalog": settings.catalog, "images": settings.images, "out": settings.material}
    arguments = [part for name, place in places.items() for part in (f"--{name}", str(place))]
    with steps.step("Read the pictures and reviews, build the graph") as display:
        _job(cluster, PIPELINE, (*arguments, "--profile", settings.profile), settings.out / "logs" / "job.log", display)


def _job(cluster: LocalCluster, module: str, arguments: tuple[str, ...], log: Path, display: StepDisplay) -> None:
    """Submit one job, follow it, and keep its log; of that the step shows progress and what each job ends with."""
    with log.open("w", encoding="utf8") as file:

        def line(text: str) -> None:
            print(text, file=file, flush=True)
            if PROGRESS.match(text):
                display.now(text)
            elif ended := SUMMARY.match(text):
                (display.result if ended[1] == module else display.note)(f"{ended[1]}: {ended[2]}")

        if not run_job(cluster.dashboard_url, module, arguments, line):
            raise DemoError(f"the job {module} failed; see {log}")


def _application(settings: DemoSettings, cluster: LocalCluster, steps: Steps) -> Routes:
    config = application_config(
        settings.profile,
        settings.material / "snapshots",
        settings.out / "state",
        settings.writer,
        free_port(settings.port),
    )
    routes = Routes(f"http://127.0.0.1:{config['http_options']['port']}")
    with steps.step("Deploy the application and load the language model") as display:
        deploy(cluster.dashboard_url, config, settings.out / "serve.yaml")
        wait_running(cluster.dashboard_url, DEPLOY_SECONDS, display.now)
        wait_generating(routes, DEPLOY_SECONDS, display.now)
        display.result(f"routes at {routes.base}/docs")
    return routes


def _scripts(settings: DemoSettings, routes: Routes, steps: Steps, record: DemoRecord) -> None:
    for product_id in _choose(routes, settings.products):
        with steps.step(f"Write a script for {product_id}") as display:
            start = time.monotonic()
            answer = routes.call("POST", "/v1/scripts", {"product_id": product_id, "seconds": settings.seconds})
            product = routes.call("GET", f"/v1/products/{product_id}")
            written = Written(answer, product, round(time.monotonic() - start, 1))
            _keep(settings.out / "scripts" / f"{product_id}.json", answer)
            display.result(written.summary)
        record.scripts.append(written)


def _choose(routes: Routes, number: int) -> list[str]:
    """Products to write about: those with the most facts, one a category first, so that the scripts differ."""
    products = [p["id"] for p in routes.call("GET", "/v1/products?limit=100")["products"]]
    full = sorted(
        (routes.call("GET", f"/v1/products/{p}") for p in products), key=lambda p: (-len(p["facts"]), p["id"])
    )
    seen: set[str] = set()
    first: list[str] = []
    rest: list[str] = []
    for product in full:
        category = "/".join(product["category"][:1])
        (rest if category in seen else first).append(product["id"])
        seen.add(category)
    return (first + rest)[:number]


def _price_change(routes: Routes, steps: Steps, record: DemoRecord) -> None:
    """Cut the first product's price by a tenth, render the stored script again, and keep what changed."""
    script, product = record.scripts[0].answer, record.scripts[0].product
    with steps.step("Change a price and render again") as display:
        before = Decimal(product["price"])
        skus = [{"id": s["id"], "price": str(_cut(s["price"]))} for s in product["skus"]]
        change: dict[str, Any] = {"skus": skus} if skus else {"price": str(_cut(product["price"]))}
        routes.call("PATCH", f"/v1/products/{product['id']}/live", change)
        start = time.monotonic()
        after = _render_changed(routes, script)
        milliseconds = round(1000 * (time.monotonic() - start))
        now = Decimal(routes.call("GET", f"/v1/products/{product['id']}")["price"])
        record.change = PriceChange(product["title"], before, now, milliseconds, script, after)
        display.result(f"{before} → {now} 元, rendered again in {milliseconds} ms")


def _cut(price: str) -> Decimal:
    return (Decimal(price) * PRICE_CUT).quantize(Decimal("0.01"))


def _render_changed(routes: Routes, script: dict[str, Any]) -> dict[str, Any]:
    """Render until the change is seen: every replica has it within a second.

    Raises:
        DemoError: it is not seen within five seconds.
    """
    for _ in range(50):
        after: dict[str, Any] = routes.call("POST", f"/v1/scripts/{script['id']}/render", {})
        if after["as_of"] != script["as_of"]:
            return after
        time.sleep(0.1)
    raise DemoError(f"the price change is not seen after five seconds; still as of {script['as_of']}")


def _keep(path: Path, answer: dict[str, Any]) -> None:
    path.write_text(json.dumps(answer, ensure_ascii=False, indent=1), encoding="utf8")
