"""Products like another: those that share what few products have.

Two products are the liker the more nodes they share, each node weighing 1 / ln(number of nodes beside it): the measure
of Adamic and Adar ("Friends and neighbors on the Web", Social Networks 25, 2003). So a common series says more than a
common country, and a hub that half the shop shares says little.

A hub is not walked either: candidates come from the rarest nodes on until VISITS sharers are seen, and only the best
candidates are scored in full, hubs included. So an answer takes the same time in a shop of any size.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from koubo.catalog.adjacency import Adjacency

VISITS = 4_000
"""Sharers looked at for one answer."""
FINALISTS = 4
"""Times as many candidates as answers are scored in full."""


@dataclass(frozen=True, slots=True)
class Related:
    """A product beside another: how near (above 0; more is nearer), and the nodes that join them, the rarest first."""

    product_id: str
    score: float
    via: tuple[str, ...]


def weight(degree: int) -> float:
    """What sharing a node with so many nodes beside it says of likeness."""
    return 1 / log(max(degree, 2))


def related(graph: Adjacency, start: int, n: int) -> tuple[Related, ...]:
    """The n likest products to the product with node number `start`."""
    own = set(graph.beside(start).tolist())
    found = (_scored(graph, other, own) for other in candidates(graph, own, n * FINALISTS, np.array([start])))
    return tuple(sorted(found, key=lambda one: (-one.score, one.product_id))[:n])


def candidates(graph: Adjacency, nodes: Iterable[int], most: int, without: NDArray[np.integer]) -> list[int]:
    """The products, `most` at most, that share the most of the nodes by weight; none of those in `without`."""
    shared = sorted((node for node in nodes if not graph.products[node]), key=lambda node: (graph.degree(node), node))
    visited = list(_visited(graph, shared))
    if not visited:
        return []
    sharers = np.concatenate([others for others, _ in visited])
    weights = np.repeat([weight for _, weight in visited], [len(others) for others, _ in visited])
    products, place = np.unique(sharers, return_inverse=True)
    scores = np.bincount(place, weights=weights)
    barred = ~graph.products
    barred[without] = True
    scores[barred[products]] = 0
    best = np.argsort(-scores, kind="stable")[:most]
    return [int(products[place]) for place in best if scores[place] > 0]


def _visited(graph: Adjacency, nodes: Sequence[int]) -> Iterator[tuple[NDArray[np.uint32], float]]:
    """The sharers of each node with the node's weight, until VISITS are seen; of the last node only its first."""
    left = VISITS
    for node in nodes:
        others = graph.beside(node)[:left]
        yield others, weight(graph.degree(node))
        left -= len(others)
        if left <= 0:
            return


def _scored(graph: Adjacency, other: int, own: set[int]) -> Related:
    shared = sorted(own.intersection(graph.beside(other).tolist()), key=lambda node: (graph.degree(node), node))
    score = sum(weight(graph.degree(node)) for node in shared)
    return Related(graph.ids[other].partition(":")[2], score, tuple(graph.ids[node] for node in shared))
