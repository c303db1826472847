"""A language model behind an OpenAI-compatible endpoint."""

from __future__ import annotations

import httpx

from cluster.calls import Call, Completion, texts_of
from cluster.models import Endpoint


class EndpointModel:
    """Answers calls. An endpoint that is away or answers something else is no exception: the answer carries the error.

    Args:
        endpoint: whom to ask.
        timeout_s: longest wait for one answer.

    Attributes:
        client: of HTTP, with the endpoint's address and key.
        endpoint: as given.
        name: of the model.
    """

    def __init__(self, endpoint: Endpoint, timeout_s: float) -> None:
        headers = {"Authorization": f"Bearer {endpoint.key}"} if endpoint.key else {}
        self.client = httpx.AsyncClient(base_url=endpoint.url, headers=headers, timeout=timeout_s)
        self.endpoint = endpoint
        self.name = endpoint.model

    async def answer(self, call: Call) -> Completion:
        """One HTTP request."""
        path = "/chat/completions" if call.chat else "/completions"
        try:
            response = await self.client.post(path, json=call.body(self.name))
            response.raise_for_status()
            return Completion(texts_of(response.json(), call.chat))
        except httpx.HTTPStatusError as error:
            return Completion((), f"{path}: {error.response.status_code} {error.response.text[:200]}")
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            return Completion((), f"{path}: {type(error).__name__} {error}")
