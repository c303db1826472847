"""Time of one optimizer step, by arithmetic: operations over a sustained rate, traffic over the slowest link.

A forward pass takes 2 operations a weight and token (Kaplan et al. 2020, arXiv:2001.08361, section 2.1) and
4 x queries x length in the attention of a layer. Of the backward pass's 4, LoRA needs half: the frozen weights get no
gradient. Recomputed activations add a forward pass, and TRL recomputes the head's tiles in any case. Traffic as in
Rajbhandari et al. 2020, section 7: gradients are reduced and spread once (2 x size), and stage 3 gathers all weights
once in each forward and once in each backward pass. Overlap of the two is not counted.
"""

from __future__ import annotations

from train.memory import trained_bytes, weight_bytes
from train.settings import TrainSettings
from train.shape import ModelShape
from train.workload import Workload


def step_seconds(shape: ModelShape, settings: TrainSettings, work: Workload, workers: int) -> float:
    """Seconds of a step with so many workers of `batch` rows each."""
    computing = step_operations(shape, settings, work) / (settings.device_tflops * 1e12)
    return computing + step_traffic(shape, settings, work, workers) / (settings.link_gbytes * 1e9)


def step_operations(shape: ModelShape, settings: TrainSettings, work: Workload) -> float:
    """Floating-point operations of one worker in one step."""
    attention = 4 * shape.layers * shape.queries * work.tokens
    layers = work.sequences * work.tokens * (2 * shape.layers * shape.layer_parameters + attention)
    head = work.sequences * work.answer * 2 * shape.vocabulary * shape.hidden
    passes = 3 if settings.gradient_checkpointing else 2
    return layers * (passes + work.forwards_only) + head * (3 + work.forwards_only)


def step_traffic(shape: ModelShape, settings: TrainSettings, work: Workload, workers: int) -> float:
    """Bytes that one worker sends in one step."""
    gradients = 2 * shape.lora_parameters(settings.lora_rank) * trained_bytes(settings)[1]
    gathered = shape.parameters * weight_bytes(settings) * (2 + work.forwards_only)
    share = (workers - 1) / workers
    return share * (gradients + (gathered if settings.deepspeed == "zero3" else 0))
