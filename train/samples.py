"""Sample predictions of a model in training: what it is to answer to a prompt, and what it answers now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from koubo.dataset.rows import Row

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

LONGEST = 64
"""Most tokens that are decoded, so that samples take seconds."""


@dataclass(frozen=True, slots=True)
class Samples:
    """Rows whose answers are shown. `every_rank`: the weights lie in shards (ZeRO-3), so all ranks decode together."""

    rows: tuple[Row, ...]
    tokenizer: PreTrainedTokenizerBase
    every_rank: bool

    def lines(self, model: PreTrainedModel) -> list[str]:
        """One line a row: prompt -> expected, got; greedy, so that no random state moves."""
        import torch

        training = model.training
        model.eval()
        with torch.no_grad():
            lines = [self._line(model, row) for row in self.rows]
        model.train(training)
        return lines

    def _line(self, model: PreTrainedModel, row: Row) -> str:
        prompt, expected = row.prompt, row.answers[0]
        return f"{prompt!r} -> expected {expected!r}, got {self._greedy(model, prompt, expected)!r}"

    def _greedy(self, model: Any, prompt: str, expected: str) -> str:
        tokens = self.tokenizer(prompt, return_tensors="pt").to(model.device)
        room = min(LONGEST, len(self.tokenizer(expected).input_ids) + 4)
        plain = {"do_sample": False, "top_p": None, "top_k": None, "temperature": None}
        ids = model.generate(**tokens, max_new_tokens=room, pad_token_id=self.tokenizer.pad_token_id, **plain)
        return str(self.tokenizer.decode(ids[0, tokens.input_ids.shape[1] :], skip_special_tokens=True))
