"""k-means (Lloyd, 1982) in pieces that can run anywhere: a step over one block, a sum of steps, new centroids.

A step needs the block and the centroids only, and what it gives is as small as the centroids, so blocks may lie on
any node: assign in parallel, add up, repeat.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
MAX_ROUNDS = 50
TOLERANCE = 1e-4
"""Rounds end when the inertia falls by less than this share."""


@dataclass(frozen=True, slots=True)
class Step:
    """Sums (k x d) and counts (k) of the vectors nearest to each centroid, and the sum of their squared distances."""

    sums: NDArray[np.float64]
    counts: NDArray[np.int64]
    inertia: float


def distances(vectors: Vectors, centroids: Vectors) -> Vectors:
    """Squared Euclidean distances, n x k, never below 0."""
    squares = (vectors**2).sum(1)[:, None] - 2 * vectors @ centroids.T + (centroids**2).sum(1)[None, :]
    return np.maximum(squares, 0)


def nearest(vectors: Vectors, centroids: Vectors) -> NDArray[np.int64]:
    """Index of the nearest centroid of each vector; the first of equally near ones."""
    return distances(vectors, centroids).argmin(1)


def step(vectors: Vectors, centroids: Vectors) -> Step:
    """Assign a block's vectors to their nearest centroids and add them up."""
    squares = distances(vectors, centroids)
    labels = squares.argmin(1)
    sums = np.zeros(centroids.shape, np.float64)
    np.add.at(sums, labels, vectors.astype(np.float64))
    inertia = float(squares[np.arange(len(vectors)), labels].sum(dtype=np.float64))
    return Step(sums, np.bincount(labels, minlength=len(centroids)), inertia)


def add_up(steps: Sequence[Step]) -> Step:
    """One step for all blocks together."""
    return Step(
        np.sum([s.sums for s in steps], axis=0),
        np.sum([s.counts for s in steps], axis=0),
        float(np.sum([s.inertia for s in steps])),
    )


def moved(centroids: Vectors, total: Step) -> Vectors:
    """Centroids in the middle of their vectors; one without vectors stays where it is."""
    means = total.sums / np.maximum(total.counts, 1)[:, None]
    return np.where(total.counts[:, None] > 0, means, centroids).astype(np.float32)


def fit(run: Callable[[Vectors], Step], centroids: Vectors) -> tuple[Vectors, float]:
    """Centroids moved until the inertia settles, and that inertia; `run` gives the step over all vectors."""
    before = float("inf")
    for _ in range(MAX_ROUNDS):
        total = run(centroids)
        if before - total.inertia <= TOLERANCE * max(total.inertia, 1e-12):
            break
        before, centroids = total.inertia, moved(centroids, total)
    return centroids, total.inertia


def seeds(vectors: Vectors, k: int, seed: int = 0) -> Vectors:
    """k starting centroids among the vectors, far from one another (k-means++: Arthur and Vassilvitskii, 2007)."""
    random = np.random.default_rng(seed)
    chosen = [int(random.integers(len(vectors)))]
    gap = distances(vectors, vectors[chosen])[:, 0].astype(np.float64)
    while len(chosen) < k:
        total = gap.sum()
        index = int(random.choice(len(vectors), p=gap / total)) if total > 0 else int(random.integers(len(vectors)))
        chosen.append(index)
        gap = np.minimum(gap, distances(vectors, vectors[index : index + 1])[:, 0])
    return vectors[chosen].copy()


def fit_here(vectors: Vectors, k: int, seed: int = 0, starts: int = 4) -> tuple[Vectors, float]:
    """The best of several fits of vectors that lie in this process."""
    fits = [fit(lambda c: step(vectors, c), seeds(vectors, k, seed + start)) for start in range(starts)]
    return min(fits, key=lambda result: result[1])


def silhouette(vectors: Vectors, labels: NDArray[np.int64]) -> float:
    """Mean silhouette, -1 to 1 (Rousseeuw, 1987): how much nearer a vector is to its own cluster than to the next.

    Takes n x n memory: give it a sample.
    """
    apart = np.sqrt(distances(vectors, vectors))
    names = np.unique(labels)
    if len(names) < 2:
        return -1.0
    member = (labels[:, None] == names[None, :]).astype(np.float32)
    sums, sizes = apart @ member, member.sum(0)
    own = member.astype(bool)
    size = sizes[None, :].repeat(len(labels), 0)[own]
    inside = sums[own] / np.maximum(size - 1, 1)
    outside = np.where(own, np.inf, sums / sizes).min(1)
    score = (outside - inside) / np.maximum(np.maximum(inside, outside), 1e-12)
    return float(np.where(size > 1, score, 0).mean())


def choose(sample: Vectors, k_max: int, seed: int = 0) -> Vectors:
    """Centroids of the k from 2 to `k_max` with the best silhouette on the sample; one centroid if it is tiny."""
    k_max = min(k_max, len(np.unique(sample, axis=0)) - 1)
    if k_max < 2:
        return sample.mean(0, keepdims=True, dtype=np.float32)
    fits = (fit_here(sample, k, seed)[0] for k in range(2, k_max + 1))
    return max(fits, key=lambda centroids: silhouette(sample, nearest(sample, centroids)))
