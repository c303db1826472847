"""Memory of one worker in LoRA training, by arithmetic (bytes).

Weights, gradients and optimizer states as in Rajbhandari et al. 2020, "ZeRO", arXiv:1910.02054, section 3: with mixed
precision under DeepSpeed 2 + 2 + 12 bytes a trained parameter, without 4 + 4 + 8. Only the adapter is trained; the
frozen base has weights alone. Stage 2 divides gradients and optimizer states by the workers, stage 3 the weights too,
of which up to DeepSpeed's `stage3_max_live_parameters` stand gathered at a time.

Activations as in Korthikanti et al. 2022, arXiv:2205.05198, section 4.1: what each operator keeps for its gradient. For
a gated layer without dropout, whose attention keeps no matrix: the inputs of two norms, of the projections and of the
feed-forward part (4 hidden), queries and attention output (2 queries), keys and values (2 keys), gate, up, activation
and product (4 feed-forward). Recomputed (section 5): the inputs of all layers, and one layer in full.

The head is scored at answer positions only and in tiles (TRL's `kernels/chunked_logprob.py`), so that a tile counts and
not positions x vocabulary.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from train.settings import TrainSettings
from train.shape import ModelShape
from train.workload import Workload

LIVE_PARAMETERS = 10**9
"""DeepSpeed's default of `stage3_max_live_parameters`."""
TILE_TOKENS, TILE_WORDS = 4096, 32768
"""Positions and vocabulary entries of one tile of TRL's head."""
RUNTIME = 1 << 30
"""A process without a model: libraries on the CPU; CUDA context and NCCL buffers on a GPU."""
GIB = 1 << 30
CHECKPOINT_FILES = 64 << 20
"""Tokenizer, trainer state and random states of a checkpoint."""


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes of one worker at its peak, by what they hold."""

    weights: float
    gathered: float
    gradients: float
    optimizer: float
    activations: float
    head: float
    runtime: float = RUNTIME

    @property
    def total(self) -> float:
        """All of it."""
        return sum(asdict(self).values())

    @property
    def states(self) -> float:
        """What is there whatever the rows are like: a bound from below."""
        return self.weights + self.gradients + self.optimizer


def memory(shape: ModelShape, settings: TrainSettings, work: Workload, workers: int) -> Memory:
    """The memory of one of so many workers, at the longest rows."""
    stage = {"none": 0, "zero2": 2, "zero3": 3}[settings.deepspeed]
    held, gradient, state = trained_bytes(settings)
    adapter = shape.lora_parameters(settings.lora_rank)
    shards = workers if stage >= 2 else 1
    weights = shape.parameters * weight_bytes(settings) + adapter * held
    gathered = min(shape.parameters, LIVE_PARAMETERS) * weight_bytes(settings) if stage == 3 and workers > 1 else 0
    return Memory(
        weights=weights / (workers if stage == 3 else 1),
        gathered=gathered,
        gradients=adapter * gradient / shards,
        optimizer=adapter * state / shards,
        activations=activations(shape, settings, work.sequences * work.most_tokens),
        head=head(shape, settings, work.sequences * work.most_answer),
    )


def trained_bytes(settings: TrainSettings) -> tuple[int, int, int]:
    """Bytes of a trained parameter: weight, gradient, optimizer state."""
    mixed = settings.deepspeed != "none" and settings.dtype == "bfloat16"
    return (2, 2, 12) if mixed else (4, 4, 8)


def weight_bytes(settings: TrainSettings) -> int:
    """Bytes of a frozen weight and of an activation."""
    return 2 if settings.dtype == "bfloat16" else 4


def activations(shape: ModelShape, settings: TrainSettings, tokens: int) -> float:
    """Bytes of activations that are kept for so many tokens."""
    kept = 4 * shape.hidden + 2 * shape.queries + 2 * shape.keys + 4 * shape.feed_forward
    each = kept + shape.layers * shape.hidden if settings.gradient_checkpointing else kept * shape.layers
    return tokens * each * weight_bytes(settings)


def head(shape: ModelShape, settings: TrainSettings, positions: int) -> float:
    """Bytes of one float32 tile of logits, of its slice of the head, and of hidden states and their gradients."""
    words = min(TILE_WORDS, shape.vocabulary)
    tile = min(TILE_TOKENS, positions) * words * 4
    return tile + words * shape.hidden * 4 + 2 * positions * shape.hidden * 4


def checkpoint_bytes(shape: ModelShape, settings: TrainSettings) -> float:
    """Bytes of one checkpoint on disk: adapter, optimizer state, and the small files beside them."""
    held, _, state = trained_bytes(settings)
    return shape.lora_parameters(settings.lora_rank) * (held + state) + CHECKPOINT_FILES
