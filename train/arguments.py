"""TRL's training arguments from the settings, for the workers that run now."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from train.settings import TrainSettings

ZERO = Path(__file__).parent / "zero"


def arguments(settings: TrainSettings, scratch: Path, workers: int) -> dict[str, Any]:
    """Arguments of SFTConfig or DPOConfig; checkpoints are first written under `scratch`.

    The loss is a mean over the answer tokens of all workers (TRL's default), so that 1 worker x 8 rows and 2 x 4 agree.
    """
    return {
        "output_dir": str(scratch),
        "max_length": settings.max_length,
        "learning_rate": settings.learning_rate,
        "lr_scheduler_type": "linear",
        "warmup_steps": settings.warmup_steps,
        "num_train_epochs": settings.epochs,
        "max_steps": settings.steps or -1,
        "seed": settings.seed,
        "disable_tqdm": True,
        "report_to": [],
        **_batches(settings, workers),
        **_device(settings),
        **_intervals(settings),
    }


def _batches(settings: TrainSettings, workers: int) -> dict[str, Any]:
    """The share of the global batch that falls to one of the workers that run now."""
    rows, passes = settings.share(workers)
    return {
        "per_device_train_batch_size": rows,
        "gradient_accumulation_steps": passes,
        "per_device_eval_batch_size": settings.batch,
    }


def _device(settings: TrainSettings) -> dict[str, Any]:
    on_cpu = settings.gpus_per_worker == 0
    return {
        "bf16": settings.dtype == "bfloat16",
        "gradient_checkpointing": settings.gradient_checkpointing,
        "deepspeed": None if settings.deepspeed == "none" else str(ZERO / f"{settings.deepspeed}.json"),
        "use_cpu": on_cpu,
        "ddp_backend": "gloo" if on_cpu else "nccl",
        "ddp_find_unused_parameters": False,  # the adapter is on every linear layer, and all of them are used
    }


def _intervals(settings: TrainSettings) -> dict[str, Any]:
    """When to log, save and evaluate; `train.report` adds an evaluation to every checkpoint."""
    return {
        "logging_steps": settings.log_steps,
        "logging_first_step": True,
        "save_strategy": "steps",
        "save_steps": settings.save_steps,
        "save_total_limit": 1,  # local copies; Ray Train keeps the reported ones
        "eval_strategy": "steps" if settings.evaluation else "no",
        "eval_steps": settings.eval_steps or settings.save_steps,
        "prediction_loss_only": True,
    }
