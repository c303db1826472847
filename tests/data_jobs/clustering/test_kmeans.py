import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, silhouette_score

from data_jobs.clustering.kmeans import add_up, choose, fit, fit_here, moved, nearest, seeds, silhouette, step


@pytest.fixture
def blobs() -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    random = np.random.default_rng(7)
    centres = random.normal(0, 4, (5, 16))
    labels = np.repeat(np.arange(5), 60)
    return (centres[labels] + random.normal(0, 1, (300, 16))).astype(np.float32), labels


def test_a_round_is_the_round_of_scikit_learn(blobs: tuple[NDArray[np.float32], NDArray[np.int64]]) -> None:
    vectors, _ = blobs
    start = vectors[::60].copy()
    theirs = KMeans(5, init=start, n_init=1, max_iter=1, algorithm="lloyd").fit(vectors)
    ours = moved(start, step(vectors, start))
    np.testing.assert_allclose(ours, theirs.cluster_centers_, rtol=1e-4, atol=1e-4)


def test_the_fit_ends_where_scikit_learn_ends(blobs: tuple[NDArray[np.float32], NDArray[np.int64]]) -> None:
    vectors, _ = blobs
    start = vectors[::60].copy()
    theirs = KMeans(5, init=start, n_init=1).fit(vectors)
    _, inertia = fit(lambda centroids: step(vectors, centroids), start)
    assert inertia == pytest.approx(theirs.inertia_, rel=0.01)


def test_blocks_add_up_to_the_whole(blobs: tuple[NDArray[np.float32], NDArray[np.int64]]) -> None:
    vectors, _ = blobs
    centroids = seeds(vectors, 4)
    whole, parts = step(vectors, centroids), add_up([step(block, centroids) for block in np.array_split(vectors, 7)])
    np.testing.assert_allclose(parts.sums, whole.sums, rtol=1e-5, atol=1e-2)
    assert parts.counts.tolist() == whole.counts.tolist()
    assert parts.inertia == pytest.approx(whole.inertia)


def test_a_centroid_without_vectors_stays() -> None:
    vectors = np.zeros((3, 2), np.float32)
    centroids = np.array([[0, 0], [9, 9]], np.float32)
    assert moved(centroids, step(vectors, centroids)).tolist() == [[0, 0], [9, 9]]


def test_silhouette_is_that_of_scikit_learn(blobs: tuple[NDArray[np.float32], NDArray[np.int64]]) -> None:
    vectors, _ = blobs
    labels = nearest(vectors, fit_here(vectors, 4)[0])
    assert silhouette(vectors, labels) == pytest.approx(silhouette_score(vectors, labels), abs=1e-3)


def test_the_number_of_clusters_is_found(blobs: tuple[NDArray[np.float32], NDArray[np.int64]]) -> None:
    vectors, labels = blobs
    centroids = choose(vectors, 9)
    assert len(centroids) == 5
    assert adjusted_rand_score(labels, nearest(vectors, centroids)) > 0.95
    assert choose(vectors, 9).tobytes() == centroids.tobytes()


def test_one_vector_or_equal_ones_are_one_cluster() -> None:
    assert len(choose(np.ones((1, 4), np.float32), 20)) == 1
    assert len(choose(np.ones((50, 4), np.float32), 20)) == 1
