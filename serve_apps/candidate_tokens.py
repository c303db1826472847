"""Questions about readings as an engine takes them: the prompt with each candidate after it, in tokens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from koubo.protocols import ChoiceQuestion
from koubo.reading.prompts import answered, common_start, mark

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

Logprobs = Sequence[Mapping[int, Any] | None]
"""vLLM's `prompt_logprobs` of one sequence: for each token, a mapping that holds its own log-probability."""


@dataclass(frozen=True, slots=True)
class TokenizedQuestion:
    """A question's candidates: each sequence is the prompt, the candidate and the end token.

    `start` is where they part from the prompt.
    """

    sequences: tuple[list[int], ...]
    start: int

    def likelihoods(self, answers: Sequence[Logprobs]) -> tuple[float, ...]:
        """Natural-log likelihoods of the candidates with their end token, from the engine's answer."""
        return tuple(
            sum(float(found[token].logprob) for token, found in self._tail(sequence, answer))
            for sequence, answer in zip(self.sequences, answers, strict=True)
        )

    def _tail(self, sequence: list[int], answer: Logprobs) -> list[tuple[int, Mapping[int, Any]]]:
        pairs = zip(sequence[self.start :], answer[self.start :], strict=True)
        return [(token, found) for token, found in pairs if found is not None]


class CandidateTokens:
    """Puts questions into a model's tokens as training does: the very same prompt, an end token after a reading."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase) -> None:
        self._tokenizer = tokenizer
        self._end = str(tokenizer.eos_token)

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
        ids: list[list[int]] = self._tokenizer(answered(prompt, question.candidates, self._end)).input_ids
        return TokenizedQuestion(tuple(ids[1:]), common_start(ids))
