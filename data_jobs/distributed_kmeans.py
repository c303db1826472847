"""k-means over a Ray Dataset: every block is assigned where it lies, and only sums as small as the centroids travel."""

from __future__ import annotations

from functools import partial

import numpy as np
import ray
from numpy.typing import NDArray

from data_jobs.kmeans import Step, Vectors, add_up, fit, step

Batch = dict[str, NDArray[np.generic]]


def fit_dataset(dataset: ray.data.Dataset, centroids: Vectors, column: str = "vector") -> tuple[Vectors, float]:
    """Centroids fitted to the vectors in `column` from these starting ones, and the inertia (sum of squared distances).

    Every round is one pass over the dataset: materialize it where it is not cheap to make again. The blocks' sums are
    added up in an order of their own, not that of their arrival, so that the same blocks give the same bits.
    """
    return fit(partial(_round, dataset, column), centroids)


def _round(dataset: ray.data.Dataset, column: str, centroids: Vectors) -> Step:
    steps = dataset.map_batches(
        assign_and_sum, fn_kwargs={"centroids": centroids, "column": column}, batch_size=None, batch_format="numpy"
    )
    rows = sorted(steps.iter_rows(), key=lambda row: (row["inertia"], row["sums"].tobytes()))
    return add_up([Step(row["sums"], row["counts"], float(row["inertia"])) for row in rows])


def assign_and_sum(batch: Batch, centroids: Vectors, column: str) -> Batch:
    """One block's k-means step, as a row."""
    found = step(as_matrix(batch[column]), centroids)
    return {"sums": found.sums[None], "counts": found.counts[None], "inertia": np.array([found.inertia])}


def as_matrix(column: NDArray[np.generic]) -> Vectors:
    """An n x d matrix from a column of vectors, which Arrow lists give as an array of arrays."""
    return np.stack(list(column)).astype(np.float32)
