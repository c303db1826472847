"""The model that is trained: where its files are, how it is told from others, how it and its tokenizer are loaded."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cluster.models import ModelSourceError, resolve
from train.settings import TrainError

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

ADAPTER = "adapter_config.json"


@dataclass(frozen=True, slots=True)
class BaseModel:
    """A Hugging Face folder on this machine, its source, and a fingerprint of its weights."""

    source: str
    folder: Path
    fingerprint: str


def open_base(source: str) -> BaseModel:
    """Find the files of a model source (made or downloaded where they are missing) and fingerprint them.

    Raises:
        TrainError: a source that gives no model to train, such as an endpoint, or a checkpoint that was not merged.
    """
    try:
        place = resolve(source)
    except ModelSourceError as error:
        raise TrainError(f"--base: {error}") from error
    folder = place if isinstance(place, Path) else _from_hub(place)
    if (folder / ADAPTER).is_file():
        raise TrainError(
            f"--base {folder}: holds a LoRA adapter, not a model; merge it first, so that the trained model becomes "
            f"the reference: python -m train.export --checkpoint {folder} --out MERGED"
        )
    if not (folder / "config.json").is_file():
        raise TrainError(f"--base {folder}: no config.json; give a Hugging Face model folder")
    return BaseModel(source, folder, fingerprint(folder))


def fingerprint(folder: Path) -> str:
    """SHA-256 over name, type, shape and first row of every tensor: cheap for any size, other after any training.

    Raises:
        TrainError: the folder holds no safetensors file.
    """
    files = sorted(folder.glob("*.safetensors"))
    if not files:
        raise TrainError(f"--base {folder}: no *.safetensors file; save the model with save_pretrained")
    digests = [digest for file in files for digest in _tensor_digests(file)]
    return hashlib.sha256("\n".join(sorted(digests)).encode()).hexdigest()


def load_tokenizer(base: BaseModel) -> PreTrainedTokenizerBase:
    """The tokenizer of a model.

    Raises:
        TrainError: it knows a beginning-of-sequence token but does not add it.
    """
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(base.folder)
    check_bos(tokenizer, base.folder)
    return tokenizer


def check_bos(tokenizer: PreTrainedTokenizerBase, folder: Path) -> None:
    """Raise TrainError where the tokenizer has a beginning-of-sequence token and leaves it out.

    Gemma without it writes nothing but commas. Tokenizers without such a token (Qwen) pass.
    """
    ids = tokenizer("你好").input_ids
    if tokenizer.bos_token_id is not None and ids[0] != tokenizer.bos_token_id:
        raise TrainError(
            f"{folder}: the tokenizer does not put {tokenizer.bos_token} first (got {ids}); mend tokenizer.json"
        )


def load_model(base: BaseModel, dtype: str) -> PreTrainedModel:
    """The model's weights as `dtype` ("float32", "bfloat16"), on the CPU."""
    import torch
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(base.folder, dtype=getattr(torch, dtype))


def _from_hub(name: str) -> Path:
    from huggingface_hub import snapshot_download

    if not name:
        raise TrainError("--base hub: training needs the name of a model; write hub:ORG/NAME")
    return Path(snapshot_download(name, ignore_patterns=["*.bin", "*.pth", "*.gguf"]))


def _tensor_digests(file: Path) -> list[str]:
    from safetensors import safe_open

    with safe_open(file, framework="pt") as tensors:
        return [_digest(name, tensors.get_slice(name)) for name in tensors.keys()]  # noqa: SIM118 (no mapping)


def _digest(name: str, tensor: Any) -> str:
    import torch

    shape = tensor.get_shape()
    row = tensor[:1] if shape else tensor[...].reshape(1)
    raw = row.contiguous().view(torch.uint8).numpy().tobytes()
    return f"{name} {tensor.get_dtype()} {shape} {hashlib.sha256(raw).hexdigest()}"
