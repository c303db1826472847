"""What a run tells while it trains: progress, metrics, sample predictions, checkpoints to Ray Train.

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
from train.board import Board
from train.checkpoints import SCORE
from train.lineage import Lineage
from train.metrics import add_metrics, keep_metrics_until
from train.samples import Samples


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run's folder, its task and the model it started from."""

    out: Path
    task: str
    base: BaseModel


class ReportCallback(TrainerCallback):
    """Rank-aware reporting: rank 0 prints, logs and uploads the model; every rank reports every checkpoint."""

    def __init__(self, run: RunRecord, samples: Samples) -> None:
        """Report on `run`; to be made inside a Ray Train worker."""
        self.run, self.samples = run, samples
        self.rank = ray.train.get_context().get_world_rank()
        self.started = time.perf_counter()
        self.first_step = 0
        self.board: Board | None = None

    def on_train_begin(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        """Start the clock; forget metrics of steps that a resumed run does again."""
        self.started, self.first_step = time.perf_counter(), state.global_step
        if self.rank == 0:
            keep_metrics_until(self.run.out, state.global_step)
            self.board = Board(self.run.out, self.run.task, state.global_step)
            where = f"resumes after step {state.global_step}" if state.global_step else "starts"
            self._say(f"{where}, {state.max_steps} steps, {args.world_size} workers")

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        """Evaluate before every checkpoint, whose score that is."""
        if control.should_save and args.eval_strategy != "no":
            control.should_evaluate = True

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, float] | None = None,
        **_: Any,
    ) -> None:
        """Write metrics where they are watched and print progress (rank 0; the run's own summary is left out)."""
        if self.board is None or not logs or not {"loss", SCORE} & set(logs):
            return
        seconds = time.perf_counter() - self.started
        add_metrics(self.run.out, {"step": state.global_step, "seconds": round(seconds, 3), **logs})
        self.board.show(state.global_step, logs)
        self._say(self._progress(state, logs, seconds) if "loss" in logs else f"evaluation loss {logs[SCORE]:.4f}")

    def on_save(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **given: Any) -> None:
        """Show samples; hand this rank's files of the checkpoint to Ray Train, with the latest metrics."""
        self._show_samples(given["model"])
        folder = Path(str(args.output_dir)) / f"{PREFIX_CHECKPOINT_DIR}-{state.global_step}"
        if self.rank == 0:
            run = self.run
            Lineage(run.task, state.global_step, run.base.source, run.base.fingerprint).write(folder)
        checkpoint = ray.train.Checkpoint.from_directory(folder) if folder.is_dir() else None
        name = f"checkpoint-{state.global_step:06d}"
        ray.train.report(latest_metrics(state), checkpoint=checkpoint, checkpoint_dir_name=name)

    def on_train_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        """Close what shows the metrics."""
        if self.board is not None:
            self.board.close()

    def _show_samples(self, model: Any) -> None:
        if self.rank == 0 or self.samples.every_rank:
            for line in self.samples.lines(model):
                self._say(line)

    def _say(self, line: str) -> None:
        if self.rank == 0:
            print(f"train.{self.run.task}: {line}", flush=True)

    def _progress(self, state: TrainerState, logs: dict[str, float], seconds: float) -> str:
        done = state.global_step - self.first_step
        left = (state.max_steps - state.global_step) * seconds / max(done, 1)
        accuracy = logs.get("rewards/accuracies", logs.get("mean_token_accuracy"))
        shown = f", accuracy {accuracy:.2f}" if accuracy is not None else ""
        return (
            f"step {state.global_step}/{state.max_steps}, loss {logs['loss']:.4f}{shown}, "
            f"{seconds / max(done, 1):.1f} s/step, {left:.0f} s left"
        )


def latest_metrics(state: TrainerState) -> dict[str, float]:
    """The latest training metrics, and the latest evaluation's where there was one, with the step that was reached."""
    last: dict[str, float] = {}
    for key in ("loss", SCORE):
        last |= next((entry for entry in reversed(state.log_history) if key in entry), {})
    return {**last, "step": state.global_step}
