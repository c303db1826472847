"""What a causal language model writes after a prompt: greedy, in batches, one line each."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

GROWTH, SPARE = 1.5, 16
"""Most tokens that are written: so many times the prompt's (a spoken number is longer than a written one), and more."""


@dataclass(frozen=True, slots=True)
class GreedyDecoder:
    """Completes prompts with a model in memory, on the device where it is; `batch` prompts of like length at a time."""

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    batch: int = 32

    def completions(self, prompts: Sequence[str], progress: str = "") -> list[str]:
        """The most likely next token, again and again, up to the end mark or the end of the line.

        Args:
            prompts: texts to go on from, each tokenized as in training (beginning of sequence once).
            progress: what lines of progress begin with; none are printed when it is empty.

        Returns:
            One line a prompt, in order, without the line break; cut off after `GROWTH` times the tokens of the prompt
            and `SPARE` more.
        """
        ids: list[list[int]] = self.tokenizer(list(prompts)).input_ids if prompts else []
        written = [""] * len(prompts)
        started, done = time.perf_counter(), 0
        for places in self._batches(ids):
            for place, text in zip(places, self._complete([ids[i] for i in places]), strict=True):
                written[place] = text
            done += len(places)
            if progress:
                rate = done / (time.perf_counter() - started)
                left = (len(ids) - done) / rate
                print(f"{progress}: {done}/{len(ids)} texts, {rate:.1f} texts/s, {left:.0f} s left", flush=True)
        return written

    def _batches(self, ids: Sequence[Sequence[int]]) -> Iterator[list[int]]:
        """Places of prompts of like length, the longest first, so that a lack of memory shows at once."""
        ordered = sorted(range(len(ids)), key=lambda i: -len(ids[i]))
        for start in range(0, len(ordered), self.batch):
            yield ordered[start : start + self.batch]

    def _complete(self, prompts: Sequence[list[int]]) -> list[str]:
        import torch
        from transformers import StoppingCriteriaList

        longest = max(map(len, prompts))
        fill = self.tokenizer.pad_token_id if self.tokenizer.pad_token_id is not None else self.tokenizer.eos_token_id
        tokens = torch.tensor([[fill] * (longest - len(prompt)) + prompt for prompt in prompts])
        mask = torch.tensor([[0] * (longest - len(prompt)) + [1] * len(prompt) for prompt in prompts])
        with torch.inference_mode():
            made = self.model.generate(
                input_ids=tokens.to(self.model.device),
                attention_mask=mask.to(self.model.device),
                max_new_tokens=int(GROWTH * longest) + SPARE,
                do_sample=False,
                num_beams=1,
                pad_token_id=fill,
                eos_token_id=self.tokenizer.eos_token_id,
                stopping_criteria=StoppingCriteriaList([_line_ends(self.tokenizer)]),
            )
        return [self._line(new, len(prompt)) for new, prompt in zip(made[:, longest:].tolist(), prompts, strict=True)]

    def _line(self, new: Sequence[int], prompt_tokens: int) -> str:
        """The first line of what was written, no longer than it may be whatever shares the batch."""
        allowed = new[: int(GROWTH * prompt_tokens) + SPARE]
        text: str = self.tokenizer.decode(allowed, skip_special_tokens=True)
        return text.split("\n", 1)[0]


def _line_ends(tokenizer: PreTrainedTokenizerBase) -> Any:
    """A criterion that stops a row of the batch when its last token holds a line break."""
    import torch
    from transformers import StoppingCriteria

    class LineEnds(StoppingCriteria):
        def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor, **_: Any) -> torch.Tensor:
            last = input_ids[:, -1].tolist()
            return torch.tensor(["\n" in tokenizer.decode([token]) for token in last], device=input_ids.device)

    return LineEnds()
