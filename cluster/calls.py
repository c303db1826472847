"""One call to a language model, as plain data that travels between deployments and to endpoints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Call:
    """What is said to the model, and how many answers are wanted.

    Attributes:
        said: a completion's prompt, or the messages (role, content) of a chat.
        n: answers, sampled independently.
        max_tokens: longest answer.
        seed: of the sampling.
        regex: the grammar of an answer, or None.
        stop: words that end an answer.
        schema: the JSON schema of an answer, or None.
    """

    said: str | list[dict[str, str]]
    n: int
    max_tokens: int
    temperature: float
    seed: int
    regex: str | None = None
    stop: tuple[str, ...] = ()
    schema: Mapping[str, Any] | None = None

    @property
    def chat(self) -> bool:
        """Whether the call is a chat."""
        return not isinstance(self.said, str)

    def body(self, model: str) -> dict[str, Any]:
        """The JSON body of an OpenAI-compatible request; `structured_outputs` is vLLM's extension of it."""
        body: dict[str, Any] = {"messages" if self.chat else "prompt": self.said}
        body |= {"model": model, "n": self.n, "max_tokens": self.max_tokens, "temperature": self.temperature}
        body |= {"seed": self.seed} | ({"stop": list(self.stop)} if self.stop else {})
        if self.schema is not None:
            form = {"name": "answer", "strict": True, "schema": self.schema}
            body |= {"response_format": {"type": "json_schema", "json_schema": form}}
        return body | ({"structured_outputs": {"regex": self.regex}} if self.regex else {})


@dataclass(frozen=True, slots=True)
class Completion:
    """The answers to one call, or why there are none."""

    texts: tuple[str, ...]
    error: str | None = None


def texts_of(answer: dict[str, Any], chat: bool) -> tuple[str, ...]:
    """The answers in an OpenAI-compatible response."""
    return tuple((c["message"]["content"] or "") if chat else c["text"] for c in answer["choices"])
