"""Topical neighbourhoods of described pages: k chosen on a sample in this process, the rest on the cluster."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import ray

from data_jobs.clustering.distributed_kmeans import COLUMN, RoundTask, as_matrix, assign, fit_dataset
from data_jobs.clustering.kmeans import Vectors, choose


def topical_clusters(
    described: ray.data.Dataset, image_ids: pl.Series, sample: int, clusters_max: int, block_rows: int, task: RoundTask
) -> tuple[dict[str, int], Counter[str]]:
    """Cluster of every page that could be opened, and where the tasks of k-means ran.

    Args:
        described: DESCRIBED rows.
        image_ids: the pages that could be opened, sorted.
        sample: pages that k is chosen on.
        clusters_max: clusters at most.
        block_rows: vectors of a block at most.
    """
    if image_ids.is_empty():
        return {}, Counter()
    vectors = described.map_batches(_opened, batch_size=None, batch_format="pyarrow")
    vectors = vectors.repartition(-(-len(image_ids) // block_rows)).materialize()
    started = choose(_sample(vectors, image_ids, sample), clusters_max)
    fitted = fit_dataset(vectors, started, task)
    return _numbered(image_ids, assign(vectors, fitted.centroids)), fitted.places


def _opened(batch: pa.Table) -> pa.Table:
    return batch.filter(batch["opened"]).select(["image_id", COLUMN])


def _sample(vectors: ray.data.Dataset, image_ids: pl.Series, size: int) -> Vectors:
    """Vectors of pages drawn by a hash of their ids: the same pages whatever the blocks, sorted by id."""
    drawn = sorted(image_ids, key=lambda image_id: (zlib.crc32(image_id.encode()), image_id))[:size]
    rows = vectors.filter(_is_drawn, fn_args=(frozenset(drawn),)) if len(drawn) < len(image_ids) else vectors
    batches = [
        pl.DataFrame(pl.from_arrow(batch)) for batch in rows.iter_batches(batch_size=None, batch_format="pyarrow")
    ]
    held = pl.concat([batch for batch in batches if len(batch)]).sort("image_id")
    return np.array(as_matrix(held.to_arrow()[COLUMN]))


def _is_drawn(row: Mapping[str, Any], drawn: frozenset[str]) -> bool:
    return row["image_id"] in drawn


def _numbered(image_ids: Iterable[str], labels: Mapping[str, int]) -> dict[str, int]:
    """Clusters numbered from 0 in the order of their first page, so that numbers do not depend on the seeds."""
    names: dict[int, int] = {}
    return {image_id: names.setdefault(labels[image_id], len(names)) for image_id in image_ids}
