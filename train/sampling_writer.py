"""A writer in this process: sections sampled from a model of transformers, under the grammar that serving uses.

It answers whole batches. Scripts that are composed at the same time ask one section each; `GatheringWriter` waits until
no more of them ask, so that the model reads its weights once for all of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from koubo.protocols import WriteRequest, WriteResult
from koubo.script.prompt import SLOTTED_REGEX
from train.settings import TrainError

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

QUIET_S = 3.0
"""Without a further request for this long, in seconds, all scripts wait for the writer."""
Sample = Callable[[Sequence[str]], list[str]]
"""One sampled continuation a prompt."""


class GatheringWriter:
    """Writer of the domain over a function that samples; what is asked until `quiet_s` pass is sampled together."""

    def __init__(self, prompt_of: Callable[[WriteRequest], str], sample: Sample, quiet_s: float = QUIET_S) -> None:
        """Ask with the prompts of `prompt_of` (see `koubo.script.prompt`)."""
        self._prompt_of = prompt_of
        self._sample = sample
        self._quiet_s = quiet_s
        self._latest = 0.0
        self._asked: list[tuple[WriteRequest, asyncio.Future[WriteResult]]] = []

    async def write(self, requests: Sequence[WriteRequest]) -> Sequence[WriteResult]:
        """See `koubo.protocols.Writer`. Candidates are cut at their first line break."""
        loop = asyncio.get_running_loop()
        mine = [(request, loop.create_future()) for request in requests]
        self._asked += mine
        self._latest = loop.time()
        while (left := self._latest + self._quiet_s - loop.time()) > 0:
            await asyncio.sleep(left)
        self._answer()
        return [await answer for _, answer in mine]

    def _answer(self) -> None:
        asked, self._asked = self._asked, []
        waiting = [(request, answer) for request, answer in asked if not answer.done()]
        try:
            texts = iter(self._sample([self._prompt_of(request) for request, _ in waiting for _ in range(request.n)]))
        except Exception as error:  # whatever the model raised, everybody who waits for it is told
            for _, answer in waiting:
                answer.set_exception(error)
            return
        for request, answer in waiting:
            answer.set_result(WriteResult(tuple(next(texts).split("\n")[0] for _ in range(request.n))))


@dataclass(slots=True)
class Sampler:
    """Samples continuations from a model, in batches of like length.

    Attributes:
        temperature: of the sampling.
        max_tokens: longest continuation, in tokens.
        batch: prompts in one forward pass.
        constrained: whether to hold the model to SLOTTED_REGEX, as serving does.
    """

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    temperature: float
    max_tokens: int
    batch: int
    constrained: bool
    _grammar: Any = field(default=None, init=False)

    def __call__(self, prompts: Sequence[str]) -> list[str]:
        """One continuation a prompt, in order."""
        order = sorted(range(len(prompts)), key=lambda i: len(prompts[i]))
        texts = [""] * len(prompts)
        for start in range(0, len(order), self.batch):
            some = order[start : start + self.batch]
            for i, text in zip(some, self._continued([prompts[i] for i in some]), strict=True):
                texts[i] = text
            print(f"sampled {start + len(some)} of {len(order)} candidates of this round", flush=True)
        return texts

    def _continued(self, prompts: list[str]) -> list[str]:
        import torch

        inputs = self.tokenizer(prompts, return_tensors="pt", padding=True, padding_side="left")
        with torch.inference_mode():
            made = self.model.generate(
                **inputs,
                do_sample=True,
                temperature=self.temperature,
                top_k=0,
                top_p=1.0,
                max_new_tokens=self.max_tokens,
                logits_processor=self._processors(),
            )
        return self.tokenizer.batch_decode(made[:, inputs.input_ids.shape[1] :], skip_special_tokens=True)

    def _processors(self) -> list[Any]:
        if not self.constrained:
            return []
        self._grammar = self._grammar or _compiled(self.tokenizer, self.model.config.vocab_size)
        from xgrammar.contrib.hf import LogitsProcessor

        return [LogitsProcessor(self._grammar)]


def _compiled(tokenizer: PreTrainedTokenizerBase, vocab_size: int) -> Any:
    """The slot grammar over a model's tokens; takes seconds."""
    try:
        import xgrammar
    except ImportError as error:  # it comes with vLLM, whose grammar serving uses
        raise TrainError(f"--constrained: {error}; install vLLM's xgrammar, or give --no-constrained") from error
    info = xgrammar.TokenizerInfo.from_huggingface(tokenizer, vocab_size=vocab_size)
    return xgrammar.GrammarCompiler(info).compile_regex(SLOTTED_REGEX)
