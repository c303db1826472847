"""How likely a causal language model finds each candidate answer after a prompt.

The likelihood of a candidate is the sum over its tokens and the end mark, as supervised fine-tuning counts them. With
the end mark a short candidate does not win by being the beginning of a long one, so lengths are not normalised away.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from train.candidate_tree import CandidateTree, Step, encode, plant

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

Question = tuple[str, Sequence[str]]
"""A prompt and its candidates."""
HEAD_ROWS = 64
"""Positions scored by the head at a time: 64 x 262k x 4 bytes = 67 MB for Gemma."""


@dataclass(frozen=True, slots=True)
class CandidateScorer:
    """Scores candidates with a model in memory (a merged one, or one that PEFT wraps), on the device where it is.

    `batch_tokens` bounds prompts and candidates of one pass through the model, padding included.
    """

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    batch_tokens: int = 1024

    def likelihoods(self, questions: Sequence[Question], progress: str = "") -> list[list[float]]:
        """The natural-log likelihood of each candidate of each question, in their order.

        Args:
            questions: prompts with their candidates; a candidate may be empty, its likelihood is that of silence.
            progress: what lines of progress begin with; none are printed when it is empty.

        Raises:
            ValueError: a prompt without a token, or one that is longer than the model's attention window.
        """
        trees = [self._tree(prompt, candidates) for prompt, candidates in questions]
        scores: list[list[float]] = [[] for _ in trees]
        started, done = time.perf_counter(), 0
        batches = list(self._batches(trees))
        for number, places in enumerate(batches, 1):
            for place, scored in zip(places, self._score([trees[i] for i in places]), strict=True):
                scores[place] = scored
            done += len(places)
            if progress and (number % 10 == 0 or number == len(batches)):
                rate = done / (time.perf_counter() - started)
                left = (len(trees) - done) / rate
                print(f"{progress}: {done}/{len(trees)} spans, {rate:.1f} spans/s, {left:.0f} s left", flush=True)
        return scores

    def _tree(self, prompt: str, candidates: Sequence[str]) -> CandidateTree:
        start, *sequences = encode(self.tokenizer, prompt, candidates)
        tree = plant(start, sequences)
        window = getattr(self.model.config.get_text_config(), "sliding_window", None)
        if window and max(tree.depths) >= window:
            raise ValueError(f"a prompt of {len(start)} tokens exceeds the model's window of {window}: shorten it")
        return tree

    def _batches(self, trees: Sequence[CandidateTree]) -> Iterator[list[int]]:
        """Places of trees of like size, the longest first, so that a lack of memory shows at once."""
        batch: list[int] = []
        for place in sorted(range(len(trees)), key=lambda i: -len(trees[i].tokens)):
            if batch and (len(batch) + 1) * len(trees[batch[0]].tokens) > self.batch_tokens:
                yield batch
                batch = []
            batch.append(place)
        if batch:
            yield batch

    def _score(self, trees: Sequence[CandidateTree]) -> list[list[float]]:
        import torch

        with torch.inference_mode():
            model = _without_adapter_wrapper(self.model)
            hidden = model.model(**_inputs(trees, model), use_cache=False).last_hidden_state
            steps = sorted({(row, *step) for row, tree in enumerate(trees) for path in tree.paths for step in path})
            logs = dict(zip(steps, _log_probabilities(model, hidden, steps), strict=True))
        return [
            [sum(logs[row, node, token] for node, token in path) for path in tree.paths]
            for row, tree in enumerate(trees)
        ]


def _without_adapter_wrapper(model: Any) -> Any:
    """The causal model inside PEFT's wrapper; the adapter stays in its layers."""
    return model.get_base_model() if hasattr(model, "peft_config") else model


def _inputs(trees: Sequence[CandidateTree], model: Any) -> dict[str, torch.Tensor]:
    """Tokens and positions, padded at the right, and a mask by which each node sees its ancestors only."""
    import torch

    width = max(len(tree.tokens) for tree in trees)
    tokens = torch.zeros(len(trees), width, dtype=torch.long)
    positions = torch.zeros_like(tokens)
    seen = torch.eye(width, dtype=torch.bool).repeat(len(trees), 1, 1)  # padding sees itself: no row is all hidden
    for row, tree in enumerate(trees):
        size = len(tree.tokens)
        tokens[row, :size] = torch.tensor(tree.tokens)
        positions[row, :size] = torch.tensor(tree.depths)
        seen[row, : tree.trunk, : tree.trunk] = torch.ones(tree.trunk, tree.trunk, dtype=torch.bool).tril()
        seen[row, tree.trunk : size, : tree.trunk] = True
        for node in range(tree.trunk, size):
            seen[row, node, tree.ancestors(node)] = True
    mask = torch.zeros(seen.shape, dtype=model.dtype).masked_fill(~seen, torch.finfo(model.dtype).min)
    inputs = {"input_ids": tokens, "position_ids": positions, "attention_mask": mask[:, None]}
    return {name: tensor.to(model.device) for name, tensor in inputs.items()}


def _log_probabilities(model: Any, hidden: torch.Tensor, steps: Sequence[tuple[int, int, int]]) -> list[float]:
    """Natural-log probability of the token of each step (row, node, token); the head runs once a node."""
    nodes = sorted({step[:2] for step in steps})
    by_node: dict[Step, list[int]] = {node: [] for node in nodes}
    for row, node, token in steps:
        by_node[row, node].append(token)
    logs: list[float] = []
    for start in range(0, len(nodes), HEAD_ROWS):
        part = nodes[start : start + HEAD_ROWS]
        logs += _head(model, hidden, part, [by_node[node] for node in part])
    return logs


def _head(model: Any, hidden: torch.Tensor, nodes: Sequence[Step], tokens: Sequence[list[int]]) -> list[float]:
    import torch

    rows, places = zip(*nodes, strict=True)
    logits = model.get_output_embeddings()(hidden[list(rows), list(places)]).float()
    cap = getattr(model.config.get_text_config(), "final_logit_softcapping", None)
    if cap:
        logits = cap * torch.tanh(logits / cap)
    whole = logits.logsumexp(-1).tolist()
    at = [(i, token) for i, following in enumerate(tokens) for token in following]
    chosen = logits[[i for i, _ in at], [token for _, token in at]].tolist()
    return [value - whole[i] for value, (i, _) in zip(chosen, at, strict=True)]
