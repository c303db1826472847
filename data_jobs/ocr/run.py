"""The Ray Data plan of `ocr_images`, gone through again for what dead workers and nodes left unread."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

import polars as pl
import ray
from ray.actor import ActorHandle
from ray.exceptions import RayError
from ray.util.metrics import Gauge

from data_jobs.job import JobError, JobReport
from data_jobs.ocr.actor import OcrPages, OcrTask
from data_jobs.ocr.blocks import as_one_row, blocks
from data_jobs.ocr.copies import COPY, write_copies
from data_jobs.ocr.ledger import Ledger
from data_jobs.ocr.page import failed
from data_jobs.ocr.patience import Stalled, within
from data_jobs.parts import remaining, write_part
from data_jobs.progress import Progress
from data_jobs.schemas import OCR
from data_jobs.session import thread_limits

RETRIES = 2
"""Times Ray gives a block to a new worker after the one that had it died; then the pass goes on without it."""
LEDGER_S = 60
"""Seconds to wait for the ledger, which may be on its way to another node."""
SMALLER = 8
"""Blocks of the next pass are this many times smaller, so that one bad picture takes few others with it."""


@dataclass(frozen=True, slots=True)
class OcrPlan:
    """What an actor does, how many there are, what each reserves, and how work is dealt out (see OcrSettings)."""

    task: OcrTask
    actors_min: int
    actors_max: int
    actors_initial: int
    num_cpus: float
    num_gpus: float
    threads: int
    part_rows: int
    passes: int
    stall_s: float


class _Broken(Exception):
    """A pass that cannot go on: a part could not be written."""


@dataclass(slots=True)
class _Pass:
    """What one pass did: rows written, copies it came across, and why it was broken off ("" where it was not)."""

    read: int = 0
    copies: list[dict[str, Any]] = field(default_factory=list)
    failure: str = ""


def read_all(plan: OcrPlan, manifest: pl.DataFrame, report: JobReport) -> None:
    """Read every picture of the manifest that no part holds; counts into the report, with `workers` and `steady`.

    A pass ends with what its workers could write. What is left is read by the next one, in smaller blocks; what is
    left by the last gets an error row (worker_died).

    Raises:
        JobError: the last pass was broken off, or two in a row that had read nothing, or one stands still; what is
            written stays.
    """
    todo = remaining(manifest, plan.task.out)
    shown, idle = _Shown(len(todo)), 0
    for number in range(plan.passes):
        done = _one_pass(plan, todo, max(1, plan.part_rows // SMALLER**number), report, shown)
        idle = 0 if done.read else idle + 1
        if done.failure and (idle > 1 or number + 1 == plan.passes):
            raise JobError(f"the job was broken off, run it again to go on: {done.failure}")
        todo = remaining(manifest, plan.task.out)
        if todo.is_empty():
            return
    _give_up(plan, todo, report)


@dataclass(slots=True)
class _Shown:
    """The queue, for people and for the dashboard."""

    total: int
    _progress: Progress = field(init=False)
    _waiting: Gauge = field(init=False)

    def __post_init__(self) -> None:
        self._progress = Progress("ocr_images", self.total)
        self._waiting = Gauge("koubo_ocr_waiting", description="Pictures of the run that have no row yet.")

    def add(self, rows: int, errors: int = 0) -> None:
        """So many rows were written, so many of them errors."""
        self._progress.add(rows, note=f"{errors} of the last {rows} failed" if errors else "")
        self._waiting.set(self.total - self._progress.done)


def _one_pass(plan: OcrPlan, todo: pl.DataFrame, rows: int, report: JobReport, shown: _Shown) -> _Pass:
    ledger = ray.remote(num_cpus=0, max_restarts=-1, max_task_retries=-1)(Ledger).remote(plan.task.out)
    done = _Pass()
    try:
        for block in within(_run(plan, todo, rows, ledger), plan.stall_s):
            _take(block, done, report, shown)
    except Stalled as error:
        raise JobError(f"{error}: are there workers? What is written stays; run the job again to go on") from error
    except (RayError, _Broken) as error:
        done.failure = str(error)
        print(f"ocr_images: a pass was broken off: {error}", file=sys.stderr, flush=True)
    _tell(ledger, report)
    shared = write_copies(plan.task.out, pl.DataFrame(done.copies, schema=COPY))
    done.read += shared
    shown.add(shared)
    report.count("shared", shared)
    return done


def _run(plan: OcrPlan, todo: pl.DataFrame, rows: int, ledger: ActorHandle) -> Generator[dict[str, Any], None, None]:
    """The plan: blocks of the manifest -> OcrPages (actors), which write the parts. The driver gets summaries."""
    dealt = [as_one_row(block).to_arrow() for block in blocks(todo, plan.actors_max, rows)]
    pool = min(plan.actors_max, len(dealt))
    todo_blocks = ray.data.from_arrow(dealt)
    todo_blocks.context.max_errored_blocks = -1  # one that no worker survives is left for the next pass
    # Ray 2.60 deprecates the only ways to bound an actor's retries and names no other.
    warnings.filterwarnings("ignore", "`ray_remote_args_fn` is deprecated")
    read = todo_blocks.map_batches(
        OcrPages,
        fn_constructor_args=(plan.task, ledger),
        batch_size=1,
        batch_format="pyarrow",
        compute=ray.data.ActorPoolStrategy(
            min_size=min(plan.actors_min, pool), max_size=pool, initial_size=min(plan.actors_initial, pool)
        ),
        num_cpus=plan.num_cpus,
        num_gpus=plan.num_gpus,
        ray_remote_args_fn=_worker_args,
        runtime_env={"env_vars": thread_limits(plan.threads)},
    )
    yield from read.iter_rows()


def _worker_args() -> dict[str, Any]:
    return {"max_task_retries": RETRIES}


def _take(block: dict[str, Any], done: _Pass, report: JobReport, shown: _Shown) -> None:
    if block["failure"]:
        raise _Broken(f"--out cannot be written: {block['failure']}")
    done.read += block["rows"]
    done.copies += block["copies"]
    report.count("read_now", block["rows"])
    report.count("lines", block["lines"])
    shown.add(block["rows"], len(block["errors"]))


def _tell(ledger: ActorHandle, report: JobReport) -> None:
    """Put what the ledger knows into the report. A picture begun and not written is begun again, now or later."""
    try:
        told = ray.get(ledger.report.remote(), timeout=LEDGER_S)
    except RayError:
        return
    report.count("redone", max(0, told["begun"] - told["written"]))  # a ledger that came back knows less
    report.more.setdefault("workers", []).extend(told["workers"])
    report.more.setdefault("steady", told["steady"])


def _give_up(plan: OcrPlan, todo: pl.DataFrame, report: JobReport) -> None:
    error = f"worker_died: in each of {plan.passes} passes every worker that was given it died"
    rows = [failed(image_id, error) | {"stamp": stamp} for image_id, _, stamp in todo.iter_rows()]
    write_part(plan.task.out, pl.DataFrame(rows, schema=OCR))
    report.count("given_up", len(rows))
