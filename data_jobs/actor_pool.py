"""A table mapped by a pool of actors, each started with the same task: how jobs hand rows to their models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import polars as pl
import ray
import ray.data

from data_jobs.session import thread_limits


class PoolSettings(Protocol):
    """The part of a job's settings that sizes its pool; the fields' descriptions are in the job."""

    @property
    def actors(self) -> int: ...
    @property
    def num_cpus(self) -> float: ...
    @property
    def threads(self) -> int: ...
    @property
    def batch_size(self) -> int: ...


def map_rows(
    rows: pl.DataFrame,
    actor: type,
    task: Any,
    settings: PoolSettings,
    block_rows: int,
    *,
    num_gpus: float = 0,
    env_vars: Mapping[str, str] | None = None,
) -> ray.data.Dataset:
    """The rows as the actors give them back, Arrow batches in and out.

    Args:
        rows: at least one.
        actor: a callable class, made with `task`.
        task: what each actor is started with.
        settings: how many actors, and what each has.
        block_rows: rows that travel together; what a kill costs at most.
        num_gpus: GPUs that each actor reserves.
        env_vars: environment variables of the actors, beside the limits on their threads.
    """
    blocks = [block.to_arrow() for block in rows.iter_slices(max(1, block_rows))]
    return ray.data.from_arrow(blocks).map_batches(
        actor,
        fn_constructor_args=(task,),
        batch_size=settings.batch_size,
        batch_format="pyarrow",
        compute=ray.data.ActorPoolStrategy(size=min(settings.actors, len(blocks))),
        num_cpus=settings.num_cpus,
        num_gpus=num_gpus,
        runtime_env={"env_vars": thread_limits(settings.threads) | dict(env_vars or {})},
    )
