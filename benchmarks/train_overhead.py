"""What Ray Train costs over plain torchrun: steps/s of the same TRL trainer, model and rows, on gloo workers.

    python -m benchmarks.train_overhead                       1 and 2 workers, two rounds of 24 steps, ten minutes
    python -m benchmarks.train_overhead --workers 2 --rounds 1 --steps 8  a quick look
    python -m benchmarks.train_overhead --out docs/benchmarks   writes train_overhead.json and train_overhead.md as well

Both sides build the trainer with `train.loop.build_trainer` and write a line of metrics a step. `ray` is the command
`python -m train.sft`, on a cluster of its own that ends with it, with its reports and its metrics on TensorBoard and
the dashboard; `torchrun` is `python -m torch.distributed.run` with nothing else. They alternate, each in processes of
its own. The rate is that of the steps after warm-up, without start, and without the checkpoint at the end.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from train.metrics import add_metrics, read_metrics
from train.sft import SftSettings

ROOT = Path(__file__).parents[1]
ROWS = ROOT / "tests" / "train" / "golden" / "choice.jsonl"
WARM_UP = 4
TARGET = 0.05
PACKAGES = ("ray", "torch", "transformers", "trl", "peft", "accelerate")


@dataclass(frozen=True, slots=True)
class Run:
    """What both sides do: steps, rows of a worker in a step, workers."""

    steps: int
    batch: int
    workers: int


def settings_of(out: Path, run: Run) -> SftSettings:
    """The run that both sides make: no checkpoint before the last step, no samples."""
    given = {"rows": ROWS, "out": out, "steps": run.steps, "save_steps": run.steps, "batch": run.batch, "samples": 0}
    return SftSettings.of_profile("laptop", workers=run.workers, max_length=64, **given)


def plain_worker(settings: SftSettings) -> None:
    """One of torchrun's workers: TRL's trainer and a callback that writes each step's time (rank 0)."""
    import torch
    from transformers import TrainerCallback

    from train.base_model import load_tokenizer, open_base
    from train.completion_head import score_completions_only
    from train.loop import TrainerParts, build_trainer
    from train.tasks import SFT
    from train.worker_plan import WorkerPlan, usable_rows

    class StepTimes(TrainerCallback):
        def on_train_begin(self, *_: Any, **__: Any) -> None:
            self.started = time.perf_counter()

        def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
            if state.is_world_process_zero and "loss" in logs:
                seconds = time.perf_counter() - self.started
                add_metrics(settings.out, {"step": state.global_step, "seconds": seconds, **logs})

    torch.set_num_threads(settings.cpus_per_worker)
    score_completions_only()
    plan = WorkerPlan(SFT, settings, {})
    base = open_base(settings.base_source)
    tokenizer = load_tokenizer(base)
    with tempfile.TemporaryDirectory() as scratch:
        parts = TrainerParts(base, tokenizer, usable_rows(plan, tokenizer), Path(scratch), settings.workers)
        trainer = build_trainer(plan, parts)
        trainer.add_callback(StepTimes())
        trainer.train()


def with_ray(settings: SftSettings) -> None:
    """Train through Ray Train."""
    names = ("rows", "out", "steps", "save_steps", "batch", "samples", "workers", "max_length")
    flags = [part for name in names for part in (f"--{name.replace('_', '-')}", str(getattr(settings, name)))]
    _run(["-m", "train.sft", *flags])


def with_torchrun(settings: SftSettings) -> None:
    """Train through torchrun."""
    settings.out.mkdir(parents=True)
    launcher = ["-m", "torch.distributed.run", "--standalone", "--local-addr", "127.0.0.1"]
    flags = {"steps": settings.steps, "batch": settings.batch, "workers": settings.workers, "plain": settings.out}
    run = [part for name, value in flags.items() for part in (f"--{name}", str(value))]
    _run([*launcher, "--nproc-per-node", str(settings.workers), "-m", "benchmarks.train_overhead", *run])


SIDES = {"ray": with_ray, "torchrun": with_torchrun}


def _run(arguments: list[str]) -> None:
    env = {**os.environ, "RAY_ADDRESS": "local", "OMP_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)}: {done.stdout[-2000:]}{done.stderr[-4000:]}")


def measure(side: str, run: Run) -> dict[str, Any]:
    """One run of one side: steps/s after warm-up, its losses, its whole time."""
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_of(Path(folder) / "run", run)
        started = time.perf_counter()
        SIDES[side](settings)
        whole = time.perf_counter() - started
        logged = read_metrics(settings.out)
    warm = logged[WARM_UP - 1 :]
    rate = (warm[-1]["step"] - warm[0]["step"]) / (warm[-1]["seconds"] - warm[0]["seconds"])
    losses = [entry["loss"] for entry in logged]
    return {"side": side, "steps_per_second": rate, "whole_seconds": whole, "first_loss": losses[0], "loss": losses[-1]}


def compare(rounds: int, run: Run) -> dict[str, Any]:
    """Both sides in turn, in another order each round; `cost` is the share of steps/s that Ray Train takes."""
    runs = []
    for number in range(rounds):
        for side in sorted(SIDES, reverse=number % 2 == 1):
            runs.append(measure(side, run))
            print(f"{side}: {runs[-1]['steps_per_second']:.3f} steps/s, {runs[-1]['whole_seconds']:.0f} s", flush=True)
    rates = {s: statistics.median(r["steps_per_second"] for r in runs if r["side"] == s) for s in SIDES}
    return {"runs": runs, "steps_per_second": rates, "cost": 1 - rates["ray"] / rates["torchrun"]}


def record(results: list[dict[str, Any]]) -> dict[str, Any]:
    """The results, one a number of workers, with what they were measured on."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="minutes"),
        "machine": {"processor": platform.processor() or platform.machine(), "cores": os.cpu_count()},
        "versions": {name: version(name) for name in PACKAGES},
        "warm_up": WARM_UP,
        "results": results,
    }


def as_markdown(measured: dict[str, Any]) -> str:
    """The record as a page."""
    return f"""# What Ray Train costs over torchrun

Written by `python -m benchmarks.train_overhead --out docs/benchmarks` on {measured["at"]}: Gemma 3 270M with LoRA,
gloo, {measured["machine"]["cores"]} cores, a core a worker. The same TRL trainer on both sides; runs in the order of
the tables. The first {WARM_UP} steps do not count.

{chr(10).join(map(_section, measured["results"]))}
The target is at most {TARGET:.0%}. A cluster's own processes (raylet, dashboard, metrics) take a few hundredths of a
core; where workers take every core of a machine, each step waits for the worker that was interrupted.
"""


def _section(result: dict[str, Any]) -> str:
    rates = result["steps_per_second"]
    lines = [
        f"| {run['side']} | {run['steps_per_second']:.3f} | {run['whole_seconds']:.0f} | {run['loss']:.4f} |"
        for run in result["runs"]
    ]
    return f"""## Workers: {result["workers"]}, {result["batch"]} rows each, {result["steps"]} steps

| started by | steps/s | whole command, s | last loss |
|---|---|---|---|
{chr(10).join(lines)}

Medians: Ray Train {rates["ray"]:.3f}, torchrun {rates["torchrun"]:.3f} steps/s. Ray Train takes
**{result["cost"]:.1%}** of the rate.
"""


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=2, help="runs of each side")
    parser.add_argument("--steps", type=int, default=24, help="optimizer steps of a run")
    parser.add_argument("--batch", type=int, default=4, help="rows of a worker in a step")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2], help="workers of a run, a core each")
    parser.add_argument("--out", type=Path, help="folder for train_overhead.json and train_overhead.md")
    parser.add_argument("--plain", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.steps <= WARM_UP:
        parser.error(f"--steps {given.steps}: give more than the {WARM_UP} of the warm-up")
    runs = [Run(given.steps, given.batch, workers) for workers in given.workers]
    if given.plain:
        return plain_worker(settings_of(given.plain, runs[0]))
    measured = record([{**asdict(run), **compare(given.rounds, run)} for run in runs])
    print(as_markdown(measured))
    if given.out:
        given.out.mkdir(parents=True, exist_ok=True)
        (given.out / "train_overhead.json").write_text(json.dumps(measured, indent=1), encoding="utf8")
        (given.out / "train_overhead.md").write_text(as_markdown(measured), encoding="utf8")


if __name__ == "__main__":
    main()
