"""The graph of a catalogue: products, brands, categories, attribute values, selling points, aspects and pictures.

A node's id is its kind and its name, `brand:小米`; two nodes have at most one edge.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from koubo.catalog.facts import Fact, FactKind
from koubo.catalog.records import Product

LONGEST_VALUE = 40
"""Attribute values longer than this (notes, instructions) join no products, so they are no nodes."""


class NodeKind(StrEnum):
    """What a node stands for."""

    PRODUCT = "product"
    BRAND = "brand"
    CATEGORY = "category"
    ATTRIBUTE = "attribute"
    SELLING_POINT = "selling_point"
    ASPECT = "aspect"
    IMAGE = "image"


class EdgeKind(StrEnum):
    """How the source of an edge stands to its target."""

    MADE_BY = "made_by"
    IN_CATEGORY = "in_category"
    PART_OF = "part_of"
    HAS = "has"
    PRAISED_FOR = "praised_for"
    COMPLAINED_OF = "complained_of"
    ASKED_ABOUT = "asked_about"
    SHOWN_IN = "shown_in"
    LIKE = "like"


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


def image_node(image_id: str) -> Node:
    """The node of a picture."""
    return Node(NodeKind.IMAGE, image_id)


def edges_of(product: Product, facts: Iterable[Fact]) -> Iterator[Edge]:
    """The edges of a product: to its brand, category, attribute values and selling points."""
    node = product_node(product.id)
    if product.brand:
        yield Edge(node, Node(NodeKind.BRAND, product.brand), EdgeKind.MADE_BY)
    yield from _category_edges(node, product.category)
    for fact in facts:
        if fact.kind in (FactKind.ATTRIBUTE, FactKind.IMAGE_ATTRIBUTE) and len(fact.value) <= LONGEST_VALUE:
            yield Edge(node, Node(NodeKind.ATTRIBUTE, f"{fact.label}={fact.value}"), EdgeKind.HAS)
        elif fact.kind is FactKind.SELLING_POINT:
            yield Edge(node, Node(NodeKind.SELLING_POINT, fact.value), EdgeKind.PRAISED_FOR)


def _category_edges(node: Node, path: tuple[str, ...]) -> Iterator[Edge]:
    """The product in its narrowest category, and each category in the one above it."""
    places = [Node(NodeKind.CATEGORY, "/".join(path[:depth])) for depth in range(1, len(path) + 1)]
    if places:
        yield Edge(node, places[-1], EdgeKind.IN_CATEGORY)
    for above, below in pairwise(places):
        yield Edge(below, above, EdgeKind.PART_OF)
