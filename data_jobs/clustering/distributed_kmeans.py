"""k-means over a Ray Dataset: every block is assigned where it lies, and only sums as small as the centroids travel."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import ray
from numpy.typing import NDArray

from data_jobs.clustering.kmeans import Step, Vectors, add_up, fit, nearest, step

COLUMN = "vector"


@dataclass(frozen=True, slots=True)
class RoundTask:
    """What a task of a round runs on: a torch device, or `cpu` for numpy; and what it reserves.

    `rows` are the vectors of a task, as many as a block's; None is the block as it is, which Ray refuses with GPUs.
    """

    device: str = "cpu"
    rows: int | None = None
    num_cpus: float = 1
    num_gpus: float = 0
    resources: dict[str, float] = field(default_factory=dict)

    @property
    def reserves(self) -> dict[str, Any]:
        """Arguments of `map_batches`."""
        amounts = {"num_cpus": self.num_cpus, "num_gpus": self.num_gpus, "resources": self.resources}
        return amounts | {"batch_size": self.rows}


@dataclass(slots=True)
class Fitted:
    """Centroids, the sum of squared distances to them, and where the tasks ran: node and GPUs -> number of tasks."""

    centroids: Vectors
    inertia: float
    places: Counter[str]


def fit_dataset(dataset: ray.data.Dataset, centroids: Vectors, task: RoundTask = RoundTask()) -> Fitted:
    """Centroids fitted to the vectors in COLUMN from these starting ones.

    Every round is one pass over the dataset: materialize it where it is not cheap to make again, in blocks as large as
    a worker may hold. The blocks' sums are added up in an order of their own, not that of their arrival, so that the
    same blocks give the same bits.
    """
    places: Counter[str] = Counter()
    found, inertia = fit(lambda current: fit_round(dataset, current, task, places), centroids)
    return Fitted(found, inertia, places)


def fit_round(
    dataset: ray.data.Dataset, centroids: Vectors, task: RoundTask = RoundTask(), places: Counter[str] | None = None
) -> Step:
    """One pass over the dataset: the sums, counts and inertia of all its vectors; counts its tasks in `places`."""
    steps = dataset.map_batches(
        assign_and_sum,
        fn_kwargs={"centroids": ray.put(centroids), "device": task.device},
        batch_format="pyarrow",
        **task.reserves,
    )
    rows = sorted(steps.iter_rows(), key=lambda row: (row["inertia"], row["sums"]))
    if places is not None:
        places.update(row["place"] for row in rows)
    return add_up([_read_step(row, centroids) for row in rows])


def _read_step(row: dict[str, Any], centroids: Vectors) -> Step:
    sums = np.frombuffer(row["sums"], np.float64).reshape(centroids.shape)
    return Step(sums, np.frombuffer(row["counts"], np.int64), row["inertia"])


def assign_and_sum(batch: pa.Table, centroids: ray.ObjectRef, device: str) -> pa.Table:
    """One block's k-means step, as a row of bytes: Arrow has no matrices."""
    found = device_step(as_matrix(batch[COLUMN]), ray.get(centroids), device)
    sums, counts = found.sums.astype(np.float64).tobytes(), found.counts.astype(np.int64).tobytes()
    return pa.table({"sums": [sums], "counts": [counts], "inertia": [found.inertia], "place": [_place()]})


def _place() -> str:
    """Node and GPUs of this task, as `node 1a2b3c4d` or `node 1a2b3c4d GPU 0`."""
    context = ray.get_runtime_context()
    gpus = "".join(f" GPU {number}" for number in context.get_accelerator_ids().get("GPU", []))
    return f"node {context.get_node_id()[:8]}{gpus}"


def device_step(vectors: Vectors, centroids: Vectors, device: str) -> Step:
    """A step by numpy on `cpu`, by torch elsewhere."""
    if device == "cpu":
        return step(vectors, centroids)
    from data_jobs.clustering.torch_kmeans import torch_step  # torch is only needed where there is a GPU

    return torch_step(vectors, centroids, device)


def assign(dataset: ray.data.Dataset, centroids: Vectors) -> dict[str, int]:
    """The nearest centroid of every row, by its image_id."""
    labelled = dataset.map_batches(
        _label, fn_kwargs={"centroids": ray.put(centroids)}, batch_size=None, batch_format="pyarrow"
    )
    return {row["image_id"]: row["label"] for row in labelled.iter_rows()}


def _label(batch: pa.Table, centroids: ray.ObjectRef) -> pa.Table:
    labels = nearest(as_matrix(batch[COLUMN]), ray.get(centroids))
    return pa.table({"image_id": batch["image_id"], "label": labels})


def as_matrix(column: pa.ChunkedArray) -> Vectors:
    """An n x d matrix from a column of n lists of d floats, without copying where the column is one chunk."""
    flat: NDArray[np.float32] = np.asarray(column.combine_chunks().flatten(), np.float32)
    return flat.reshape(len(column), -1)
