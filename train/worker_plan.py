"""What the driver tells each training worker, and the rows that both of them use."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from koubo.dataset.rows import Row, RowError, RowSet, fitting, load_rows
from train.settings import TrainSettings
from train.tasks import TASKS, Task

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


@dataclass(frozen=True, slots=True)
class WorkerPlan:
    """What the driver tells each worker. `objective` holds arguments of the task's own, such as DPO's beta."""

    task: Task
    settings: TrainSettings
    objective: dict[str, float]

    def to_config(self) -> dict[str, Any]:
        """As plain values, for Ray Train's `train_loop_config`."""
        shared = {name: getattr(self.settings, name) for name in TrainSettings.model_fields}
        return {"task": self.task.name, "settings": shared, "objective": self.objective}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> WorkerPlan:
        """The inverse of `to_config`."""
        return cls(TASKS[config["task"]], TrainSettings.model_validate(config["settings"]), config["objective"])


@dataclass(frozen=True, slots=True)
class RunRows:
    """The usable rows of a run: to train on, and to evaluate on where there are any."""

    training: RowSet[Row]
    evaluation: RowSet[Row] | None = None

    @property
    def errors(self) -> tuple[RowError, ...]:
        """What was left out of both."""
        return self.training.errors + (self.evaluation.errors if self.evaluation else ())

    @property
    def counts(self) -> str:
        """How many rows there are, in words."""
        held_out = f", {len(self.evaluation.rows)} held out" if self.evaluation else ""
        return f"{len(self.training.rows)} rows{held_out}, {len(self.errors)} left out"


def usable_rows(plan: WorkerPlan, tokenizer: PreTrainedTokenizerBase) -> RunRows:
    """The rows of the plan that are well formed and fit into `max_length`; the same on the driver and every worker.

    Raises:
        DatasetError: no row is usable.
    """

    def usable(path: Path, setting: str) -> RowSet[Row]:
        return fitting(load_rows(path, plan.task.form, setting), plan.settings.max_length, tokens)

    def tokens(texts: Any) -> list[int]:
        return [len(ids) for ids in tokenizer(list(texts)).input_ids]

    held_out = plan.settings.evaluation
    return RunRows(usable(plan.settings.rows, "rows"), usable(held_out, "evaluation") if held_out else None)
