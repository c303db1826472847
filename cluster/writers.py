"""How a language model is asked to write a section: prompt, grammar and sampling; and a writer over an endpoint."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from cluster.calls import Call
from cluster.endpoint_model import EndpointModel
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
    """Writer over a model behind an endpoint.

    Args:
        model: whom to ask.
        sampling: how.
    """

    def __init__(self, model: EndpointModel, sampling: Sampling) -> None:
        self.model = model
        self._sampling = sampling

    async def write(self, requests: Sequence[WriteRequest]) -> Sequence[WriteResult]:
        """One HTTP request a section, all at the same time."""
        done = await asyncio.gather(*(self.model.answer(to_call(request, self._sampling)) for request in requests))
        return [WriteResult(one.texts, one.error) for one in done]
