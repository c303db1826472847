"""The engine's deployment: ray.serve.llm's LLMServer with one method more, which writes candidates.

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

from cluster.models import resolve
from serve_apps.calls import Call, Completion, texts_of
from serve_apps.settings import WriterSettings

MODEL_ID = "writer"


class ModelIsHere(CallbackBase):  # type: ignore[misc]
    """Skips the download step, a task that imports vLLM once more: the source is resolved already."""

    async def on_before_node_init(self) -> None:
        """Called by the engine before it would download."""
        self.ctx.run_init_node = False


def engine_config(settings: WriterSettings, model: str) -> LLMConfig:
    """What ray.serve.llm starts.

    Args:
        settings: the writer's settings, with an engine.
        model: a folder or hub name; at build time, before a replica resolved it, the source as it is written.
    """
    assert settings.engine is not None
    engine = settings.engine
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


class WriterServer(LLMServer):  # type: ignore[misc]
    """One engine. The model source is resolved here, on the node that loads the model."""

    async def __init__(self, llm_config: LLMConfig, *, settings: WriterSettings) -> None:  # type: ignore[misc]
        model = await asyncio.to_thread(resolve, settings.source)
        await super().__init__(engine_config(settings, str(model)))

    async def write(self, calls: Sequence[Call]) -> list[Completion]:
        """Run all calls at the same time, in the engine's own batch; a refused call is a Completion with an error."""
        return list(await asyncio.gather(*(self._one(call) for call in calls)))

    async def _one(self, call: Call) -> Completion:
        request = (ChatCompletionRequest if call.chat else CompletionRequest)(**call.body(MODEL_ID))
        stream: Any = await (self.chat(request) if call.chat else self.completions(request))
        answer = await anext(stream)  # one object: nothing is streamed
        if isinstance(answer, ErrorResponse):
            return Completion((), error=f"{answer.error.type}: {answer.error.message}")
        return Completion(texts_of(answer.model_dump(), call.chat))
