"""An engine's deployment: how it is bound, and how others ask it without ever waiting for one that is away."""

from __future__ import annotations

import asyncio
import time
from typing import Any, Protocol

from ray import serve
from ray.exceptions import RayError
from ray.serve import Application
from ray.serve.exceptions import BackPressureError, RayServeException
from ray.serve.handle import DeploymentHandle

from serve_apps.parts import PartState
from serve_apps.settings import EngineSettings

LOOK_S = 1.0
"""While an answer is outstanding, and while the engine is not up, its state is looked at this often, in seconds."""
NOTICE_S = 15.0
"""After a replica died, Serve may still count it as running for this long: a health check's period, and its restart."""


class EngineAway(Exception):
    """The engine cannot be asked: starting, down or busy; the message says which."""


def engine_app(name: str, source: str, settings: EngineSettings) -> Application:
    """The engine as a deployment of that name; asks for Ray to be running, so call it in the app builder only."""
    from ray.serve.llm import build_llm_deployment  # importing it loads vLLM

    from serve_apps.llm_server import ModelServer, engine_config

    return build_llm_deployment(
        engine_config(settings, source),
        deployment_cls=ModelServer,
        bind_kwargs={"source": source, "settings": settings},
        override_serve_options={"name": name},
    )


class Asked(Protocol):
    """An engine to ask."""

    async def ask(self, method: str, argument: Any) -> Any:
        """What `method` of a replica answers. Raises EngineAway."""

    async def state(self) -> PartState:
        """How it is."""


class Engine:
    """An engine's deployment to ask.

    A handle waits for as long as there is no replica. So a replica is looked for first, and again while an answer is
    outstanding: an engine that starts or died is said at once instead of after the caller's whole time budget.

    Args:
        handle: of the deployment.
        app_name: of the application that it belongs to.
    """

    def __init__(self, handle: DeploymentHandle, app_name: str) -> None:
        self._handle = handle
        self._app_name = app_name
        self._state = PartState("starting")
        self._looked = self._died = float("-inf")

    async def ask(self, method: str, argument: Any) -> Any:
        """What `method` of a replica answers.

        Raises:
            EngineAway: no replica runs, the one that was asked died, or the queue is full.
        """
        try:
            state = self._state if self._state.status == "ok" else await self.state()
            if state.status != "ok":
                raise EngineAway(f"the engine is {state.status}: {state.detail}")
            return await self._answer(method, argument)
        except BackPressureError as error:
            raise EngineAway("the engine's queue is full") from error
        except (RayError, RayServeException) as error:
            self._died = time.monotonic()
            self._state = PartState("down", type(error).__name__)
            raise EngineAway(f"the engine is down: {type(error).__name__}") from error

    async def state(self) -> PartState:
        """Whether a replica runs; asks the controller at most once a LOOK_S."""
        if time.monotonic() - self._looked >= LOOK_S:
            self._looked = time.monotonic()
            state = await asyncio.to_thread(_state, self._app_name, self._handle.deployment_name)
            stale = state.status == "ok" and time.monotonic() - self._died < NOTICE_S
            self._state = PartState("down", "died a moment ago") if stale else state
        return self._state

    async def _answer(self, method: str, argument: Any) -> Any:
        answer = asyncio.ensure_future(self._handle.options(method_name=method).remote(argument))
        try:
            while not (await asyncio.wait({answer}, timeout=LOOK_S))[0]:
                state = await self.state()
                if state.status != "ok":
                    raise RayServeException(f"no replica runs: {state.status}")
            return await answer
        finally:
            answer.cancel()


def _state(app_name: str, name: str) -> PartState:
    app = serve.status().applications.get(app_name)
    deployment = app and app.deployments.get(name)
    if not deployment:
        return PartState("down", "not deployed")
    states = {str(getattr(name, "value", name)): count for name, count in deployment.replica_states.items()}
    words = ", ".join(f"{count} {name.lower()}" for name, count in sorted(states.items())) or "no replica"
    if states.get("RUNNING"):
        return PartState("ok", words)
    if states.get("STARTING"):
        return PartState("starting", words)
    return PartState("down", f"{words} {deployment.message}".strip())
