"""k-means (Lloyd, 1982) in pieces that can run anywhere: a step over one block, a sum of steps, new centroids.

A step needs the block and the centroids only, and what it gives is as small as the centroids, so blocks may lie on
any node: assign in parallel, add up, repeat.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Vectors = NDArray[np.float32]
MAX_ROUNDS = 50
TOLERANCE = 1e-4
"""Rounds end when the inertia falls by less than this share."""
SAMPLE_TOLERANCE = 2e-3
FIRST_PART = 100
"""Vectors a cluster in the part of a sample that seeds are tried on."""
CHUNK = 4096
"""Vectors that are compared with all centroids at a time: the distances of a chunk stay in the processor's cache."""


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


def nearest(vectors: Vectors, centroids: Vectors) -> NDArray[np.int32]:
    """Index of the nearest centroid of each vector; the first of equally near ones."""
    return _assign(vectors, centroids)[0]


def _assign(vectors: Vectors, centroids: Vectors) -> tuple[NDArray[np.int32], float]:
    """Index of the nearest centroid of each vector, and the inertia. Needs memory for CHUNK x k distances only.

    |x - c|^2 = |x|^2 + (|c|^2 - 2 x c): what is in brackets decides, and |x|^2 is added for all together.
    """
    doubled, squares = -2 * centroids.T, (centroids**2).sum(1)
    labels, near = np.empty(len(vectors), np.int32), 0.0
    for start in range(0, len(vectors), CHUNK):
        chunk = vectors[start : start + CHUNK]
        relative = chunk @ doubled
        relative += squares
        found = relative.argmin(1)
        labels[start : start + CHUNK] = found
        near += float(np.take_along_axis(relative, found[:, None], 1).sum(dtype=np.float64))
        near += float(np.einsum("ij,ij->i", chunk, chunk).sum(dtype=np.float64))
    return labels, max(near, 0.0)


def step(vectors: Vectors, centroids: Vectors) -> Step:
    """Assign a block's vectors to their nearest centroids and add them up."""
    labels, inertia = _assign(vectors, centroids)
    k = len(centroids)
    sums = np.zeros(centroids.shape, np.float64)
    for start in range(0, len(vectors), CHUNK):
        chunk, of = vectors[start : start + CHUNK], labels[start : start + CHUNK]
        rows = np.arange(len(of) + 1, dtype=np.int32)
        member = csr_array((np.ones(len(of), np.float32), of, rows), shape=(len(of), k))
        sums += member.T @ chunk
    return Step(sums, np.bincount(labels, minlength=k), inertia)


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


def fit(run: Callable[[Vectors], Step], centroids: Vectors, tolerance: float = TOLERANCE) -> tuple[Vectors, float]:
    """Centroids moved until the inertia settles, and that inertia; `run` gives the step over all vectors."""
    before = float("inf")
    for _ in range(MAX_ROUNDS):
        total = run(centroids)
        if before - total.inertia <= tolerance * max(total.inertia, 1e-12):
            break
        before, centroids = total.inertia, moved(centroids, total)
    return centroids, total.inertia


def seeds(vectors: Vectors, k: int, seed: int = 0) -> Vectors:
    """k starting centroids among the vectors, far from one another.

    Greedy k-means++ (Arthur and Vassilvitskii, 2007): of a few vectors drawn by their squared distance, the one that
    leaves the least inertia.
    """
    random = np.random.default_rng(seed)
    lengths = np.einsum("ij,ij->i", vectors, vectors)
    chosen = [int(random.integers(len(vectors)))]
    gap = _gaps(vectors, lengths, chosen)[:, 0]
    trials = 2 + int(np.log(k))
    while len(chosen) < k:
        drawn = _drawn(random, gap, trials)
        gaps = np.minimum(gap[:, None], _gaps(vectors, lengths, drawn))
        best = int(gaps.sum(0, dtype=np.float64).argmin())
        chosen.append(drawn[best])
        gap = gaps[:, best]
    return vectors[chosen].copy()


def _gaps(vectors: Vectors, lengths: Vectors, chosen: list[int]) -> Vectors:
    """Squared distances of all vectors to the chosen ones."""
    return np.maximum(lengths[:, None] + lengths[chosen] - 2 * (vectors @ vectors[chosen].T), 0)


def _drawn(random: np.random.Generator, gap: Vectors, trials: int) -> list[int]:
    """Indices drawn by squared distance, or evenly where all distances are 0."""
    reached = np.cumsum(gap, dtype=np.float64)
    if reached[-1] <= 0:
        return [int(i) for i in random.integers(len(gap), size=trials)]
    found = np.searchsorted(reached, random.random(trials) * reached[-1])
    return [int(i) for i in np.minimum(found, len(gap) - 1)]


def fit_here(vectors: Vectors, k: int, seed: int = 0, starts: int = 4) -> tuple[Vectors, float]:
    """The best of several fits of vectors that lie in this process."""
    fits = [fit(partial(step, vectors), seeds(vectors, k, seed + start)) for start in range(starts)]
    return min(fits, key=lambda result: result[1])


def fit_sample(sample: Vectors, k: int, seed: int = 0) -> Vectors:
    """Centroids for a fit of many vectors to start from, fitted to a sample of them in random order.

    Most rounds cost a fraction of the sample (nested batches: Newling and Fleuret, 2016): the best of several fits of
    its first part moves little on twice, four times, ... as many vectors.
    """
    size = min(len(sample), FIRST_PART * k)
    centroids, _ = fit_here(sample[:size], k, seed)
    while size < len(sample):
        size = min(2 * size, len(sample))
        centroids, _ = fit(partial(step, sample[:size]), centroids, SAMPLE_TOLERANCE)
    return centroids


def silhouette(vectors: Vectors, labels: NDArray[np.integer]) -> float:
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
