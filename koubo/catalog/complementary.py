"""Products that are bought together with another for one use: a sun lotion with a sun jacket, a quilt with its cover.

A complement is of another category than the product (one of the same category is a substitute) and something says that
the two go together:
- a promotion that runs and covers both, and few others (满减 over 床品, 买二送一 over two teas);
- a keyword of both, such as 通勤 or 新生儿: the scene that both are for;
- the same brand;
- the same attribute value (系列, 图案, 材质) in sibling categories, those with one parent: 床品/四件套 and 床品/夏凉被.

Each of these weighs as in `koubo.catalog.related`, 1 / ln(how many share it), a promotion and a keyword twice, because
somebody wrote them down for this purpose; sibling categories add theirs. Every answer names in `via` all that joins the
two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from koubo.catalog.adjacency import Adjacency
from koubo.catalog.graph import EdgeKind
from koubo.catalog.records import Coupon, Gift, Promotion, QuantityDiscount, ThresholdDiscount
from koubo.catalog.related import FINALISTS, Related, candidates, weight

LARGEST_BUNDLE = 100
"""A promotion over more products than this puts a shop on sale; it does not say that two things go together."""
ON_PURPOSE = 2.0
"""Times the weight of a shared thing that was written down to bring products together."""
TELLS_NOTHING = frozenset({"产地", "执行标准", "产品标准", "安全类别", "件数", "数量", "重量", "上市时间"})
"""Attributes that things have in common which nobody uses together."""
_WEIGHTS = {EdgeKind.TAGGED: ON_PURPOSE, EdgeKind.MADE_BY: 1.0, EdgeKind.HAS: 0.5}


def is_bundle(promotion: Promotion) -> bool:
    """Whether it asks or rewards buying several products together, out of few."""
    kinds = QuantityDiscount | ThresholdDiscount | Coupon | Gift
    return isinstance(promotion, kinds) and 2 <= len(promotion.product_ids or ()) <= LARGEST_BUNDLE


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a product stands: its node, its categories' nodes, and what it shares by the kind of edge."""

    node: int
    categories: frozenset[int]
    beside: Mapping[int, EdgeKind]


def complementary(graph: Adjacency, start: int, bundles: Iterable[Promotion], n: int) -> tuple[Related, ...]:
    """The n best complements of the product with node number `start`.

    `bundles` are the promotions that cover the product and run; those that are no bundles are left out.
    """
    here = _place(graph, start)
    together = _bundled(graph, bundles)
    shared = [node for node, kind in here.beside.items() if kind in _WEIGHTS]
    without = np.concatenate([[start], *(graph.beside(category) for category in here.categories)])
    found = dict.fromkeys([*together, *candidates(graph, shared, n * FINALISTS, without)])
    scored = (_scored(graph, here, _place(graph, other), together.get(other, {})) for other in found if other != start)
    return tuple(sorted((one for one in scored if one), key=lambda one: (-one.score, one.product_id))[:n])


def _place(graph: Adjacency, node: int) -> _Place:
    beside = dict(zip(graph.beside(node).tolist(), graph.kinds(node), strict=True))
    categories = frozenset(other for other, kind in beside.items() if kind is EdgeKind.IN_CATEGORY)
    return _Place(node, categories, beside)


def _bundled(graph: Adjacency, promotions: Iterable[Promotion]) -> dict[int, dict[str, float]]:
    """{product's node: {promotion:ID: weight}} of the products that come together with this one in a bundle."""
    found: dict[int, dict[str, float]] = {}
    for promotion in filter(is_bundle, promotions):
        members = promotion.product_ids or ()
        for product_id in members:
            node = graph.number.get(f"product:{product_id}")
            if node is not None:
                found.setdefault(node, {})[f"promotion:{promotion.id}"] = ON_PURPOSE * weight(len(members))
    return found


def _scored(graph: Adjacency, here: _Place, there: _Place, bundles: Mapping[str, float]) -> Related | None:
    """The complement with what joins it; None for a substitute, or where nothing says that the two go together."""
    if here.categories & there.categories:
        return None
    parents = {graph.ids[node]: weight(graph.degree(node)) for node in _parents(graph, here) & _parents(graph, there)}
    reasons = dict(bundles) | dict(_shared(graph, here, there, siblings=bool(parents)))
    if not reasons:
        return None
    joined = reasons | parents
    via = sorted(joined, key=lambda node: (-joined[node], node))
    return Related(graph.ids[there.node].partition(":")[2], sum(joined.values()), tuple(via))


def _shared(graph: Adjacency, here: _Place, there: _Place, siblings: bool) -> Iterator[tuple[str, float]]:
    """Keywords, brands, and among siblings attribute values that both have, with their weights."""
    for node in here.beside.keys() & there.beside.keys():
        kind = here.beside[node]
        if kind in _WEIGHTS and (kind is not EdgeKind.HAS or (siblings and _tells(graph.ids[node]))):
            yield graph.ids[node], _WEIGHTS[kind] * weight(graph.degree(node))


def _tells(attribute: str) -> bool:
    return attribute.partition(":")[2].partition("=")[0] not in TELLS_NOTHING


def _parents(graph: Adjacency, place: _Place) -> frozenset[int]:
    """Nodes of the categories above the product's own: a category's name is its path."""
    paths = (graph.ids[category].rpartition("/")[0] for category in place.categories)
    return frozenset(graph.number[path] for path in paths if path in graph.number)
