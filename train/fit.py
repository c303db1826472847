"""What runs on the driver: check the input, claim the run's folder, train on Ray Train's workers, say where it went."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import ray
import ray.train
from ray.train import CheckpointConfig, FailureConfig, RunConfig, ScalingConfig, TrainingFailedError
from ray.train.torch import TorchTrainer

from koubo.dataset.rows import DatasetError, load_rows, write_errors
from train.base_model import load_tokenizer, open_base
from train.checkpoints import SCORE
from train.loop import train_worker
from train.plan import Plan, make_plan
from train.room import check_disk, check_memory, memory_of_cluster
from train.settings import IDENTITY, TrainError, TrainSettings
from train.tasks import Task
from train.worker_plan import WorkerPlan, usable_rows

RUN = "run.json"
# Ray Train's patch of print shows each line twice, and what libraries print to buffers of their own as well.
QUIET = {"RAY_TRAIN_ENABLE_PRINT_PATCH": "0", "TRANSFORMERS_VERBOSITY": "error"}


def run(task: Task, settings: TrainSettings, objective: dict[str, float] | None = None) -> None:
    """Train and print where the checkpoint is: the body of an entry point.

    Exits with 2 on input it cannot use, with 1 where the workers failed more often than allowed.
    """
    try:
        result = fit(task, settings, objective)
    except DatasetError as error:
        print(f"train.{task.name}: {error}", file=sys.stderr)
        raise SystemExit(2) from error
    except TrainingFailedError as error:
        print(f"train.{task.name}: {error}\nrun it again with the same --out to go on from there", file=sys.stderr)
        raise SystemExit(1) from error
    print(f"train.{task.name}: checkpoint {result.checkpoint.path}")
    print(f"merge it: python -m train.export --checkpoint {settings.out} --out MERGED")


def fit(task: Task, settings: TrainSettings, objective: dict[str, float] | None = None) -> ray.train.Result:
    """Train, or go on from the latest checkpoint of `settings.out`.

    Connects to the Ray cluster of the process, to the one that RAY_ADDRESS names, or starts one here.

    Raises:
        TrainError: unusable rows or base model, a folder that holds another run, too little disk or memory.
        TrainingFailedError: the workers failed more often than `max_failures` allows.
    """
    plan = WorkerPlan(task, settings, objective or {})
    load_rows(settings.rows, task.form)  # a bad file is told at once, before a model is fetched
    base = open_base(settings.base_source)
    rows = usable_rows(plan, load_tokenizer(base))
    planned = _planned(plan)
    if planned:
        check_disk(planned.shape, settings)
    claim(plan, base.fingerprint)
    report = write_errors(settings.out, rows.errors)
    print(f"train.{task.name}: {rows.counts} ({report})", flush=True)
    if not ray.is_initialized():
        ray.init()
    free = memory_of_cluster()
    if planned and free is not None:
        check_memory(planned, free)
    return trainer(plan).fit()


def _planned(plan: WorkerPlan) -> Plan | None:
    """What the run needs by arithmetic, or None, with a line that says so, for a model whose shape is not known."""
    try:
        return make_plan(plan.task, plan.settings)
    except TrainError as error:
        print(f"train.{plan.task.name}: room for the run is not checked: {error}", flush=True)
        return None


def trainer(plan: WorkerPlan) -> TorchTrainer:
    """Ray Train's trainer: the run's name and storage path are its folder's, so the same folder resumes."""
    s = plan.settings
    resources = {"CPU": float(s.cpus_per_worker)} | ({"GPU": s.gpus_per_worker} if s.gpus_per_worker else {})
    return TorchTrainer(
        train_worker,
        train_loop_config=plan.to_config(),
        scaling_config=ScalingConfig(
            num_workers=(s.min_workers, s.workers) if s.min_workers else s.workers,
            use_gpu=s.gpus_per_worker > 0,
            resources_per_worker=resources,
        ),
        run_config=RunConfig(
            name=s.out.name,
            storage_path=str(s.out.parent),
            failure_config=FailureConfig(max_failures=s.max_failures),
            checkpoint_config=kept_checkpoints(s),
            worker_runtime_env={"env_vars": QUIET},
        ),
    )


def kept_checkpoints(settings: TrainSettings) -> CheckpointConfig:
    """Which checkpoints stay: the best by evaluation loss (and always the latest, to resume), else the latest."""
    score: dict[str, Any] = {}
    if settings.evaluation:
        score = {"checkpoint_score_attribute": SCORE, "checkpoint_score_order": "min"}
    return CheckpointConfig(num_to_keep=settings.keep, **score)


def claim(plan: WorkerPlan, base_fingerprint: str) -> None:
    """Write what the run is to `OUT/run.json`; where one is there already, it must be the same run.

    Raises:
        TrainError: the folder holds a run of another model, other rows or other settings.
    """
    path = plan.settings.out / RUN
    mine = identity(plan, base_fingerprint)
    if path.is_file():
        theirs = json.loads(path.read_text(encoding="utf8"))
        changed = [f"{k}: {theirs.get(k)!r} -> {mine[k]!r}" for k in mine if theirs.get(k) != mine[k]]
        if changed:
            raise TrainError(
                f"--out {plan.settings.out}: holds another run ({'; '.join(changed)}); give another folder, or the "
                "same settings to resume it"
            )
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = path.with_name(f".{RUN}.partial")  # a disk that is full must not leave half a record
    whole.write_text(json.dumps(mine, indent=1), encoding="utf8")
    whole.replace(path)


def identity(plan: WorkerPlan, base_fingerprint: str) -> dict[str, Any]:
    """What must not change when a run is resumed: model, rows, and the settings that shape the loss curve."""
    settings = {name: getattr(plan.settings, name) for name in IDENTITY}
    rows = hashlib.sha256(Path(plan.settings.rows).read_bytes()).hexdigest()
    shards = 0 if plan.settings.deepspeed == "none" else plan.settings.workers
    what = {"task": plan.task.name, "base": base_fingerprint, "rows": rows}
    return {**what, **settings, **plan.objective, "deepspeed": plan.settings.deepspeed, "shards": shards}
