"""The shape of a decoder with gated feed-forward layers (Gemma, Qwen, Llama), read from its config.json."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cluster.models import ModelSourceError, resolve
from train.settings import TrainError

KNOWN = Path(__file__).parent / "known_models.json"


@dataclass(frozen=True, slots=True)
class ModelShape:
    """Widths of one token's vectors: `queries` and `keys` are those of all heads together."""

    hidden: int
    layers: int
    queries: int
    keys: int
    feed_forward: int
    vocabulary: int
    tied: bool

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> ModelShape:
        """From the fields of a Hugging Face config.json. Raises KeyError where one is absent."""
        config = config.get("text_config", config)  # of a model that also sees pictures
        heads = config["num_attention_heads"]
        width = config.get("head_dim") or config["hidden_size"] // heads
        return cls(
            hidden=config["hidden_size"],
            layers=config["num_hidden_layers"],
            queries=heads * width,
            keys=config["num_key_value_heads"] * width,
            feed_forward=config["intermediate_size"],
            vocabulary=config["vocab_size"],
            tied=config.get("tie_word_embeddings", True),
        )

    @property
    def layer_parameters(self) -> int:
        """Weights of one layer's seven matrices; norms and biases, less than a thousandth, are not counted."""
        attention = 2 * self.hidden * (self.queries + self.keys)
        return attention + 3 * self.hidden * self.feed_forward

    @property
    def parameters(self) -> int:
        """All weights: layers, token embeddings, and the head where it is not the embeddings again."""
        embeddings = self.vocabulary * self.hidden * (1 if self.tied else 2)
        return self.layers * self.layer_parameters + embeddings

    def lora_parameters(self, rank: int) -> int:
        """Weights of LoRA on every linear layer: rank x (inputs + outputs) each (Hu et al. 2021, arXiv:2106.09685)."""
        attention = 2 * (self.hidden + self.queries) + 2 * (self.hidden + self.keys)
        return self.layers * rank * (attention + 3 * (self.hidden + self.feed_forward))


def shape_of(source: str) -> ModelShape:
    """The shape of a model source without its weights: a folder's config.json, a hub's cached one, or a known model's.

    Raises:
        TrainError: no config.json at hand and no known shape, or one that lacks a field.
    """
    try:
        return ModelShape.from_config(_config(source))
    except KeyError as error:
        raise TrainError(f"--base {source}: its config.json has no {error}; the plan knows plain decoders") from error


def _config(source: str) -> dict[str, Any]:
    try:
        place = resolve(source)
    except ModelSourceError as error:
        raise TrainError(f"--base: {error}") from error
    path = place / "config.json" if isinstance(place, Path) else _cached(place)
    if path is not None and path.is_file():
        return dict(json.loads(path.read_text(encoding="utf8")))
    known = json.loads(KNOWN.read_text(encoding="utf8"))
    if place not in known:
        raise TrainError(
            f"--base {source}: no config.json at hand and not among the known models ({', '.join(known)}); download "
            f"the model, or add its shape to {KNOWN}"
        )
    return dict(known[place])


def _cached(name: str) -> Path | None:
    from huggingface_hub import try_to_load_from_cache

    path = try_to_load_from_cache(name, "config.json") if name else None
    return Path(path) if isinstance(path, str) else None
