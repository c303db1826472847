"""Joins pictures to the products that show them, and takes the facts of those that may feed a script."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import polars as pl

from koubo.catalog.errors import RowError
from koubo.catalog.facts import Fact
from koubo.catalog.graph import Edge, EdgeKind, image_node, product_node
from koubo.catalog.page_facts import facts_of_page
from koubo.catalog.records import Product

NO_TOPIC = ("other", 50)
"""Topic and priority of a picture where no clusters are given."""


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """What the pictures of a catalogue gave: facts by product id, edges, and what could not be joined."""

    facts: Mapping[str, tuple[Fact, ...]]
    edges: tuple[Edge, ...]
    errors: tuple[RowError, ...]


NO_PICTURES = PictureFacts({}, (), ())


def join_pictures(products: Sequence[Product], pages: pl.DataFrame, clusters: pl.DataFrame | None) -> PictureFacts:
    """Facts and edges of the kept pictures of each product.

    Args:
        products: with their `images`: paths or URIs, matched to the image ids by their last parts.
        pages: OCR rows: image_id, lines (text, box, score), error.
        clusters: cluster rows: image_id, group_id, topic, keep, priority; None keeps every readable picture.
    """
    finder = _ImageFinder(pages["image_id"])
    shown, errors = _shown(products, finder)
    kept = _kept(pages, clusters)
    facts = {product_id: _facts(product_id, images, kept) for product_id, images in shown.items()}
    edges = [
        Edge(product_node(product_id), image_node(image), EdgeKind.SHOWN_IN)
        for product_id, images in shown.items()
        for image in images
    ]
    joined = {image for images in shown.values() for image in images}
    return PictureFacts(facts, (*edges, *_likeness(clusters, joined)), tuple(errors))


class _ImageFinder:
    """Finds the image id that a product's image means: the one that shares the most path parts from the end."""

    def __init__(self, image_ids: Iterable[str]) -> None:
        self._by_name: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        for image_id in image_ids:
            parts = PurePosixPath(image_id).parts
            self._by_name[parts[-1]].append(parts)

    def find(self, image: str) -> str:
        """The image id. Raises LookupError that says why where there is none, or more than one as good."""
        parts = PurePosixPath(image.split("?")[0]).parts
        found = self._by_name.get(parts[-1] if parts else "", [])
        if not found:
            raise LookupError("no such picture among those that were read")
        shared = {candidate: _shared_end(parts, candidate) for candidate in found}
        best = [candidate for candidate, length in shared.items() if length == max(shared.values())]
        if len(best) > 1:
            raise LookupError(f"could be {' or '.join(sorted('/'.join(b) for b in best))}; write its folder too")
        return "/".join(best[0])


def _shared_end(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    pairs = zip(reversed(one), reversed(other), strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _shown(products: Sequence[Product], finder: _ImageFinder) -> tuple[dict[str, list[str]], list[RowError]]:
    """Image ids of each product, each once, in the order of the table."""
    shown: dict[str, list[str]] = {}
    errors: list[RowError] = []
    for product in products:
        images: dict[str, None] = {}
        for image in dict.fromkeys(product.images):
            try:
                images[finder.find(image)] = None
            except LookupError as why:
                errors.append(RowError(product.place, product.row or 0, "images", image, str(why), kept=True))
        shown[product.id] = list(images)
    return shown, errors


def _kept(pages: pl.DataFrame, clusters: pl.DataFrame | None) -> dict[str, tuple[Mapping[str, Any], str, int]]:
    """{image_id: OCR row, topic, priority} of the pictures that may feed a script."""
    readable = pages.filter(pl.col("error").is_null())
    if clusters is None:
        return {row["image_id"]: (row, *NO_TOPIC) for row in readable.iter_rows(named=True)}
    chosen = clusters.filter("keep").select("image_id", "topic", "priority")
    rows = readable.join(chosen, on="image_id", maintain_order="left").iter_rows(named=True)
    return {row["image_id"]: (row, row["topic"], row["priority"]) for row in rows}


def _facts(
    product_id: str, images: Sequence[str], kept: Mapping[str, tuple[Mapping[str, Any], str, int]]
) -> tuple[Fact, ...]:
    """Facts of a product's kept pictures; what several pictures say alike is taken from the most important one."""
    found = [fact for image in images if image in kept for fact in facts_of_page(product_id, *kept[image])]
    found.sort(key=lambda fact: (fact.priority, fact.id))
    said: dict[tuple[str, str, str], Fact] = {}
    for fact in found:
        said.setdefault((fact.kind, fact.label, fact.value), fact)
    return tuple(said.values())


def _likeness(clusters: pl.DataFrame | None, joined: set[str]) -> Iterator[Edge]:
    """Near duplicates, each with the best picture of its group."""
    if clusters is None:
        return
    for image, group in clusters.sort("image_id").select("image_id", "group_id").iter_rows():
        if group and group != image and image in joined:
            yield Edge(image_node(image), image_node(group), EdgeKind.LIKE)
