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

from train.arguments import arguments
from train.base_model import BaseModel, load_model, load_tokenizer, open_base
from train.worker_plan import RunRows, WorkerPlan, usable_rows

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase, Trainer

    from train.samples import Samples


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
        parts = TrainerParts(base, tokenizer, rows, Path(scratch), ray.train.get_context().get_world_size())
        trainer = build_trainer(plan, parts)
        record = RunRecord(plan.settings.out, plan.task.name, base)
        trainer.add_callback(ReportCallback(record, shown_rows(plan, tokenizer, rows)))
        checkpoint = ray.train.get_checkpoint()
        resumed = stack.enter_context(checkpoint.as_directory()) if checkpoint else None
        trainer.train(resume_from_checkpoint=resumed)
        return _last_metrics(trainer)


@dataclass(frozen=True, slots=True)
class TrainerParts:
    """What a trainer is built of on a worker; it writes its checkpoints under `scratch`."""

    base: BaseModel
    tokenizer: PreTrainedTokenizerBase
    rows: RunRows
    scratch: Path
    workers: int


def build_trainer(plan: WorkerPlan, parts: TrainerParts) -> Trainer:
    """TRL's trainer of the plan's task, with a new LoRA adapter on the base; knows nothing of Ray."""
    from datasets import Dataset, disable_progress_bars
    from peft import LoraConfig
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bars()
    disable_progress_bar()
    settings = plan.settings
    if settings.deepspeed != "none":
        join_deepspeed()
    trainer_class, arguments_class = plan.task.trl_classes()
    # The arguments come first: with ZeRO-3 they decide that the weights are loaded in shards.
    given = arguments_class(**arguments(settings, parts.scratch, parts.workers), **plan.objective)
    lora = LoraConfig(
        r=settings.lora_rank, lora_alpha=2 * settings.lora_rank, target_modules="all-linear", task_type="CAUSAL_LM"
    )
    held_out = parts.rows.evaluation
    trainer = trainer_class(
        model=load_model(parts.base, settings.dtype),
        args=given,
        train_dataset=Dataset.from_list(plan.task.columns_of(parts.rows.training.rows)),
        eval_dataset=Dataset.from_list(plan.task.columns_of(held_out.rows)) if held_out else None,
        processing_class=parts.tokenizer,
        peft_config=lora,
    )
    _quiet(trainer)
    return trainer


def join_deepspeed() -> None:
    """Tell DeepSpeed of the process group that Ray Train made.

    On the CPU nothing else does before the weights are loaded, and ZeRO-3 would take this worker for the only one.
    """
    import deepspeed

    deepspeed.init_distributed(auto_mpi_discovery=False)


def shown_rows(plan: WorkerPlan, tokenizer: PreTrainedTokenizerBase, rows: RunRows) -> Samples:
    """The first rows, held-out ones where there are any, whose predictions are shown in training."""
    from train.samples import Samples

    shown = (rows.evaluation or rows.training).rows[: plan.settings.samples]
    return Samples(shown, tokenizer, every_rank=plan.settings.deepspeed == "zero3")


def _quiet(trainer: Trainer) -> None:
    """Drop the stock printer of metrics: `train.report` prints them, once."""
    from transformers.trainer_callback import PrinterCallback

    trainer.remove_callback(PrinterCallback)


def _last_metrics(trainer: Trainer) -> dict[str, float]:
    logged = [entry for entry in trainer.state.log_history if "loss" in entry]
    return dict(logged[-1]) if logged else {}
