"""A published snapshot in memory: products, facts, promotions and the graph, with fast lookups."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

import networkx as nx
import polars as pl

from koubo.catalog.build import build_snapshot
from koubo.catalog.facts import Fact, FactKind, Provenance
from koubo.catalog.graph import product_node
from koubo.catalog.records import PROMOTION, Product, Promotion, Question, Review, promotions_by_product
from koubo.catalog.schema import SCHEMAS, SnapshotError, Tables, problems
from koubo.versions import VersionError, verify

__all__ = ["Related", "Snapshot", "SnapshotError", "UnknownProduct", "build_snapshot"]
CACHED = 20_000
"""Products whose records and facts stay decoded."""
HUB = 2_000
"""A node with more neighbours tells too little about likeness to be worth the walk."""
_FACT_COLUMNS = list(SCHEMAS["facts"])


class UnknownProduct(KeyError):
    """The snapshot has no product of this id."""

    def __str__(self) -> str:
        """The id and what it means."""
        return f"no product {self.args[0]!r} in the snapshot"


@dataclass(frozen=True, slots=True)
class Related:
    """A product like another: how much (above 0; more is liker), and the nodes that join them, the rarest first."""

    product_id: str
    score: float
    via: tuple[str, ...]


class Snapshot:
    """One version of the catalogue, never changing. Safe for threads.

    A process that keeps one may call `gc.freeze()` after loading: the graph then costs the garbage collector nothing.
    """

    def __init__(self, version: str, tables: Tables) -> None:
        """Index the tables of a version; `load` reads and checks them."""
        self.version = version
        self.graph = _graph(tables)
        self._tables = tables
        self._row_of = {product_id: row for row, product_id in enumerate(tables["products"]["id"])}
        self._records = tables["products"]["record"]
        self._span_of = _spans(tables["facts"]["product_id"])
        self._all_promotions = tuple(PROMOTION.validate_json(record) for record in tables["promotions"]["record"])
        self._promotions = promotions_by_product(self._all_promotions)
        self._product = lru_cache(CACHED)(self._read_product)
        self._facts = lru_cache(CACHED)(self._read_facts)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read a version folder, checking its checksums and its tables.

        Raises:
            SnapshotError: a file is missing or changed, or a check fails; the message names it.
        """
        try:
            manifest = verify(folder)
            tables = {name: pl.read_parquet(folder / f"{name}.parquet") for name in SCHEMAS}
        except (VersionError, OSError, pl.exceptions.PolarsError) as error:
            raise SnapshotError(f"{folder}: not a usable snapshot: {error}") from error
        if wrong := problems(tables):
            raise SnapshotError(f"{folder}: the snapshot fails its checks: {'; '.join(wrong)}")
        try:
            return cls(manifest.version, tables)
        except ValueError as error:  # of pydantic: records that another version of the code wrote
            raise SnapshotError(f"{folder}: its promotions cannot be read: {error}; build it again") from error

    def product(self, product_id: str) -> Product:
        """The product's record. Raises UnknownProduct."""
        return self._product(product_id)

    def facts(
        self, product_id: str, kinds: Iterable[FactKind] | None = None, limit: int | None = None
    ) -> tuple[Fact, ...]:
        """The product's facts by priority: of these kinds, at most `limit`. Raises UnknownProduct."""
        found = self._facts(product_id)
        if kinds is not None:
            wanted = frozenset(kinds)
            found = tuple(fact for fact in found if fact.kind in wanted)
        return found if limit is None else found[:limit]

    def __len__(self) -> int:
        """How many products there are."""
        return len(self._row_of)

    def __contains__(self, product_id: object) -> bool:
        """Whether there is such a product."""
        return product_id in self._row_of

    def promotions(self) -> tuple[Promotion, ...]:
        """All promotions, running or not, in the order of their table."""
        return self._all_promotions

    def promotions_of(self, product_id: str) -> Sequence[Promotion]:
        """The promotions that cover the product, running or not."""
        return (*self._promotions.get(product_id, ()), *self._promotions.get(None, ()))

    def products(self, offset: int = 0, limit: int = 50) -> tuple[Product, ...]:
        """A page of the catalogue in the order of its table."""
        return tuple(self.product(i) for i in self._tables["products"]["id"].slice(offset, limit))

    def reviews(self, product_id: str) -> tuple[Review, ...]:
        """The reviews of a product, in the order of their table."""
        rows = self._tables["reviews"].filter(pl.col("product_id") == product_id)["record"]
        return tuple(Review.model_validate_json(record) for record in rows)

    def questions(self, product_id: str) -> tuple[Question, ...]:
        """The questions about a product, then those about the shop."""
        of = self._tables["questions"].filter((pl.col("product_id") == product_id) | pl.col("product_id").is_null())
        return tuple(Question.model_validate_json(r) for r in of.sort("product_id", nulls_last=True)["record"])

    def neighbours(self, node: str) -> tuple[tuple[str, str], ...]:
        """The nodes beside a node such as `product:p1`, each with the kind of their edge. Raises KeyError."""
        return tuple((other, edge["kind"]) for other, edge in self.graph[node].items())

    def related(self, product_id: str, n: int = 5) -> tuple[Related, ...]:
        """The n likest products: by what they share, weighed by how rare it is (1 / number of sharers).

        Raises UnknownProduct.
        """
        start = product_node(product_id).id
        if start not in self.graph:
            raise UnknownProduct(product_id)
        shared: dict[str, list[tuple[float, str]]] = defaultdict(list)
        for node in self.graph[start]:
            weight = 1 / len(self.graph[node])
            for other in self.graph[node] if len(self.graph[node]) <= HUB else ():
                if other != start and other.startswith("product:"):
                    shared[other].append((-weight, node))
        scored = sorted((sum(weight for weight, _ in via), other) for other, via in shared.items())[:n]
        return tuple(
            Related(other.partition(":")[2], -score, tuple(node for _, node in sorted(shared[other])))
            for score, other in scored
        )

    def stats(self) -> dict[str, Any]:
        """Rows of each table, and nodes, edges and facts by kind."""
        rows = {name: table.height for name, table in self._tables.items()}
        kinds = {name: Counter(self._tables[name]["kind"].to_list()) for name in ("nodes", "edges", "facts")}
        by_kind = {name: dict(sorted(counts.items())) for name, counts in kinds.items()}
        return {"version": self.version, "rows": rows, "by_kind": by_kind}

    def _read_product(self, product_id: str) -> Product:
        try:
            row = self._row_of[product_id]
        except KeyError as error:
            raise UnknownProduct(product_id) from error
        return Product.model_validate_json(self._records[row])

    def _read_facts(self, product_id: str) -> tuple[Fact, ...]:
        if product_id not in self._row_of:
            raise UnknownProduct(product_id)
        start, length = self._span_of[product_id]
        return tuple(_fact(row) for row in self._tables["facts"].slice(start, length).rows())


def _fact(row: tuple[Any, ...]) -> Fact:
    cells = dict(zip(_FACT_COLUMNS, row, strict=True))
    box = None if cells["box"] is None else tuple((x, y) for x, y in cells["box"])
    came = Provenance(cells["source"], cells["place"], cells["row"], box, cells["quote"])
    kind, validity = FactKind(cells["kind"]), (cells["valid_from"], cells["valid_until"])
    said = cells["label"], cells["value"], cells["unit"], cells["priority"]
    return Fact(cells["id"], cells["product_id"], kind, *said, *validity, cells["confidence"], came)


def _graph(tables: Tables) -> nx.Graph:
    graph = nx.Graph()
    graph.add_nodes_from(tables["nodes"]["id"])
    columns = (tables["edges"][name] for name in ("source", "target", "kind"))
    graph.add_edges_from((source, target, {"kind": kind}) for source, target, kind in zip(*columns, strict=True))
    return graph


def _spans(product_ids: pl.Series) -> dict[str, tuple[int, int]]:
    """{product id: first row, number of rows} in a column that is sorted."""
    runs = product_ids.rle().struct.unnest()
    starts = runs["len"].cum_sum() - runs["len"]
    return dict(zip(runs["value"], zip(starts, runs["len"], strict=True), strict=True))
