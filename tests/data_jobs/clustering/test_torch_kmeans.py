import numpy as np
import pytest

from data_jobs.clustering.distributed_kmeans import device_step
from data_jobs.clustering.kmeans import step
from data_jobs.clustering.torch_kmeans import torch_step


def test_a_step_by_torch_is_a_step_by_numpy() -> None:
    random = np.random.default_rng(4)
    vectors, centroids = (random.normal(size=(n, 16)).astype(np.float32) for n in (500, 7))
    ours, theirs = step(vectors, centroids), torch_step(vectors, centroids, "cpu")
    np.testing.assert_allclose(theirs.sums, ours.sums, rtol=1e-4, atol=1e-3)
    assert theirs.counts.tolist() == ours.counts.tolist()
    assert theirs.inertia == pytest.approx(ours.inertia, rel=1e-5)
    assert device_step(vectors, centroids, "cpu").inertia == ours.inertia


def test_a_device_that_is_not_there_is_an_error_and_no_quiet_cpu() -> None:
    vectors = np.ones((3, 2), np.float32)
    with pytest.raises((RuntimeError, AssertionError)):
        device_step(vectors, vectors, "cuda:99")
