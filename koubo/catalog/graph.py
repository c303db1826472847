"""The graph of a catalogue: products and what joins them, typed edges, made from the tables of a snapshot.

A node's id is its kind and its name, `brand:小米`. Two nodes may have edges of several kinds, one of each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType

import polars as pl

from koubo.catalog.facts import FactKind

LONGEST_VALUE = 40
"""Attribute values longer than this (notes, instructions) join no products, so they are no nodes."""


class NodeKind(StrEnum):
    """What a node stands for."""

    PRODUCT = "product"
    BRAND = "brand"
    CATEGORY = "category"
    ATTRIBUTE = "attribute"
    SELLING_POINT = "selling_point"
    KEYWORD = "keyword"
    ASPECT = "aspect"
    IMAGE = "image"


class EdgeKind(StrEnum):
    """How the source of an edge stands to its target."""

    MADE_BY = "made_by"
    IN_CATEGORY = "in_category"
    PART_OF = "part_of"
    HAS = "has"
    PRAISED_FOR = "praised_for"
    TAGGED = "tagged"
    COMPLAINED_OF = "complained_of"
    ASKED_ABOUT = "asked_about"
    SHOWN_IN = "shown_in"
    LIKE = "like"


EDGES_OF_FACTS: Mapping[FactKind, tuple[EdgeKind, NodeKind, pl.Expr]] = MappingProxyType(
    {
        FactKind.ATTRIBUTE: (EdgeKind.HAS, NodeKind.ATTRIBUTE, pl.concat_str("label", pl.lit("="), "value")),
        FactKind.IMAGE_ATTRIBUTE: (EdgeKind.HAS, NodeKind.ATTRIBUTE, pl.concat_str("label", pl.lit("="), "value")),
        FactKind.SELLING_POINT: (EdgeKind.PRAISED_FOR, NodeKind.SELLING_POINT, pl.col("value")),
    }
)
"""Kinds of facts that join a product to a node: the edge, the node's kind, its name from the fact's columns."""
EDGE_ENDS = pl.Schema({"source": pl.String(), "target": pl.String(), "kind": pl.String()})
"""Edges by the ids of their nodes."""


@dataclass(frozen=True, slots=True)
class Node:
    """A node; `label` is what people read."""

    kind: NodeKind
    label: str

    @property
    def id(self) -> str:
        """`kind:label`, unique in a graph."""
        return f"{self.kind}:{self.label}"


@dataclass(frozen=True, slots=True)
class Edge:
    """A typed edge between two nodes."""

    source: Node
    target: Node
    kind: EdgeKind


def product_node(product_id: str) -> Node:
    """The node of a product."""
    return Node(NodeKind.PRODUCT, product_id)


def product_nodes(product_ids: pl.Series) -> pl.Series:
    """The ids of the nodes of products."""
    return pl.select(pl.concat_str(pl.lit(f"{NodeKind.PRODUCT.value}:"), product_ids)).to_series()


def image_node(image_id: str) -> Node:
    """The node of a picture."""
    return Node(NodeKind.IMAGE, image_id)


def edge_rows(edges: Iterable[Edge]) -> pl.DataFrame:
    """The edges as a table with the columns of EDGE_ENDS."""
    rows = [(edge.source.id, edge.target.id, edge.kind.value) for edge in edges]
    return pl.DataFrame(rows, schema=EDGE_ENDS, orient="row")


def edges_of_tables(products: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """Every edge that the tables `products` and `facts` of a snapshot state, with the columns of EDGE_ENDS."""
    product = pl.concat_str(pl.lit("product:"), "product_id")
    told = products.select(product_id="id", brand="brand", told=pl.col("record").str.json_decode(_TOLD)).unnest("told")
    branded = told.filter(pl.col("brand").is_not_null() & (pl.col("brand") != ""))
    placed, tagged = _with(told, "category"), _with(told, "keywords").explode("keywords")
    path = pl.col("category").list.join("/")
    found = [
        _edges(branded, product, EdgeKind.MADE_BY, NodeKind.BRAND, pl.col("brand")),
        _edges(placed, product, EdgeKind.IN_CATEGORY, NodeKind.CATEGORY, path),
        _edges(tagged, product, EdgeKind.TAGGED, NodeKind.KEYWORD, pl.col("keywords")),
        _category_tree(told["category"]),
    ]
    short = facts.filter(pl.col("value").str.len_chars() <= LONGEST_VALUE)
    for kind, (edge, node, name) in EDGES_OF_FACTS.items():
        found.append(_edges(short.filter(pl.col("kind") == kind.value), product, edge, node, name))
    return pl.concat(found)


_TOLD = pl.Struct({"category": pl.List(pl.String), "keywords": pl.List(pl.String)})
"""What edges need of a product's record besides its brand."""


def _with(table: pl.DataFrame, column: str) -> pl.DataFrame:
    return table.filter(pl.col(column).list.len() > 0)


def _edges(table: pl.DataFrame, source: pl.Expr, edge: EdgeKind, node: NodeKind, name: pl.Expr) -> pl.DataFrame:
    target = pl.concat_str(pl.lit(f"{node.value}:"), name)
    return table.select(source.alias("source"), target.alias("target"), pl.lit(edge.value).alias("kind"))


def _category_tree(paths: pl.Series) -> pl.DataFrame:
    """Each category in the one above it."""
    trees = [["/".join(path[:depth]) for depth in range(1, len(path) + 1)] for path in paths.unique().drop_nulls()]
    pairs = {pair for tree in trees for pair in pairwise(tree)}
    rows = [(f"category:{below}", f"category:{above}", EdgeKind.PART_OF.value) for above, below in pairs]
    return pl.DataFrame(rows, schema=EDGE_ENDS, orient="row")


def graph_tables(product_ids: pl.Series, edges: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The tables `nodes` and `edges` of a snapshot, from the products and the edges between ids (EDGE_ENDS)."""
    ids = pl.concat([product_nodes(product_ids), edges["source"], edges["target"]])
    parts = pl.col("id").str.splitn(":", 2).struct.rename_fields(["kind", "label"])
    nodes = pl.DataFrame({"id": ids.unique().sort()}).with_columns(parts.alias("parts")).unnest("parts")
    places = nodes.select("id", place=pl.int_range(pl.len(), dtype=pl.UInt32))
    numbered = edges.unique()
    for end in ("source", "target"):
        numbered = numbered.join(places, left_on=end, right_on="id", how="left").drop(end).rename({"place": end})
    return nodes, numbered.select("source", "target", "kind").sort("source", "target", "kind")
