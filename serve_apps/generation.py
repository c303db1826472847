"""Generation: the engine's deployment, and the two writers, which ask it or any OpenAI-compatible endpoint.

Both take the prompts and the grammar from `koubo.script.prompt`, and neither raises for a model that is away: the
result carries the error, and the planned section stands in.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

import httpx
from ray import serve
from ray.exceptions import RayError
from ray.serve import Application
from ray.serve.exceptions import RayServeException
from ray.serve.handle import DeploymentHandle

from cluster.models import Endpoint
from koubo.protocols import WriteRequest, WriteResult
from koubo.script.prompt import SLOTTED_REGEX, messages, prompt, trained
from serve_apps.calls import Call, Completion, texts_of
from serve_apps.parts import PartState
from serve_apps.settings import WriterSettings

ENGINE = "Writer"
PROMPTS: dict[str, Callable[[WriteRequest], str | list[dict[str, str]]]] = {
    "completion": prompt, "chat": messages, "trained": trained,
}  # fmt: skip
LOOK_S = 1.0
"""While an answer is outstanding, and while the engine is not up, its state is looked at this often, in seconds."""
NOTICE_S = 15.0
"""After a replica died, Serve may still count it as running for this long: a health check's period, and its restart."""


def engine_app(settings: WriterSettings) -> Application:
    """The engine as a deployment named `Writer`; asks for Ray to be running, so call it in the app builder only."""
    from ray.serve.llm import build_llm_deployment  # importing it loads vLLM

    from serve_apps.llm_server import WriterServer, engine_config

    return build_llm_deployment(
        engine_config(settings, settings.source),
        deployment_cls=WriterServer,
        bind_kwargs={"settings": settings},
        override_serve_options={"name": ENGINE},
    )


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
    """Writer over the engine's deployment.

    A handle waits for as long as there is no replica. So a replica is looked for first, and again while an answer is
    outstanding: an engine that starts or died is said at once instead of after the section's whole time budget.
    """

    def __init__(self, handle: DeploymentHandle, app_name: str, settings: WriterSettings) -> None:
        self._handle = handle
        self._app_name = app_name
        self._settings = settings
        self._state = PartState("starting")
        self._looked = self._died = float("-inf")

    async def write(self, requests: Sequence[WriteRequest]) -> Sequence[WriteResult]:
        """One hop for the whole batch."""
        state = self._state if self._state.status == "ok" else await self.state()
        if state.status != "ok":
            return _all_failed(requests, f"the engine is {state.status}: {state.detail}")
        calls = [to_call(request, self._settings) for request in requests]
        try:
            return [WriteResult(done.texts, done.error) for done in await self._answer(calls)]
        except (RayError, RayServeException) as error:
            self._died = time.monotonic()
            self._state = PartState("down", type(error).__name__)
            return _all_failed(requests, f"the engine is down: {type(error).__name__}")

    async def state(self) -> PartState:
        """Whether a replica runs; asks the controller at most once a LOOK_S."""
        if time.monotonic() - self._looked >= LOOK_S:
            self._looked = time.monotonic()
            state = await asyncio.to_thread(_engine_state, self._app_name)
            stale = state.status == "ok" and time.monotonic() - self._died < NOTICE_S
            self._state = PartState("down", "died a moment ago") if stale else state
        return self._state

    async def _answer(self, calls: list[Call]) -> list[Completion]:
        answer = asyncio.ensure_future(self._handle.options(method_name="write").remote(calls))
        try:
            while not (await asyncio.wait({answer}, timeout=LOOK_S))[0]:
                state = await self.state()
                if state.status != "ok":
                    raise RayServeException(f"no replica runs: {state.status}")
            return list(await answer)
        finally:
            answer.cancel()


def _engine_state(app_name: str) -> PartState:
    app = serve.status().applications.get(app_name)
    deployment = app and app.deployments.get(ENGINE)
    if not deployment:
        return PartState("down", "not deployed")
    states = {str(getattr(name, "value", name)): count for name, count in deployment.replica_states.items()}
    words = ", ".join(f"{count} {name.lower()}" for name, count in sorted(states.items())) or "no replica"
    if states.get("RUNNING"):
        return PartState("ok", words)
    if states.get("STARTING"):
        return PartState("starting", words)
    return PartState("down", f"{words} {deployment.message}".strip())


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


def _all_failed(requests: Sequence[WriteRequest], error: str) -> list[WriteResult]:
    return [WriteResult(error=error) for _ in requests]
