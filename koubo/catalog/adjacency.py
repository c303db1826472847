"""The graph in memory: who stands beside whom, as three arrays (compressed sparse rows).

A networkx graph of the same edges costs sixteen times the memory, keeps the interpreter from serving
while it is filled, and joins two nodes by one edge only. The lookups here need neighbours and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from koubo.catalog.graph import EdgeKind

KINDS = tuple(EdgeKind)
STEP = 10_000
"""Entries put into a dict at one go; between two goes other threads may run."""


class Adjacency:
    """Nodes by number, in the order of the table `nodes`, and the nodes beside each, whichever way their edges point.

    Args:
        nodes, edges: tables of a snapshot that passed its checks.

    Raises:
        ValueError: an edge of a kind that does not exist.
    """

    def __init__(self, nodes: pl.DataFrame, edges: pl.DataFrame) -> None:
        self.number = numbered(nodes["id"])
        self.ids: Sequence[str] = list(self.number)
        ends = edges["source"].to_numpy(), edges["target"].to_numpy()
        here, there = np.concatenate(ends), np.concatenate(ends[::-1])
        order = np.argsort(here, kind="stable")
        self._beside: NDArray[np.uint32] = there[order]
        self._kinds: NDArray[np.uint8] = np.tile(_codes(edges["kind"]), 2)[order]
        degrees = np.bincount(here, minlength=len(self.ids))
        self._starts: NDArray[np.int64] = np.concatenate([[0], np.cumsum(degrees)])
        self.products = np.asarray(nodes["kind"] == "product")

    @property
    def edges(self) -> int:
        """How many edges there are."""
        return len(self._beside) // 2

    @property
    def bytes(self) -> int:
        """Bytes of the arrays; the ids and their numbers come on top."""
        arrays = self._beside, self._kinds, self._starts, self.products
        return sum(array.nbytes for array in arrays)

    def degree(self, node: int) -> int:
        """How many edges a node has."""
        return int(self._starts[node + 1] - self._starts[node])

    def beside(self, node: int) -> NDArray[np.uint32]:
        """Numbers of the nodes beside a node, ascending but for the way that edges point; read only."""
        return self._beside[self._starts[node] : self._starts[node + 1]]

    def kinds(self, node: int) -> list[EdgeKind]:
        """Kinds of a node's edges, in the order of `beside`."""
        return [KINDS[code] for code in self._kinds[self._starts[node] : self._starts[node + 1]].tolist()]

    def kind(self, node: int, other: int) -> EdgeKind:
        """Kind of the edge (the first, where there are several) between two nodes that stand side by side."""
        return self.kinds(node)[self.beside(node).tolist().index(other)]


def numbered(ids: pl.Series) -> dict[str, int]:
    """{id: its place in the column}, filled step by step, so that other threads may run meanwhile."""
    numbers: dict[str, int] = {}
    for start in range(0, ids.len(), STEP):
        numbers.update(zip(ids.slice(start, STEP).to_list(), range(start, ids.len()), strict=False))
    return numbers


def _codes(kinds: pl.Series) -> NDArray[np.uint8]:
    """Each kind's place in KINDS."""
    try:
        return kinds.cast(pl.Enum([kind.value for kind in KINDS])).to_physical().cast(pl.UInt8).to_numpy()
    except pl.exceptions.PolarsError as error:
        raise ValueError(f"an edge of an unknown kind: {error}") from error
