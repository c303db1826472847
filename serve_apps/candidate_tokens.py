"""Questions about readings as an engine takes them: the prompt with each candidate after it, in tokens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from koubo.protocols import ChoiceQuestion
from koubo.reading.prompts import mark

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

Logprobs = Sequence[Mapping[int, Any] | None]
"""vLLM's `prompt_logprobs` of one sequence: for each token, a mapping that holds its own log-probability."""


@dataclass(frozen=True, slots=True)
class TokenizedQuestion:
    """A question's candidates: each sequence is the prompt, the candidate and the end token.

    `starts` says for each where the candidate begins.
    """

    sequences: tuple[list[int], ...]
    starts: tuple[int, ...]

    def likelihoods(self, answers: Sequence[Logprobs]) -> tuple[float, ...]:
        """Natural-log likelihoods of the candidates with their end token, from the engine's answer."""
        return tuple(
            sum(float(probabilities[token].logprob) for token, probabilities in _tail(sequence, answer, start))
            for sequence, answer, start in zip(self.sequences, answers, self.starts, strict=True)
        )


def _tail(sequence: list[int], answer: Logprobs, start: int) -> list[tuple[int, Mapping[int, Any]]]:
    pairs = zip(sequence[start:], answer[start:], strict=True)
    return [(token, found) for token, found in pairs if found is not None]


class CandidateTokens:
    """Puts questions into a model's tokens as training does: the very same prompt, an end token after a reading."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase) -> None:
        self._tokenizer = tokenizer

    @classmethod
    def of_model(cls, model: str) -> Self:
        """With the tokenizer of a folder or hub name."""
        from transformers import AutoTokenizer

        return cls(AutoTokenizer.from_pretrained(model))

    def of(self, question: ChoiceQuestion) -> TokenizedQuestion | None:
        """The question in tokens; None where its span cannot be marked (see `koubo.reading.prompts.mark`)."""
        try:
            prompt = mark(question.text, question.start, question.end)
        except ValueError:
            return None
        start = len(self._ids(prompt))
        sequences = tuple([*self._ids(prompt + spoken), self._tokenizer.eos_token_id] for spoken in question.candidates)
        return TokenizedQuestion(sequences, tuple(start for _ in sequences))

    def _ids(self, text: str) -> list[int]:
        return list(self._tokenizer(text).input_ids)
