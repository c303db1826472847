"""A k-means step on a torch device, for nodes with GPUs: the same sums as `kmeans.step`."""

from __future__ import annotations

import torch

from data_jobs.clustering.kmeans import Step, Vectors

CHUNK = 65536


def torch_step(vectors: Vectors, centroids: Vectors, device: str) -> Step:
    """Assign a block's vectors to their nearest centroids and add them up, on `device` (cuda, cuda:1, cpu)."""
    means = torch.tensor(centroids, device=device)
    sums, counts = (
        torch.zeros_like(means, dtype=torch.float64),
        torch.zeros(len(means), dtype=torch.int64, device=device),
    )
    inertia, squares = 0.0, (means**2).sum(1)
    for start in range(0, len(vectors), CHUNK):
        chunk = torch.tensor(vectors[start : start + CHUNK], device=device)
        least, labels = torch.addmm(squares, chunk, means.T, alpha=-2).min(1)
        sums.index_add_(0, labels, chunk.double())
        counts += torch.bincount(labels, minlength=len(means))
        inertia += float(least.double().sum() + (chunk.double() ** 2).sum())
    return Step(sums.cpu().numpy(), counts.cpu().numpy(), max(inertia, 0.0))
