"""Settings that SFT and DPO share: model, rows, workers, LoRA, schedule, checkpoints."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from cluster.settings import JobSettings
from koubo.dataset.rows import DatasetError


class TrainError(DatasetError):
    """Input that training or export cannot go on with; the message names it and says what to do."""


def _absolute(path: Path) -> Path:
    if not path.is_absolute():
        raise ValueError(
            f"{str(path)!r} is a relative path; a job may run on another machine, in a copy of this folder, where it "
            f'means something else. Give an absolute path ("$PWD/{path}") that every worker sees'
        )
    return path


AbsolutePath = Annotated[Path, AfterValidator(_absolute)]
"""Type of a settings field that holds a path which means the same on every machine."""


def as_source(place: str) -> str:
    """A model source from a source (`hub:ORG/NAME`) or from the absolute path of a folder."""
    return f"folder:{place}" if place.startswith("/") else place


ModelPlace = Annotated[str, AfterValidator(as_source)]
"""Type of a settings field that holds a model source or an absolute folder."""


class TrainSettings(JobSettings):
    """What one training run is made of; `train.sft` and `train.dpo` add their own fields and defaults."""

    rows: AbsolutePath = Field(description="Training rows, one JSON object a line (see koubo/dataset/rows.py).")
    out: AbsolutePath = Field(
        description="Folder of the run, on storage that every worker sees: checkpoints, metrics.jsonl, errors.jsonl. "
        "A folder that holds a run is resumed from its latest checkpoint."
    )
    evaluation: AbsolutePath | None = Field(
        None, description="Held-out rows of the same form: their loss is computed in training and scores checkpoints."
    )
    base: ModelPlace | None = Field(
        None, description="Model to train: a source or an absolute folder; the profile's writer when none is given."
    )

    workers: int = Field(2, ge=1, description="Training workers (processes).")
    min_workers: int | None = Field(
        None,
        ge=1,
        description="Fewest workers: a run goes on with fewer where a machine is lost and grows again when it is back, "
        "at the same global batch. None: always `workers`.",
    )
    cpus_per_worker: int = Field(1, ge=1, description="Logical CPUs of a worker, which are also its torch threads.")
    gpus_per_worker: float = Field(0, ge=0, description="GPUs of a worker; 0 trains on the CPU.")
    deepspeed: Literal["none", "zero2", "zero3"] = Field(
        "none", description="Plain DDP, or DeepSpeed ZeRO stage 2 or 3."
    )
    device_gib: float = Field(
        8, gt=0, description="Memory of one worker's device, GiB; on the CPU its share of the machine's. For --plan."
    )
    device_tflops: float = Field(
        0.1, gt=0, description="Rate a device sustains in training, 10^12 operations a second. For --plan."
    )
    link_gbytes: float = Field(
        1, gt=0, description="Rate of the slowest link between workers, 10^9 bytes a second. For --plan."
    )
    dtype: Literal["float32", "bfloat16"] = Field("float32", description="Type of the frozen weights; LoRA is float32.")
    gradient_checkpointing: bool = Field(False, description="Recompute activations: less memory, more time.")

    learning_rate: float = Field(3e-4, gt=0, description="Peak learning rate; falls linearly to zero over the run.")
    warmup_steps: int = Field(0, ge=0, description="Steps over which the learning rate rises to its peak.")
    batch: int = Field(
        8, ge=1, description="Rows of one worker in one step; workers x batch is the global batch, which is kept."
    )
    max_length: int = Field(128, ge=8, description="Tokens of prompt and answer; longer rows go to errors.jsonl.")
    lora_rank: int = Field(16, ge=1, description="Rank of the LoRA matrices on all linear layers; alpha is twice it.")
    epochs: float = Field(1.0, gt=0, description="Passes over the rows, where `steps` is not given.")
    steps: int | None = Field(None, ge=1, description="Optimizer steps in all; stands above `epochs`.")
    seed: int = Field(17, ge=0, description="Seed of LoRA initialization and of the row order.")

    log_steps: int = Field(1, ge=1, description="Steps between two lines of metrics.jsonl and of the progress display.")
    save_steps: int = Field(50, ge=1, description="Steps between two checkpoints; the last step is always saved.")
    eval_steps: int | None = Field(
        None, ge=1, description="Steps between two evaluations, beside the one at each checkpoint; None: only those."
    )
    samples: int = Field(2, ge=0, description="Rows whose expected and greedily decoded answers each checkpoint shows.")
    keep: int = Field(2, ge=1, description="Checkpoints kept: those of the lowest evaluation loss, or the latest.")
    plan: bool = Field(
        False, description="Print memory and time for 1, 8 and 64 workers, by arithmetic; train nothing."
    )
    max_failures: int = Field(
        2, ge=-1, description="Restarts from the latest checkpoint after a worker fails; -1: no limit."
    )

    @model_validator(mode="after")
    def _workers_can_change(self) -> Self:
        if self.min_workers is None:
            return self
        if self.min_workers > self.workers:
            raise ValueError(f"min_workers {self.min_workers} is more than workers {self.workers}; give at most that")
        if self.deepspeed != "none":
            raise ValueError(
                f"min_workers with deepspeed {self.deepspeed}: its checkpoints are sharded for one number of workers; "
                "use deepspeed none, or leave min_workers out"
            )
        return self

    @model_validator(mode="after")
    def _evaluated_on_rows(self) -> Self:
        if self.eval_steps and not self.evaluation:
            raise ValueError("eval_steps without evaluation: give the held-out rows")
        return self

    @property
    def global_batch(self) -> int:
        """Rows of one optimizer step, over all workers."""
        return self.workers * self.batch

    def share(self, workers: int) -> tuple[int, int]:
        """Rows of one worker in one pass, and passes in one step, that keep the global batch with `workers` of them.

        Where they do not share it evenly, a step has fewer rows, by less than `workers` x passes.
        """
        passes = -(-self.global_batch // (workers * self.batch))
        return max(1, self.global_batch // (workers * passes)), passes

    @property
    def base_source(self) -> str:
        """The model source that this run trains."""
        return self.base or self.models.writer


IDENTITY = (
    "dtype", "learning_rate", "warmup_steps", "global_batch", "max_length", "lora_rank", "epochs", "steps", "seed",
)  # fmt: skip
"""What shapes the loss curve: a resumed run keeps it. Workers x batch and checkpointing may change."""
