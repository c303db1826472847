"""A writer with a vLLM engine in this process: what is asked at the same time is answered in one batch."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from cluster.calls import Call
from cluster.writers import Sampling, to_call
from koubo.protocols import WriteRequest, WriteResult


class EngineWriter:
    """Writer over an engine of its own.

    Args:
        model: folder or hub name.
        engine: arguments of vLLM's engine, such as dtype and max_model_len.
        sampling: how it is asked.

    Attributes:
        engine: vLLM's.
        tokens: written so far, in all candidates.
    """

    def __init__(self, model: str, engine: Mapping[str, Any], sampling: Sampling) -> None:
        from vllm import AsyncEngineArgs
        from vllm.v1.engine.async_llm import AsyncLLM

        self.engine = AsyncLLM.from_engine_args(AsyncEngineArgs(model=model, **engine))
        self._sampling = sampling
        self.tokens = 0
        self._numbers = itertools.count()

    async def write(self, requests: Sequence[WriteRequest]) -> Sequence[WriteResult]:
        """All requests at the same time; one that the engine refuses carries its error."""
        return await asyncio.gather(*(self._one(to_call(request, self._sampling)) for request in requests))

    async def _one(self, call: Call) -> WriteResult:
        from vllm import SamplingParams
        from vllm.sampling_params import RequestOutputKind, StructuredOutputsParams

        wanted = SamplingParams(
            n=call.n,
            max_tokens=call.max_tokens,
            temperature=call.temperature,
            seed=call.seed,
            stop=list(call.stop),
            output_kind=RequestOutputKind.FINAL_ONLY,  # else an answer holds only the candidates that just moved
            structured_outputs=StructuredOutputsParams(regex=call.regex) if call.regex else None,
        )
        try:
            said = await self.prompt(call.said)
            outputs = [output async for output in self.engine.generate(said, wanted, f"section-{next(self._numbers)}")]
            self.tokens += sum(len(one.token_ids) for one in outputs[-1].outputs)
            return WriteResult(tuple(one.text for one in outputs[-1].outputs))
        except Exception as error:  # whatever the engine raises, the section is planned and says why
            return WriteResult(error=f"{type(error).__name__}: {error}")

    async def prompt(self, said: str | list[dict[str, str]]) -> str:
        """The text that the engine continues: a completion's prompt as it is, a chat by the model's template."""
        if isinstance(said, str):
            return said
        tokenizer = await self.engine.get_tokenizer()
        return str(tokenizer.apply_chat_template(said, tokenize=False, add_generation_prompt=True))
