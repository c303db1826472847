"""Generation: the two writers, which ask an engine's deployment or any OpenAI-compatible endpoint.

Neither raises for a model that is away: the result carries the error, and the planned section stands in.
"""

from __future__ import annotations

from collections.abc import Sequence

import httpx

from cluster.endpoint_model import EndpointModel
from cluster.models import Endpoint
from cluster.writers import EndpointWriter, Sampling, to_call
from koubo.protocols import WriteRequest, WriteResult
from serve_apps.engine import LOOK_S, Engine, EngineAway
from serve_apps.parts import PartState
from serve_apps.settings import WriterSettings


def sampling_of(settings: WriterSettings) -> Sampling:
    """How the settings have a model asked."""
    return Sampling(settings.style, settings.temperature, settings.constrained)


class VllmWriter:
    """Writer over the engine's deployment."""

    def __init__(self, engine: Engine, settings: WriterSettings) -> None:
        self._engine = engine
        self._sampling = sampling_of(settings)

    async def write(self, requests: Sequence[WriteRequest]) -> Sequence[WriteResult]:
        """One hop for the whole batch."""
        calls = [to_call(request, self._sampling) for request in requests]
        try:
            return [WriteResult(done.texts, done.error) for done in await self._engine.ask("write", calls)]
        except EngineAway as error:
            return [WriteResult(error=str(error)) for _ in requests]

    async def state(self) -> PartState:
        """Whether a replica runs."""
        return await self._engine.state()


class EndpointPart(EndpointWriter):
    """Writer over an endpoint, that can say how it is."""

    def __init__(self, endpoint: Endpoint, settings: WriterSettings) -> None:
        super().__init__(EndpointModel(endpoint, settings.section_timeout_s), sampling_of(settings))

    async def state(self) -> PartState:
        """Whether the endpoint lists its models."""
        place = self.model.endpoint
        try:
            (await self.model.client.get("/models", timeout=LOOK_S)).raise_for_status()
        except httpx.HTTPError as error:
            return PartState("down", f"{place.url}: {type(error).__name__} {error}")
        return PartState("ok", f"{place.url} {place.model}")
