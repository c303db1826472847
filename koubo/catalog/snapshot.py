"""A published snapshot in memory: products, facts, promotions and the graph, with fast lookups."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from koubo.catalog.adjacency import Adjacency, numbered
from koubo.catalog.answers import Answer, answers
from koubo.catalog.build import build_snapshot, read_tables
from koubo.catalog.complementary import complementary
from koubo.catalog.fact_rows import COMMON, RARE, facts_of_rows
from koubo.catalog.facts import Fact, FactKind
from koubo.catalog.graph import EdgeKind, product_node
from koubo.catalog.paths import GraphPath, find_path
from koubo.catalog.records import (
    PROMOTION,
    Product,
    Promotion,
    Question,
    Review,
    promotions_by_product,
)
from koubo.catalog.related import Related, related
from koubo.catalog.schema import SnapshotError, Tables

__all__ = ["Related", "Snapshot", "SnapshotError", "UnknownProduct", "build_snapshot"]
CACHED = 1_000
"""Products whose records stay decoded: those that streams are about just now."""


class UnknownProduct(KeyError):
    """The snapshot has no product of this id."""

    def __str__(self) -> str:
        """The id and what it means."""
        return f"no product {self.args[0]!r} in the snapshot"


class Snapshot:
    """One version of the catalogue, never changing. Safe for threads.

    Tables stay in columns, which the garbage collector does not walk; a product's facts are read from them when asked
    for.
    """

    def __init__(self, version: str, tables: Tables) -> None:
        """Index the tables of a version; `load` reads and checks them."""
        self.version = version
        self.graph = Adjacency(tables["nodes"], tables["edges"])
        self._tables = tables
        self._row_of = numbered(tables["products"]["id"])
        self._facts = tables["facts"].select(*COMMON, *RARE)
        self._common_facts = self._facts.select(COMMON)
        self._first_fact, self._fact_count = _spans(tables["products"]["id"], tables["facts"]["product_id"])
        self._rare_until = _counted(self._facts.select(pl.any_horizontal(pl.col(RARE).is_not_null())).to_series())
        self._all_promotions = tuple(PROMOTION.validate_json(record) for record in tables["promotions"]["record"])
        self._promotions = promotions_by_product(self._all_promotions)
        self._product = _reader(self._row_of, tables["products"]["record"])

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read a version folder, checking its checksums and its tables.

        Raises:
            SnapshotError: a file is missing or changed, or a check fails; the message names it.
        """
        tables = read_tables(folder)
        try:
            return cls(folder.name, tables)
        except ValueError as error:  # promotions or edges that another version of the code wrote
            raise SnapshotError(f"{folder}: a promotion or an edge cannot be read: {error}; build it again") from error

    def product(self, product_id: str) -> Product:
        """The product's record. Raises UnknownProduct."""
        return self._product(product_id)

    def facts(
        self, product_id: str, kinds: Iterable[FactKind] | None = None, limit: int | None = None
    ) -> tuple[Fact, ...]:
        """The product's facts by priority: of these kinds, at most `limit`. Raises UnknownProduct."""
        row = self._row(product_id)
        start, count = int(self._first_fact[row]), int(self._fact_count[row])
        is_common = self._rare_until[start] == self._rare_until[start + count]
        table = self._common_facts if is_common else self._facts
        found = facts_of_rows(product_id, table.slice(start, count).rows())
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

    def neighbours(self, node: str) -> tuple[tuple[str, EdgeKind], ...]:
        """The nodes beside a node such as `product:p1`, each with the kind of their edge. Raises KeyError."""
        number = self.graph.number[node]
        others = self.graph.beside(number).tolist()
        return tuple(zip(map(self.graph.ids.__getitem__, others), self.graph.kinds(number), strict=True))

    def related(self, product_id: str, n: int = 5) -> tuple[Related, ...]:
        """The n likest products (see `koubo.catalog.related`). Raises UnknownProduct."""
        return related(self.graph, self._node(product_id), n)

    def complementary(self, product_id: str, n: int = 5, promotions: Iterable[Promotion] = ()) -> tuple[Related, ...]:
        """The n best products to go with it (see `koubo.catalog.complementary`). Raises UnknownProduct.

        `promotions` are those that cover it and run now, such as those of a LiveProduct.
        """
        return complementary(self.graph, self._node(product_id), promotions, n)

    def path(self, start: str, end: str) -> GraphPath | None:
        """How two nodes such as `product:p1` and `brand:小米` are joined; None where they are not. Raises KeyError."""
        return find_path(self.graph, self.graph.number[start], self.graph.number[end], self._title)

    def answers(self, product_id: str, comment: str, n: int = 3) -> tuple[Answer, ...]:
        """The product's facts that answer a viewer's comment best (see `koubo.catalog.answers`). Raises UnknownProduct.

        Prices and stock are those of the tables; a LiveProduct's facts have today's.
        """
        return answers(self.facts(product_id), comment, n)

    def stats(self) -> dict[str, Any]:
        """Rows of each table, and nodes, edges and facts by kind."""
        rows = {name: table.height for name, table in self._tables.items()}
        kinds = {name: self._tables[name]["kind"].value_counts() for name in ("nodes", "edges", "facts")}
        by_kind = {name: dict(sorted(counts.iter_rows())) for name, counts in kinds.items()}
        return {"version": self.version, "rows": rows, "by_kind": by_kind}

    def _row(self, product_id: str) -> int:
        try:
            return self._row_of[product_id]
        except KeyError as error:
            raise UnknownProduct(product_id) from error

    def _title(self, product_id: str) -> str:
        return str(self._tables["products"]["title"][self._row(product_id)])

    def _node(self, product_id: str) -> int:
        """Number of the product's node."""
        self._row(product_id)
        return self.graph.number[product_node(product_id).id]


def _reader(row_of: Mapping[str, int], records: pl.Series) -> Callable[[str], Product]:
    """Reads products' records, keeping those asked for last.

    No method of the snapshot: a snapshot that refers to itself waits for the garbage collector, a gigabyte of it.
    """

    @lru_cache(CACHED)
    def read(product_id: str) -> Product:
        if product_id not in row_of:
            raise UnknownProduct(product_id)
        return Product.model_validate_json(records[row_of[product_id]])

    return read


def _counted(flags: pl.Series) -> NDArray[np.int64]:
    """How many flags are set before each row, and in all."""
    return np.concatenate([[0], np.cumsum(flags.to_numpy(), dtype=np.int64)])


def _spans(products: pl.Series, of_facts: pl.Series) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For each product its first row among the facts, which are sorted by product, and how many there are."""
    runs = of_facts.rle().struct.unnest().select(id="value", count="len", start=pl.col("len").cum_sum() - pl.col("len"))
    found = products.to_frame("id").join(runs, on="id", how="left", maintain_order="left").fill_null(0)
    return found["start"].cast(pl.Int64).to_numpy(), found["count"].cast(pl.Int64).to_numpy()
