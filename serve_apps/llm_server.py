"""The engine's deployment: ray.serve.llm's LLMServer with methods that write, weigh readings, and rewrite sentences.

Callers hand over plain dataclasses, so that only the replica that holds the engine imports vLLM. The OpenAI-compatible
methods of LLMServer (`chat`, `completions`) stay as they are.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from ray.llm._internal.common.callbacks.base import CallbackBase
from ray.serve.llm import LLMConfig
from ray.serve.llm.deployment import LLMServer
from ray.serve.llm.openai_api_models import ChatCompletionRequest, CompletionRequest, ErrorResponse

from cluster.calls import Call, Completion, texts_of
from cluster.models import resolve
from koubo.protocols import ChoiceQuestion
from koubo.reading.prompts import rewriting
from serve_apps.candidate_tokens import CandidateTokens, TokenizedQuestion
from serve_apps.settings import EngineSettings
from serve_apps.weighing import Rewritten, Weighed

MODEL_ID = "koubo"


class ModelIsHere(CallbackBase):  # type: ignore[misc]
    """Skips the download step, a task that imports vLLM once more: the source is resolved already."""

    async def on_before_node_init(self) -> None:
        """Called by the engine before it would download."""
        self.ctx.run_init_node = False


def engine_config(engine: EngineSettings, model: str) -> LLMConfig:
    """What ray.serve.llm starts.

    Args:
        engine: what a machine class decides.
        model: a folder or hub name; at build time, before a replica resolved it, the source as it is written.
    """
    return LLMConfig(
        model_loading_config={"model_id": MODEL_ID, "model_source": model},
        accelerator_config=engine.accelerator,
        placement_group_config=engine.placement,
        deployment_config=engine.deployment,
        engine_kwargs=engine.engine_kwargs,
        runtime_env=engine.runtime_env,
        experimental_configs={"stream_batching_interval_ms": 0},  # its default waits 50 ms before the first token
        callback_config={"callback_class": ModelIsHere},
    )


class ModelServer(LLMServer):  # type: ignore[misc]
    """One engine. The model source is resolved here, on the node that loads the model, and named by its place."""

    async def __init__(self, llm_config: LLMConfig, *, source: str, settings: EngineSettings) -> None:  # type: ignore[misc]
        self._model = str(await asyncio.to_thread(resolve, source))
        self._tokens = await asyncio.to_thread(CandidateTokens.of_model, self._model)
        await super().__init__(engine_config(settings, self._model))

    async def write(self, calls: Sequence[Call]) -> list[Completion]:
        """Run all calls at the same time, in the engine's own batch; a refused call is a Completion with an error."""
        return list(await asyncio.gather(*(self._one(call) for call in calls)))

    async def weigh(self, questions: Sequence[ChoiceQuestion]) -> Weighed:
        """The natural-log likelihood of each candidate, all at the same time, in the engine's own batch."""
        scores = await asyncio.gather(*(self._likelihoods(question) for question in questions))
        return Weighed(self._model, tuple(scores))

    async def rewrite(self, sentences: Sequence[str]) -> Rewritten:
        """Each sentence as the model says it, decoded greedily, all at the same time."""
        done = await self.write([_rewriting(sentence) for sentence in sentences])
        return Rewritten(self._model, tuple(one.texts[0] if one.texts else None for one in done))

    async def _one(self, call: Call) -> Completion:
        request = (ChatCompletionRequest if call.chat else CompletionRequest)(**call.body(MODEL_ID))
        stream: Any = await (self.chat(request) if call.chat else self.completions(request))
        answer = await anext(stream)  # one object: nothing is streamed
        if isinstance(answer, ErrorResponse):
            return Completion((), error=f"{answer.error.type}: {answer.error.message}")
        return Completion(texts_of(answer.model_dump(), call.chat))

    async def _likelihoods(self, question: ChoiceQuestion) -> tuple[float, ...] | None:
        """None for a question that cannot be put, or that the engine refuses."""
        tokens = self._tokens.of(question)
        return None if tokens is None else await self._weigh_tokens(tokens)

    async def _weigh_tokens(self, tokens: TokenizedQuestion) -> tuple[float, ...] | None:
        request = CompletionRequest(
            model=MODEL_ID, prompt=list(tokens.sequences), max_tokens=1, temperature=0, prompt_logprobs=0
        )
        answer = await anext(await self.completions(request))
        if isinstance(answer, ErrorResponse):
            return None
        return tokens.likelihoods([choice.prompt_logprobs for choice in answer.choices])


def _rewriting(sentence: str) -> Call:
    """The call that asks for a sentence as it is said, which is longer than it is written, but never four times."""
    return Call(rewriting(sentence), n=1, max_tokens=16 + 4 * len(sentence), temperature=0, seed=0, stop=("\n",))
