"""How a language model is asked about pages; apart from the asking, so that settings load without an engine."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Style = Literal["chat", "completion"]


class Engine(BaseModel):
    """How the vLLM engine is started; an endpoint has none."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kwargs: dict[str, Any] = Field(default_factory=dict, description="Arguments of the vLLM engine.")
    placement: dict[str, Any] | None = Field(
        None, description="Resources, {bundles: [{CPU: 1}]}; a GPU where not given."
    )
    env_vars: dict[str, str] = Field(default_factory=dict, description="Environment variables of its process.")


class Asking(BaseModel):
    """How a model is asked.

    `batch` pages go together, to `workers` replicas of an engine or senders of requests; `tokens` bound an answer.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    source: str
    style: Style
    batch: int
    workers: int
    tokens: int
    timeout_s: float
    retries: int
    engine: Engine
