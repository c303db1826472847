"""The least that answers as `POST /v1/read` does: the same models, hops and bytes, and no reading."""

# No `from __future__ import annotations`: FastAPI reads the annotations of the route, which is a closure.
from collections.abc import Sequence

from fastapi import FastAPI
from ray import serve
from ray.serve import Application
from ray.serve.handle import DeploymentHandle

from koubo.reading import read
from serve_apps.parts import ReadTexts
from serve_apps.schemas import ReadAnswer, ReadRequest


class Known:
    """The echo's deployment: readings that were made when it started."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._readings = {text: read(text) for text in texts}

    async def look_up(self, texts: Sequence[str]) -> ReadTexts:
        """One reading a text, in order."""
        return ReadTexts(tuple(self._readings[text] for text in texts))


class EchoIngress:
    """The echo's route."""

    def __init__(self, known: DeploymentHandle) -> None:
        self._known = known

    async def __serve_build_asgi_app__(self) -> FastAPI:
        api = FastAPI()

        @api.post("/v1/read")
        async def look_up(body: ReadRequest) -> ReadAnswer:
            return ReadAnswer.model_validate(await self._known.look_up.remote(body.texts))

        return api


def echo_app(texts: Sequence[str]) -> Application:
    """The echo application."""
    known = serve.deployment(Known, name="Known").bind(texts)
    return serve.deployment(serve.ingress()(EchoIngress), name="EchoIngress").bind(known)
