"""How a language model is asked to write a section: prompt, grammar and sampling; and a writer over an endpoint."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import httpx

from cluster.calls import Call, Completion, texts_of
from cluster.models import Endpoint
from koubo.protocols import WriteRequest, WriteResult
from koubo.script.prompt import SLOTTED_REGEX, messages, prompt, trained

Style = Literal["completion", "chat", "trained"]
PROMPTS: Mapping[Style, Callable[[WriteRequest], str | list[dict[str, str]]]] = MappingProxyType(
    {"completion": prompt, "chat": messages, "trained": trained}
)


@dataclass(frozen=True, slots=True)
class Sampling:
    """How a model is asked: the form of prompt it follows, the temperature, whether it is held to the slot grammar."""

    style: Style = "completion"
    temperature: float = 0.8
    constrained: bool = True


def to_call(request: WriteRequest, sampling: Sampling) -> Call:
    """The call that a section's request becomes, in the style the model follows."""
    return Call(
        said=PROMPTS[sampling.style](request),
        n=request.n,
        max_tokens=request.max_tokens,
        temperature=sampling.temperature,
        seed=request.seed,
        regex=SLOTTED_REGEX if sampling.constrained else None,
        stop=("\n",),
    )


class EndpointWriter:
    """Writer over any OpenAI-compatible endpoint. An endpoint that is away is no exception: results carry the error.

    Args:
        endpoint: whom to ask.
        sampling: how.
        timeout_s: longest wait for one section.
    """

    def __init__(self, endpoint: Endpoint, sampling: Sampling, timeout_s: float) -> None:
        headers = {"Authorization": f"Bearer {endpoint.key}"} if endpoint.key else {}
        self.client = httpx.AsyncClient(base_url=endpoint.url, headers=headers, timeout=timeout_s)
        self.endpoint = endpoint
        self._sampling = sampling

    async def write(self, requests: Sequence[WriteRequest]) -> Sequence[WriteResult]:
        """One HTTP request a section, all at the same time."""
        calls = (to_call(request, self._sampling) for request in requests)
        done = await asyncio.gather(*(self._one(call) for call in calls))
        return [WriteResult(d.texts, d.error) for d in done]

    async def _one(self, call: Call) -> Completion:
        path = "/chat/completions" if call.chat else "/completions"
        try:
            response = await self.client.post(path, json=call.body(self.endpoint.model))
            response.raise_for_status()
            return Completion(texts_of(response.json(), call.chat))
        except httpx.HTTPStatusError as error:
            return Completion((), f"{path}: {error.response.status_code} {error.response.text[:200]}")
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            return Completion((), f"{path}: {type(error).__name__} {error}")
