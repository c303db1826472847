"""What tells SFT from DPO: the form of the rows, the columns TRL reads, and TRL's trainer. All the rest is shared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from koubo.dataset.rows import CompletionRow, PreferenceRow, Row


@dataclass(frozen=True, slots=True)
class Task:
    """A way of training, by the names of its parts in TRL (imported only where training runs)."""

    name: str
    form: type[Row]
    columns: tuple[str, ...]
    trainer: str
    arguments: str

    @property
    def sequences(self) -> int:
        """Sequences that a row becomes: one an answer."""
        return len(self.columns) - 1

    def columns_of(self, rows: tuple[Row, ...]) -> list[dict[str, str]]:
        """The rows as TRL's data set takes them."""
        return [{column: getattr(row, column) for column in self.columns} for row in rows]

    def trl_classes(self) -> tuple[Any, Any]:
        """TRL's trainer and the class of its arguments."""
        import trl

        return getattr(trl, self.trainer), getattr(trl, self.arguments)


SFT = Task("sft", CompletionRow, ("prompt", "completion"), "SFTTrainer", "SFTConfig")
DPO = Task("dpo", PreferenceRow, ("prompt", "chosen", "rejected"), "DPOTrainer", "DPOConfig")
TASKS = {task.name: task for task in (SFT, DPO)}
