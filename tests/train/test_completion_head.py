"""The head at answer positions only gives the losses and gradients of the head everywhere."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.train


def test_leaving_out_unlabelled_positions_changes_no_loss_and_no_gradient(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch
    import trl.trainer.utils as trl_head
    from transformers import Gemma3ForCausalLM, Gemma3TextConfig

    from train.completion_head import score_completions_only

    torch.manual_seed(0)
    shape = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "vocab_size": 500, "head_dim": 16}
    model = Gemma3ForCausalLM(Gemma3TextConfig(num_attention_heads=2, num_key_value_heads=1, **shape))
    trl_head.add_fused_lm_head(model)
    tokens = torch.randint(5, 500, (3, 20))
    labels = tokens.masked_fill(torch.arange(20) < 16, -100)

    def loss_and_gradient() -> tuple[float, torch.Tensor]:
        model.zero_grad()
        loss = model(input_ids=tokens, labels=labels, fused_lm_head=True).loss
        loss.backward()
        return loss.item(), model.model.layers[0].mlp.up_proj.weight.grad.clone()

    monkeypatch.setattr(trl_head, "_use_triton", trl_head._use_triton)  # put back after the test
    everywhere, gradient = loss_and_gradient()
    score_completions_only()
    answers, same = loss_and_gradient()
    assert answers == pytest.approx(everywhere, abs=1e-6)
    assert torch.allclose(gradient, same, atol=1e-7)
