"""A piece of the graph as a drawing: a product, what stands beside it, and the likest products."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import networkx as nx

from koubo.catalog.snapshot import Snapshot

WIDTH, HEIGHT, MARGIN = 1100, 560, 90
BESIDE, LIKE, LABEL = 24, 6, 12
SEED = 7


@dataclass(frozen=True, slots=True)
class Dot:
    """A node at its place (pixels), by its kind and a short label; `title` is the whole one."""

    x: float
    y: float
    kind: str
    label: str
    title: str


@dataclass(frozen=True, slots=True)
class Line:
    """An edge between two places, by its kind."""

    x1: float
    y1: float
    x2: float
    y2: float
    kind: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawing of WIDTH x HEIGHT pixels around the product `title`."""

    width: int
    height: int
    title: str
    dots: tuple[Dot, ...]
    lines: tuple[Line, ...]


def draw(graph: Snapshot, product_id: str) -> Drawing:
    """The product and what is near it, laid out by springs (Fruchterman and Reingold, 1991); the same for one graph."""
    drawn = _neighbourhood(graph, product_id)
    places = nx.spring_layout(drawn, seed=SEED, k=1.6 / max(len(drawn), 1) ** 0.5, iterations=200)
    spots = {node: _pixels(*place) for node, place in places.items()}
    dots = tuple(_dot(graph, node, *spots[node]) for node in drawn)
    lines = tuple(Line(*spots[a], *spots[b], kind) for a, b, kind in drawn.edges(data="kind"))
    return Drawing(WIDTH, HEIGHT, graph.product(product_id).title, dots, lines)


def _neighbourhood(graph: Snapshot, product_id: str) -> nx.Graph:
    drawn, start = nx.Graph(), f"product:{product_id}"
    drawn.add_node(start)
    for node, kind in graph.neighbours(start)[:BESIDE]:
        drawn.add_edge(start, node, kind=kind.value)
    for other in graph.related(product_id, LIKE):
        for node in other.via:
            kind = dict(graph.neighbours(f"product:{other.product_id}"))[node]
            drawn.add_edge(start, node, kind=kind.value)
            drawn.add_edge(f"product:{other.product_id}", node, kind=kind.value)
    return drawn


def _pixels(x: float, y: float) -> tuple[float, float]:
    """A place from -1 to 1 in the drawing."""
    return (
        round(MARGIN + (x + 1) / 2 * (WIDTH - 2 * MARGIN), 1),
        round(MARGIN / 2 + (y + 1) / 2 * (HEIGHT - MARGIN), 1),
    )


def _dot(graph: Snapshot, node: str, x: float, y: float) -> Dot:
    kind, _, label = node.partition(":")
    title = graph.product(label).title if kind == "product" else label
    return Dot(x, y, kind, "".join(_shortened(title)), title)


def _shortened(title: str) -> Iterator[str]:
    yield title[:LABEL]
    if len(title) > LABEL:
        yield "…"
