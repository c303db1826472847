"""A prompt and its candidates as one tree of tokens, so that what they share is computed once.

The trunk is the tokens that all of them begin with; each branch is one candidate, and branches share what they begin
with. In one sequence of the model, a branch sees the trunk and itself, never its neighbours (tree attention, as in
SpecInfer, https://arxiv.org/abs/2305.09781).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from transformers import PreTrainedTokenizerBase

from koubo.reading.prompts import answered, common_start

Step = tuple[int, int]
"""A node of the tree (its place in the sequence) and the token that follows it."""


@dataclass(slots=True)
class CandidateTree:
    """`tokens[i]` stands at position `depths[i]` of a text and follows node `parents[i]` (-1 for the first one).

    The first `trunk` nodes are what all candidates begin with. `paths[k]` is what candidate k is made of: its
    likelihood is the sum over these steps.
    """

    trunk: int
    tokens: list[int]
    parents: list[int]
    depths: list[int]
    paths: list[list[Step]] = field(default_factory=list)

    def ancestors(self, node: int) -> list[int]:
        """The nodes that a node of a branch sees, itself and the branch down to it; the trunk is left out."""
        seen = []
        while node >= self.trunk:
            seen.append(node)
            node = self.parents[node]
        return seen


def encode(tokenizer: PreTrainedTokenizerBase, prompt: str, candidates: Sequence[str]) -> list[list[int]]:
    """The prompt, then prompt and candidate and end mark in tokens; the beginning-of-sequence token is there once."""
    ids: list[list[int]] = tokenizer(answered(prompt, candidates, str(tokenizer.eos_token))).input_ids
    return ids


def plant(prompt: list[int], sequences: Sequence[list[int]]) -> CandidateTree:
    """The tree of a prompt's tokens and of those of prompt, candidate and end mark together.

    Candidates are counted from where the first of them leaves the prompt, all from the same place, so that they compare
    also where a token merges over the boundary. The end mark is predicted, never read.

    Raises:
        ValueError: nothing is shared, not even a beginning-of-sequence token: then there is nothing to predict from.
    """
    trunk = prompt[: common_start([prompt, *(sequence[:-1] for sequence in sequences)])]
    if not trunk:
        raise ValueError("an empty prompt: without a token before it the first token of a candidate has no likelihood")
    size = len(trunk)
    tree = CandidateTree(size, list(trunk), list(range(-1, size - 1)), list(range(size)))
    children: dict[Step, int] = {}
    for sequence in sequences:
        tree.paths.append(_grow(tree, children, sequence))
    return tree


def _grow(tree: CandidateTree, children: dict[Step, int], sequence: list[int]) -> list[Step]:
    """Add a branch where it is new; returns its steps."""
    path = []
    node = tree.trunk - 1
    for token in sequence[tree.trunk :]:
        step = (node, token)
        path.append(step)
        if len(path) == len(sequence) - tree.trunk:
            break
        if step not in children:
            children[step] = len(tree.tokens)
            tree.tokens.append(token)
            tree.parents.append(node)
            tree.depths.append(tree.depths[node] + 1)
        node = children[step]
    return path
