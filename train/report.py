"""What a run tells while it trains: progress lines, metrics as JSON lines, checkpoints to Ray Train.

Reporting a checkpoint is a barrier: every rank calls it at the same step. Each rank hands over what it wrote itself:
rank 0 the adapter, the optimizer and the trainer's state, the others their random state and, with ZeRO, their shard.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ray.train
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments
from transformers.trainer_utils import PREFIX_CHECKPOINT_DIR

from train.base_model import BaseModel
from train.lineage import Lineage
from train.metrics import add_metrics, keep_metrics_until


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run's folder, its task and the model it started from."""

    out: Path
    task: str
    base: BaseModel


class ReportCallback(TrainerCallback):
    """Rank-aware reporting: rank 0 prints, logs and uploads the model; every rank reports every checkpoint."""

    def __init__(self, run: RunRecord) -> None:
        """Report on `run`; to be made inside a Ray Train worker."""
        self.run = run
        self.rank = ray.train.get_context().get_world_rank()
        self.started = time.perf_counter()
        self.first_step = 0

    def on_train_begin(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        """Start the clock; forget metrics of steps that a resumed run does again."""
        self.started, self.first_step = time.perf_counter(), state.global_step
        if self.rank == 0:
            keep_metrics_until(self.run.out, state.global_step)
            where = f"resumes after step {state.global_step}" if state.global_step else "starts"
            print(f"train.{self.run.task}: {where}, {state.max_steps} steps, {args.world_size} workers", flush=True)

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, float] | None = None,
        **_: Any,
    ) -> None:
        """Add a line to `metrics.jsonl` and print progress (rank 0; the summary of the whole run is left out)."""
        if self.rank != 0 or not logs or "loss" not in logs:
            return
        seconds = time.perf_counter() - self.started
        add_metrics(self.run.out, {"step": state.global_step, "seconds": round(seconds, 3), **logs})
        print(self._progress(state, logs, seconds), flush=True)

    def on_save(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        """Hand this rank's files of the checkpoint to Ray Train, with the latest metrics."""
        folder = Path(str(args.output_dir)) / f"{PREFIX_CHECKPOINT_DIR}-{state.global_step}"
        if self.rank == 0:
            run = self.run
            Lineage(run.task, state.global_step, run.base.source, run.base.fingerprint).write(folder)
        checkpoint = ray.train.Checkpoint.from_directory(folder) if folder.is_dir() else None
        metrics = {"step": state.global_step, **(state.log_history[-1] if state.log_history else {})}
        ray.train.report(metrics, checkpoint=checkpoint, checkpoint_dir_name=f"checkpoint-{state.global_step:06d}")

    def _progress(self, state: TrainerState, logs: dict[str, float], seconds: float) -> str:
        done = state.global_step - self.first_step
        left = (state.max_steps - state.global_step) * seconds / max(done, 1)
        accuracy = logs.get("rewards/accuracies", logs.get("mean_token_accuracy"))
        shown = f", accuracy {accuracy:.2f}" if accuracy is not None else ""
        return (
            f"train.{self.run.task}: step {state.global_step}/{state.max_steps}, loss {logs['loss']:.4f}{shown}, "
            f"{seconds / max(done, 1):.1f} s/step, {left:.0f} s left"
        )
