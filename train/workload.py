"""What one optimizer step works on, per worker: sequences, tokens, positions that are scored."""

from __future__ import annotations

import math
from dataclasses import dataclass

from koubo.dataset.rows import Row, RowSet
from train.settings import TrainSettings
from train.tasks import Task


@dataclass(frozen=True, slots=True)
class Workload:
    """Counts of a run: rows, `sequences` of a worker in a pass, mean and most tokens of a sequence and of an answer.

    `forwards_only`: passes without a backward one, such as that of DPO's reference.
    """

    rows: int
    sequences: int
    tokens: float
    most_tokens: int
    answer: float
    most_answer: int
    forwards_only: int


def workload(task: Task, settings: TrainSettings, rows: RowSet[Row]) -> Workload:
    """Counts by an upper estimate without a tokenizer: a character is at most about a token, two marks are added."""
    answers = [len(answer) + 1 for row in rows.rows for answer in row.answers]
    lengths = [
        min(settings.max_length, len(row.prompt) + len(answer) + 2) for row in rows.rows for answer in row.answers
    ]
    each = task.sequences
    return Workload(
        rows=len(rows.rows),
        sequences=settings.batch * each,
        tokens=sum(lengths) / len(lengths),
        most_tokens=max(lengths),
        answer=sum(answers) / len(answers),
        most_answer=min(settings.max_length, max(answers)),
        forwards_only=each - 1,
    )


def steps(settings: TrainSettings, rows: int, workers: int) -> int:
    """Optimizer steps of a run with so many workers of `batch` rows each."""
    return settings.steps or math.ceil(settings.epochs * math.ceil(rows / (settings.batch * workers)))
