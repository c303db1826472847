"""What runs on each training worker: rows and model in, TRL's loop over them, reports and checkpoints out.

The reference of DPO is the model that DPO starts from: the base with the new adapter switched off. After SFT that base
is the merged SFT model (`train.export`); `train.base_model` refuses an unmerged one, which would silently make the
untrained model the reference.
"""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from koubo.dataset.rows import Row, RowSet, fitting, load_rows
from train.base_model import BaseModel, load_model, load_tokenizer, open_base
from train.settings import TrainSettings
from train.tasks import TASKS, Task

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase, Trainer

ZERO = Path(__file__).parent / "zero"


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


def train_worker(config: dict[str, Any]) -> dict[str, float]:
    """Train on this worker, from the latest checkpoint where there is one; returns the last logged metrics."""
    import ray.train
    import torch

    from train.completion_head import score_completions_only
    from train.report import ReportCallback, RunRecord

    plan = WorkerPlan.from_config(config)
    torch.set_num_threads(plan.settings.cpus_per_worker)
    score_completions_only()
    base = open_base(plan.settings.base_source)
    tokenizer = load_tokenizer(base)
    rows = usable_rows(plan, tokenizer)
    with ExitStack() as stack:
        scratch = stack.enter_context(tempfile.TemporaryDirectory(prefix="koubo-train-"))
        trainer = build_trainer(plan, base, tokenizer, rows, Path(scratch))
        trainer.add_callback(ReportCallback(RunRecord(plan.settings.out, plan.task.name, base)))
        checkpoint = ray.train.get_checkpoint()
        resumed = stack.enter_context(checkpoint.as_directory()) if checkpoint else None
        trainer.train(resume_from_checkpoint=resumed)
        return _last_metrics(trainer)


def build_trainer(
    plan: WorkerPlan, base: BaseModel, tokenizer: PreTrainedTokenizerBase, rows: RowSet[Row], scratch: Path
) -> Trainer:
    """TRL's trainer of the plan's task, with a new LoRA adapter on the base."""
    from datasets import Dataset, disable_progress_bars
    from peft import LoraConfig
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bars()
    disable_progress_bar()
    settings = plan.settings
    trainer_class, arguments_class = plan.task.trl_classes()
    # The arguments come first: with ZeRO-3 they decide that the weights are loaded in shards.
    arguments = arguments_class(**_arguments(settings, scratch), **plan.objective)
    lora = LoraConfig(
        r=settings.lora_rank, lora_alpha=2 * settings.lora_rank, target_modules="all-linear", task_type="CAUSAL_LM"
    )
    trainer = trainer_class(
        model=load_model(base, settings.dtype),
        args=arguments,
        train_dataset=Dataset.from_list(plan.task.columns_of(rows.rows)),
        processing_class=tokenizer,
        peft_config=lora,
    )
    _quiet(trainer)
    return trainer


def _arguments(settings: TrainSettings, scratch: Path) -> dict[str, Any]:
    on_cpu = settings.gpus_per_worker == 0
    return {
        "output_dir": str(scratch),
        "max_length": settings.max_length,
        "per_device_train_batch_size": settings.batch,
        "learning_rate": settings.learning_rate,
        "lr_scheduler_type": "linear",
        "warmup_steps": settings.warmup_steps,
        "num_train_epochs": settings.epochs,
        "max_steps": settings.steps or -1,
        "seed": settings.seed,
        "bf16": settings.dtype == "bfloat16",
        "gradient_checkpointing": settings.gradient_checkpointing,
        "logging_steps": settings.log_steps,
        "logging_first_step": True,
        "save_strategy": "steps",
        "save_steps": settings.save_steps,
        "save_total_limit": 1,  # local copies; Ray Train keeps the reported ones
        "deepspeed": None if settings.deepspeed == "none" else str(ZERO / f"{settings.deepspeed}.json"),
        "use_cpu": on_cpu,
        "ddp_backend": "gloo" if on_cpu else "nccl",
        "disable_tqdm": True,
        "report_to": [],
    }


def usable_rows(plan: WorkerPlan, tokenizer: PreTrainedTokenizerBase) -> RowSet[Row]:
    """The rows of the plan that are well formed and fit into `max_length`; the same on the driver and every worker.

    Raises:
        TrainError: no row is usable.
    """
    rows = load_rows(plan.settings.rows, plan.task.form)
    return fitting(rows, plan.settings.max_length, lambda texts: [len(ids) for ids in tokenizer(list(texts)).input_ids])


def _quiet(trainer: Trainer) -> None:
    """Drop the stock printer of metrics: `train.report` prints them, once."""
    from transformers.trainer_callback import PrinterCallback

    trainer.remove_callback(PrinterCallback)


def _last_metrics(trainer: Trainer) -> dict[str, float]:
    logged = [entry for entry in trainer.state.log_history if "loss" in entry]
    return dict(logged[-1]) if logged else {}
