"""What an actor that writes scripts is started with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from cluster.writers import Sampling
from koubo.protocols import ExemplarLine
from koubo.script.brief import BriefRequest
from koubo.script.compose import Budget


class ActorEngine(BaseModel):
    """How a vLLM engine inside an actor is started."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kwargs: dict[str, Any] = Field(default_factory=dict, description="Arguments of the vLLM engine.")
    env_vars: dict[str, str] = Field(default_factory=dict, description="Environment variables of the actor.")


@dataclass(frozen=True, slots=True)
class WritingTask:
    """See the settings of `data_jobs.write_scripts`.

    `snapshot` is a version folder, `live` the file of the live values or None; `request` is what is asked of every
    product, its id aside. `writer` is a model source, None where everything is planned; `engine` are the arguments of
    its vLLM engine.
    """

    snapshot: str
    live: str | None
    request: BriefRequest
    writer: str | None
    sampling: Sampling
    budget: Budget
    exemplars: tuple[ExemplarLine, ...]
    embedder: str
    threads: int
    engine: dict[str, Any]
