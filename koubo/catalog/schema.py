"""The tables of a snapshot, written down once, and the checks that a snapshot passes before anybody reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

import polars as pl

from koubo.catalog.graph import product_nodes

Tables = Mapping[str, pl.DataFrame]
_TEXT = pl.String()
_MOMENT = pl.Datetime("us", "UTC")
SCHEMAS: Mapping[str, pl.Schema] = MappingProxyType(
    {
        "products": pl.Schema(
            dict.fromkeys(("id", "title", "brand", "category", "price", "list_price", "record", "digest"), _TEXT)
        ),
        "facts": pl.Schema(
            {
                **dict.fromkeys(("id", "product_id", "kind", "label", "value", "unit"), _TEXT),
                "priority": pl.Int32(),
                "valid_from": _MOMENT,
                "valid_until": _MOMENT,
                "confidence": pl.Float64(),
                "source": _TEXT,
                "place": _TEXT,
                "row": pl.Int64(),
                "box": pl.List(pl.List(pl.Float64)),
                "quote": _TEXT,
            }
        ),
        "nodes": pl.Schema(dict.fromkeys(("id", "kind", "label"), _TEXT)),
        "edges": pl.Schema({"source": pl.UInt32(), "target": pl.UInt32(), "kind": _TEXT}),
        "promotions": pl.Schema(dict.fromkeys(("id", "kind", "record"), _TEXT)),
        "reviews": pl.Schema(dict.fromkeys(("id", "product_id", "record", "digest"), _TEXT)),
        "questions": pl.Schema(dict.fromkeys(("id", "product_id", "record", "digest"), _TEXT)),
        "inputs": pl.Schema(dict.fromkeys(("table", "key", "digest"), _TEXT)),
    }
)
"""Columns of each table. `record` is the record as JSON; money is text with two decimals; facts are sorted by product
id, then by priority. Nodes are sorted by id (see `koubo.catalog.graph`), edges by their ends, which are rows of `nodes`
from 0. `digest` and `inputs` say what the rows were made from (see `koubo.catalog.increment`); no lookup reads them."""
MONEY_FACTS = ("price", "list_price", "sku_price")
_MONEY = r"^\d{1,8}\.\d\d$"


class SnapshotError(Exception):
    """A snapshot that must not be used; the message names it and what is wrong."""


def problems(tables: Tables) -> list[str]:
    """What is wrong with the tables of a snapshot, in words with an example each; empty where nothing is."""
    shape = [*_missing(tables)]
    return shape or [*_empty(tables), *_twice(tables), *_dangling(tables), *_no_money(tables), *_unsorted(tables)]


def _missing(tables: Tables) -> Iterator[str]:
    for name, schema in SCHEMAS.items():
        if name not in tables:
            yield f"table {name} is missing"
        elif tables[name].schema != schema:
            yield f"table {name} has columns {dict(tables[name].schema)}, not {dict(schema)}"


def _empty(tables: Tables) -> Iterator[str]:
    if not tables["products"].height:
        yield "there is no product"
    priced = tables["facts"].filter(pl.col("kind") == "price")["product_id"]
    yield from _first("a product has no price", tables["products"]["id"], priced)
    yield from _first("a product is no node", product_nodes(tables["products"]["id"]), tables["nodes"]["id"])


def _twice(tables: Tables) -> Iterator[str]:
    for name in ("products", "facts", "nodes", "promotions", "reviews", "questions"):
        ids = tables[name]["id"]
        if ids.n_unique() < ids.len():
            yield f"{name}: {ids.filter(ids.is_duplicated())[0]} is there twice"


def _dangling(tables: Tables) -> Iterator[str]:
    nodes = tables["nodes"].height
    for end in ("source", "target"):
        strange = tables["edges"].filter(pl.col(end).is_null() | (pl.col(end) >= nodes))[end]
        if strange.len():
            yield f"an edge's {end} is no node: row {strange[0]} of {nodes} (and {strange.len() - 1} more)"
    for name in ("facts", "reviews", "questions"):
        told = tables[name]["product_id"].drop_nulls()
        yield from _first(f"{name}: there is no such product", told, tables["products"]["id"])


def _first(what: str, values: pl.Series, known: pl.Series) -> Iterator[str]:
    strange = values.filter(~values.is_in(known.implode()))
    if strange.len():
        yield f"{what}: {strange[0]} (and {strange.len() - 1} more)"


def _no_money(tables: Tables) -> Iterator[str]:
    facts = tables["facts"].filter(pl.col("kind").is_in(MONEY_FACTS))["value"]
    for name, values in (
        ("facts", facts),
        *((f"products.{c}", tables["products"][c]) for c in ("price", "list_price")),
    ):
        wrong = values.drop_nulls().filter(~values.drop_nulls().str.contains(_MONEY))
        if wrong.len():
            yield f"{name}: {wrong[0]!r} is no amount of money"


def _unsorted(tables: Tables) -> Iterator[str]:
    if not tables["facts"]["product_id"].is_sorted():
        yield "facts are not sorted by product"
    if not tables["nodes"]["id"].is_sorted():
        yield "nodes are not sorted by id"
    edges = tables["edges"]
    place = edges["source"].cast(pl.UInt64) * max(tables["nodes"].height, 1) + edges["target"]
    before, kind = place.shift(), pl.col("kind")
    wrong = edges.select((place < before) | ((place == before) & (kind <= kind.shift())))
    if wrong.to_series().any():
        yield "edges are not sorted by their ends, or one is there twice"
