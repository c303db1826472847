"""Sample predictions disturb nothing: neither the random state nor the mode of the model."""

from __future__ import annotations

from pathlib import Path

import pytest

from koubo.dataset.rows import CompletionRow
from tests.train.small_model import save_small_model
from train.base_model import load_model, load_tokenizer, open_base
from train.samples import Samples

pytestmark = pytest.mark.train


def test_a_sample_tells_what_was_expected_and_what_came(tmp_path: Path) -> None:
    import torch

    base = open_base(f"folder:{save_small_model(tmp_path / 'small')}")
    tokenizer, model = load_tokenizer(base), load_model(base, "float32").train()
    rows = (CompletionRow(prompt="仅售«88»块\n读作：", completion="八十八"),)
    before = torch.get_rng_state()
    lines = [Samples(rows, tokenizer, every_rank=False).lines(model) for _ in range(2)]
    assert lines[0] == lines[1], "greedy"
    assert lines[0][0].startswith("'仅售«88»块\\n读作：' -> expected '八十八', got ")
    assert torch.equal(torch.get_rng_state(), before)
    assert model.training
