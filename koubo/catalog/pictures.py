"""Joins pictures to the products that show them: what a kept picture states becomes facts of its products."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import polars as pl

from koubo.catalog.errors import RowError
from koubo.catalog.facts import PRIORITY, Fact, FactKind, Provenance
from koubo.catalog.graph import Edge, EdgeKind, image_node, product_node
from koubo.catalog.page_facts import Statement
from koubo.catalog.records import Product

STATED = ("image_id", "statements", "error")
DECIDED = ("image_id", "group_id", "keep", "priority")
"""Columns of what pictures state and of clusters that facts and edges follow from."""
NO_PRIORITY = 50
"""Priority of a picture where no clusters are given."""
Kept = tuple[tuple[Statement, ...], int]
"""What a picture states, and the priority of its topic."""


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """What the pictures of a catalogue gave: facts by product id, edges, and what could not be joined."""

    facts: Mapping[str, tuple[Fact, ...]]
    edges: tuple[Edge, ...]
    errors: tuple[RowError, ...]


NO_PICTURES = PictureFacts({}, (), ())


def join_pictures(products: Sequence[Product], understood: pl.DataFrame, clusters: pl.DataFrame | None) -> PictureFacts:
    """Facts and edges of the kept pictures of each product.

    Args:
        products: with their `images`: paths or URIs, matched to the image ids by their last parts.
        understood: rows of what pictures state: image_id, statements (see `page_facts.Statement`), error.
        clusters: cluster rows: image_id, group_id, keep, priority; None keeps every readable picture.
    """
    finder = _ImageFinder(understood["image_id"])
    shown, errors = _shown(products, finder)
    kept = _kept(understood, clusters)
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
        self._parts = {image_id: PurePosixPath(image_id).parts for image_id in image_ids}
        self._by_name: dict[str, list[str]] = defaultdict(list)
        for image_id, parts in self._parts.items():
            self._by_name[parts[-1]].append(image_id)

    def find(self, image: str) -> str:
        """The image id. Raises LookupError that says why where there is none, or more than one as good."""
        if image in self._parts:
            return image
        parts = PurePosixPath(image.split("?")[0]).parts
        found = self._by_name.get(parts[-1] if parts else "", [])
        if not found:
            raise LookupError("no such picture among those that were read")
        shared = {candidate: _shared_end(parts, self._parts[candidate]) for candidate in found}
        best = [candidate for candidate, length in shared.items() if length == max(shared.values())]
        if len(best) > 1:
            raise LookupError(f"could be {' or '.join(sorted(best))}; write its folder too")
        return best[0]


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


def _kept(understood: pl.DataFrame, clusters: pl.DataFrame | None) -> dict[str, Kept]:
    """What the pictures that may feed a script state, by image id."""
    rows = understood.filter(pl.col("error").is_null()).with_columns(priority=pl.lit(NO_PRIORITY))
    if clusters is not None:
        chosen = clusters.filter("keep").select("image_id", "priority")
        rows = rows.drop("priority").join(chosen, on="image_id", maintain_order="left")
    return {row["image_id"]: (_statements(row), row["priority"]) for row in rows.iter_rows(named=True)}


def _statements(row: Mapping[str, Any]) -> tuple[Statement, ...]:
    return tuple(_statement(raw) for raw in row["statements"] or ())


def _statement(raw: Mapping[str, Any]) -> Statement:
    box = tuple((float(x), float(y)) for x, y in raw["box"])
    return Statement(**{**raw, "kind": FactKind(raw["kind"]), "box": box})


def _facts(product_id: str, images: Sequence[str], kept: Mapping[str, Kept]) -> tuple[Fact, ...]:
    """Facts of a product's kept pictures; what several pictures say alike is taken from the most important one."""
    found = [fact for image in images if image in kept for fact in facts_of(product_id, image, *kept[image])]
    found.sort(key=lambda fact: (fact.priority, fact.id))
    said: dict[tuple[str, str, str], Fact] = {}
    for fact in found:
        said.setdefault((fact.kind, fact.label, fact.value), fact)
    return tuple(said.values())


def facts_of(product_id: str, image_id: str, statements: Sequence[Statement], priority: int) -> Iterator[Fact]:
    """Facts of a product from what one of its pictures states; `priority` is that of the picture's topic.

    A fact's id names product, kind, picture and line, and which of a line's statements of that kind where it has more.
    """
    seen: Counter[str] = Counter()
    for said in statements:
        identity = f"{product_id}:{said.kind}:{image_id}#{said.line}"
        seen[identity] += 1
        number = f".{seen[identity]}" if seen[identity] > 1 else ""
        came = Provenance("image", image_id, box=said.box, quote=said.quote)
        rank = PRIORITY[said.kind] + priority
        yield Fact(
            identity + number, product_id, said.kind, said.label, said.value, None, rank, None, None, said.score, came
        )


def _likeness(clusters: pl.DataFrame | None, joined: set[str]) -> Iterator[Edge]:
    """Near duplicates, each with the best picture of its group."""
    if clusters is None:
        return
    for image, group in clusters.sort("image_id").select("image_id", "group_id").iter_rows():
        if group and group != image and image in joined:
            yield Edge(image_node(image), image_node(group), EdgeKind.LIKE)
