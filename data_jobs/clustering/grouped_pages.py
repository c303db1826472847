"""Near duplicates over a Ray cluster: candidates by joins in one process, pairs of them compared in parallel."""

from __future__ import annotations

from dataclasses import dataclass
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
from data_jobs.ocr.fetch import Fetcher
from data_jobs.ocr.picture_web import WebLimits
from data_jobs.progress import Progress

PAIRS = 2000
"""Pairs of a task: they are sorted, so that few pages make many pairs."""
COMPARED = pl.Schema(
    {
        "same": pl.Binary(),
        "pairs": pl.Int64(),
        "unseen": pl.List(pl.Struct({"image_id": pl.String(), "error": pl.String()})),
    }
)
"""One row a block of pairs: the row numbers `a`, `b` of those that are the same page as bytes, how many pairs were
compared, and which pictures could not be opened for a second look."""


@dataclass(frozen=True, slots=True)
class Groups:
    """`best`: for every page the image_id of the best page of its group; a page alone is its own best.

    `unseen`: by image_id, why a picture could not be opened for a second look; it may be apart for that alone.
    """

    best: dict[str, str]
    unseen: dict[str, str]


def group_ids(fingerprints: pl.DataFrame, max_pixels: int, web: WebLimits) -> Groups:
    """The groups of FINGERPRINT rows.

    The fingerprints go to the object store once; a task reads those of its pairs' pages. Pictures larger than
    `max_pixels`, and those that cannot be fetched within the limits of `web`, are not opened for a second look.
    """
    pages = best_first(fingerprints)
    pairs = candidate_pairs(pages)
    same, unseen = _compare(pages, pairs, max_pixels, web) if len(pairs) else (np.empty((0, 2), np.uint32), {})
    ids = pages["image_id"].to_list()
    best = (ids[leader] for leader in leaders(same, pages["offers"].to_list(), tiers(pages)))
    return Groups(dict(zip(ids, best, strict=True)), unseen)


def _compare(
    pages: pl.DataFrame, pairs: pl.DataFrame, max_pixels: int, web: WebLimits
) -> tuple[NDArray[np.uint32], dict[str, str]]:
    blocks = [block.to_arrow() for block in pairs.iter_slices(PAIRS)]
    compared = ray.data.from_arrow(blocks).map_batches(
        compare_pairs,
        fn_kwargs={"pages": ray.put(pages.to_arrow()), "max_pixels": max_pixels, "web": web},
        batch_size=None,
        batch_format="pyarrow",
    )
    progress, parts = Progress("cluster_images: compared", len(pairs)), []
    unseen: dict[str, str] = {}
    for row in compared.iter_rows():
        parts.append(np.frombuffer(row["same"], np.uint32).reshape(-1, 2))
        unseen |= {one["image_id"]: one["error"] for one in row["unseen"]}
        progress.add(row["pairs"])
    same = np.concatenate(parts)
    return same[np.lexsort((same[:, 1], same[:, 0]))], unseen


def compare_pairs(batch: pa.Table, pages: ray.ObjectRef, max_pixels: int, web: WebLimits) -> pa.Table:
    """A row of COMPARED for a block of pairs of row numbers `a`, `b`."""
    table = pl.DataFrame(pl.from_arrow(ray.get(pages)))
    pairs = np.column_stack([batch["a"].to_numpy(), batch["b"].to_numpy()]).astype(np.uint32)
    look = SecondLook(max_pixels, Fetcher(web))
    same = same_pairs(pairs, partial(load_pages, table), look)
    unseen = [{"image_id": image_id, "error": error} for image_id, error in look.unseen.items()]
    row = {"same": same.tobytes(), "pairs": len(pairs), "unseen": unseen}
    return pl.DataFrame([row], schema=COMPARED).to_arrow()


def load_pages(table: pl.DataFrame, rows: NDArray[np.uint32]) -> list[Page]:
    """The pages of these rows of a FINGERPRINT table."""
    return [read_page(row) for row in table[rows.tolist()].iter_rows(named=True)]
