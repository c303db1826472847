"""Near duplicates over a Ray cluster: candidates by joins in one process, pairs of them compared in parallel."""

from __future__ import annotations

from functools import partial

import numpy as np
import polars as pl
import pyarrow as pa
import ray
from numpy.typing import NDArray

from data_jobs.clustering.candidate_pairs import candidate_pairs
from data_jobs.clustering.fingerprint import Page, read_page
from data_jobs.clustering.near_duplicates import best_first, leaders, same_pairs, tiers
from data_jobs.clustering.second_look import SecondLook
from data_jobs.progress import Progress

PAIRS = 2000
"""Pairs of a task: they are sorted, so that few pages make many pairs."""


def group_ids(fingerprints: pl.DataFrame, max_pixels: int) -> dict[str, str]:
    """For every FINGERPRINT row the image_id of the best page of its group; a page alone is its own best.

    The fingerprints go to the object store once; a task reads those of its pairs' pages. Pictures larger than
    `max_pixels` are not opened for a second look.
    """
    pages = best_first(fingerprints)
    pairs = candidate_pairs(pages)
    same = _compare(pages, pairs, max_pixels) if len(pairs) else np.empty((0, 2), np.uint32)
    ids = pages["image_id"].to_list()
    return dict(
        zip(ids, (ids[leader] for leader in leaders(same, pages["offers"].to_list(), tiers(pages))), strict=True)
    )


def _compare(pages: pl.DataFrame, pairs: pl.DataFrame, max_pixels: int) -> NDArray[np.uint32]:
    blocks = [block.to_arrow() for block in pairs.iter_slices(PAIRS)]
    compared = ray.data.from_arrow(blocks).map_batches(
        compare_pairs,
        fn_kwargs={"pages": ray.put(pages.to_arrow()), "max_pixels": max_pixels},
        batch_size=None,
        batch_format="pyarrow",
    )
    progress, parts = Progress("cluster_images: compared", len(pairs)), []
    for row in compared.iter_rows():
        parts.append(np.frombuffer(row["same"], np.uint32).reshape(-1, 2))
        progress.add(row["pairs"])
    same = np.concatenate(parts)
    return same[np.lexsort((same[:, 1], same[:, 0]))]


def compare_pairs(batch: pa.Table, pages: ray.ObjectRef, max_pixels: int) -> pa.Table:
    """The pairs of row numbers `a`, `b` that are the same page, as bytes in one row, and how many were compared."""
    table = pl.DataFrame(pl.from_arrow(ray.get(pages)))
    pairs = np.column_stack([batch["a"].to_numpy(), batch["b"].to_numpy()]).astype(np.uint32)
    same = same_pairs(pairs, partial(load_pages, table), SecondLook(max_pixels))
    return pa.table({"same": [same.tobytes()], "pairs": [len(pairs)]})


def load_pages(table: pl.DataFrame, rows: NDArray[np.uint32]) -> list[Page]:
    """The pages of these rows of a FINGERPRINT table."""
    return [read_page(row) for row in table[rows.tolist()].iter_rows(named=True)]
