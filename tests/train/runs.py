"""Short training runs for tests: their settings, their curves, and how one is disturbed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import psutil

from train.metrics import METRICS, read_metrics
from train.sft import SftSettings

GOLDEN = Path(__file__).parent / "golden"
CURVES: dict[str, dict[str, Any]] = json.loads((GOLDEN / "curves.json").read_text("utf8"))
ADAPTER_WEIGHTS = "adapter_model.safetensors"
# Of the small random model: the rate at which five steps of eight rows move its loss.
SMALL: dict[str, Any] = {"max_length": 64, "lora_rank": 8, "steps": 5, "save_steps": 2, "max_failures": 0}
RATE = 1e-2


def small_run(base: Path, out: Path, **values: Any) -> SftSettings:
    """Settings of SFT on the small model, with a global batch of 8 on 2 workers."""
    given = {"rows": GOLDEN / "choice.jsonl", "out": out, "base": str(base), "batch": 4, "learning_rate": RATE}
    return SftSettings.model_validate({**given, **SMALL, **values})


def losses(out: Path) -> list[float]:
    """The training losses of a run, by step."""
    return [entry["loss"] for entry in read_metrics(out) if "loss" in entry]


def steps_done(out: Path) -> int:
    """How many steps a run's metrics tell of."""
    return len(losses(out)) if (out / METRICS).is_file() else 0


@contextmanager
def once(happened: Callable[[], bool], act: Callable[[], None]) -> Iterator[None]:
    """Do `act` in another thread as soon as something has happened."""

    def watch() -> None:
        while not done.wait(0.05):
            if happened():
                act()
                return

    done = Event()
    watcher = Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def kill_a_worker() -> None:
    """Send SIGKILL to one training worker of this process's cluster."""
    children = psutil.Process().children(recursive=True)
    next(child for child in children if "RayTrainWorker" in "".join(child.cmdline())).kill()
