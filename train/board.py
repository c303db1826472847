"""Where a run's numbers are watched: TensorBoard files in its folder, gauges on Ray's dashboard."""

from __future__ import annotations

from pathlib import Path

from ray.util.metrics import Gauge
from torch.utils.tensorboard import SummaryWriter

TENSORBOARD = "tensorboard"
GAUGES = {
    "koubo_train_step": "Optimizer steps done.",
    "koubo_train_loss": "Training loss of the latest logged step.",
    "koubo_train_eval_loss": "Loss over the held-out rows, latest evaluation.",
}


class Board:
    """Shows a run's numbers; one a run, on rank 0."""

    def __init__(self, out: Path, task: str, first_step: int) -> None:
        """Open the event files of `OUT/tensorboard`; what they hold of steps after `first_step` is superseded."""
        self._events = SummaryWriter(str(out / TENSORBOARD), purge_step=first_step + 1)
        self._tags = {"run": out.name, "task": task}
        self._gauges = {name: Gauge(name, about, tag_keys=tuple(self._tags)) for name, about in GAUGES.items()}

    def show(self, step: int, logs: dict[str, float]) -> None:
        """Show what was logged at a step: `loss`, `eval_loss` and whatever else TRL counts."""
        for name, value in logs.items():
            self._events.add_scalar(name, value, step)
        self._events.flush()
        for name, value in {"step": step, **logs}.items():
            gauge = self._gauges.get(f"koubo_train_{name}")
            if gauge is not None:
                gauge.set(value, self._tags)

    def close(self) -> None:
        """Close the event files."""
        self._events.close()
