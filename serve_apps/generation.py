"""Generation: the two writers, which ask an engine's deployment or any OpenAI-compatible endpoint.

Both take the prompts and the grammar from `koubo.script.prompt`, and neither raises for a model that is away: the
result carries the error, and the planned section stands in.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import httpx

from cluster.models import Endpoint
from koubo.protocols import WriteRequest, WriteResult
from koubo.script.prompt import SLOTTED_REGEX, messages, prompt, trained
from serve_apps.calls import Call, Completion, texts_of
from serve_apps.engine import LOOK_S, Engine, EngineAway
from serve_apps.parts import PartState
from serve_apps.settings import WriterSettings

PROMPTS: dict[str, Callable[[WriteRequest], str | list[dict[str, str]]]] = {
    "completion": prompt, "chat": messages, "trained": trained,
}  # fmt: skip


def to_call(request: WriteRequest, settings: WriterSettings) -> Call:
    """The call that a section's request becomes, in the style the model follows."""
    return Call(
        said=PROMPTS[settings.style](request),
        n=request.n,
        max_tokens=request.max_tokens,
        temperature=settings.temperature,
        seed=request.seed,
        regex=SLOTTED_REGEX if settings.constrained else None,
        stop=("\n",),
    )


class VllmWriter:
    """Writer over the engine's deployment."""

    def __init__(self, engine: Engine, settings: WriterSettings) -> None:
        self._engine = engine
        self._settings = settings

    async def write(self, requests: Sequence[WriteRequest]) -> Sequence[WriteResult]:
        """One hop for the whole batch."""
        calls = [to_call(request, self._settings) for request in requests]
        try:
            return [WriteResult(done.texts, done.error) for done in await self._engine.ask("write", calls)]
        except EngineAway as error:
            return [WriteResult(error=str(error)) for _ in requests]

    async def state(self) -> PartState:
        """Whether a replica runs."""
        return await self._engine.state()


class EndpointWriter:
    """Writer over any OpenAI-compatible endpoint."""

    def __init__(self, endpoint: Endpoint, settings: WriterSettings) -> None:
        headers = {"Authorization": f"Bearer {endpoint.key}"} if endpoint.key else {}
        self._client = httpx.AsyncClient(base_url=endpoint.url, headers=headers, timeout=settings.section_timeout_s)
        self._endpoint = endpoint
        self._settings = settings

    async def write(self, requests: Sequence[WriteRequest]) -> Sequence[WriteResult]:
        """One HTTP request a section, all at the same time."""
        calls = (to_call(request, self._settings) for request in requests)
        done = await asyncio.gather(*(self._one(call) for call in calls))
        return [WriteResult(d.texts, d.error) for d in done]

    async def state(self) -> PartState:
        """Whether the endpoint lists its models."""
        try:
            (await self._client.get("/models", timeout=LOOK_S)).raise_for_status()
        except httpx.HTTPError as error:
            return PartState("down", f"{self._endpoint.url}: {type(error).__name__} {error}")
        return PartState("ok", f"{self._endpoint.url} {self._endpoint.model}")

    async def _one(self, call: Call) -> Completion:
        path = "/chat/completions" if call.chat else "/completions"
        try:
            response = await self._client.post(path, json=call.body(self._endpoint.model))
            response.raise_for_status()
            return Completion(texts_of(response.json(), call.chat))
        except httpx.HTTPStatusError as error:
            return Completion((), f"{path}: {error.response.status_code} {error.response.text[:200]}")
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            return Completion((), f"{path}: {type(error).__name__} {error}")
