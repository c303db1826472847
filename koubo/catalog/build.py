"""Turns a catalogue and its pictures into the tables of a snapshot, checks them, and publishes them.

The same input gives the same bytes: rows are sorted, Parquet is written with fixed settings, no time is recorded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from koubo.catalog.facts import Fact
from koubo.catalog.graph import Edge, Node, edges_of, product_node
from koubo.catalog.pictures import NO_PICTURES, PictureFacts, join_pictures
from koubo.catalog.records import PROMOTION, Product, Promotion, Question, Review
from koubo.catalog.review_facts import AspectRow, edges_of_aspects, facts_of_aspects
from koubo.catalog.schema import SCHEMAS, SnapshotError, Tables, problems
from koubo.catalog.table_facts import facts_of, lowest_price
from koubo.catalog.tables import Catalog
from koubo.versions import publish

FORMAT = 1
"""Of the tables; goes up when a reader of the old ones could not read the new ones."""
NO_ASPECTS: Mapping[str, Sequence[AspectRow]] = {}


def build_snapshot(
    catalog: Catalog,
    pages: pl.DataFrame | None,
    clusters: pl.DataFrame | None,
    out_root: Path,
    aspects: Mapping[str, Sequence[AspectRow]] = NO_ASPECTS,
) -> Path:
    """Publish a snapshot below `out_root` and return its folder.

    `pages` and `clusters` are the tables of OCR and of clusters (see `pictures.join_pictures`), or None;
    `aspects` what reviews say of each product (see `review_facts`).

    Raises:
        SnapshotError: the tables fail a check; nothing is published then.
    """
    pictures = NO_PICTURES if pages is None else join_pictures(catalog.products, pages, clusters)
    return publish_tables(tables_of(catalog, pictures, aspects), out_root)


def publish_tables(tables: Tables, out_root: Path) -> Path:
    """Check the tables and publish them as a version below `out_root`; see build_snapshot."""
    if wrong := problems(tables):
        raise SnapshotError(f"the snapshot fails its checks, so it is not published: {'; '.join(wrong)}")

    def write(folder: Path) -> None:
        for name, table in tables.items():
            table.write_parquet(folder / f"{name}.parquet", compression="zstd", statistics=True, row_group_size=100_000)

    meta = {"kind": "catalog", "format": FORMAT, "counts": {name: table.height for name, table in tables.items()}}
    return out_root / publish(out_root, write, meta)


def tables_of(
    catalog: Catalog, pictures: PictureFacts, aspects: Mapping[str, Sequence[AspectRow]] = NO_ASPECTS
) -> Tables:
    """The tables of a snapshot, by name, with the columns of SCHEMAS."""
    facts = _facts(catalog, pictures, aspects)
    edges = [edge for product in catalog.products for edge in edges_of(product, facts[product.id])] + [*pictures.edges]
    edges += [edge for p in catalog.products for edge in edges_of_aspects(p.id, aspects.get(p.id, ()))]
    nodes = [product_node(product.id) for product in catalog.products]
    nodes += [node for edge in edges for node in (edge.source, edge.target)]
    rows: dict[str, Iterable[Mapping[str, Any]]] = {
        "products": map(_product_row, catalog.products),
        "facts": (_fact_row(fact) for product_id in sorted(facts) for fact in facts[product_id]),
        "nodes": map(_node_row, sorted(set(nodes), key=lambda node: node.id)),
        "edges": map(_edge_row, sorted(set(edges), key=_edge_key)),
        "promotions": map(_promotion_row, catalog.promotions),
        "reviews": map(_record_row, catalog.reviews),
        "questions": map(_record_row, catalog.questions),
    }
    return {name: pl.DataFrame(list(rows[name]), schema=schema) for name, schema in SCHEMAS.items()}


def _facts(
    catalog: Catalog, pictures: PictureFacts, aspects: Mapping[str, Sequence[AspectRow]]
) -> dict[str, list[Fact]]:
    """Facts of each product by priority."""
    questions = _by_product(catalog.questions)
    found: dict[str, list[Fact]] = {}
    for product in catalog.products:
        asked = [*questions[product.id], *questions[None]]
        facts = [*facts_of(product, asked), *pictures.facts.get(product.id, ())]
        facts += facts_of_aspects(product.id, aspects.get(product.id, ()))
        found[product.id] = sorted(facts, key=lambda fact: (fact.priority, fact.id))
    return found


def _by_product(records: Sequence[Question]) -> Mapping[str | None, list[Question]]:
    groups: dict[str | None, list[Question]] = defaultdict(list)
    for record in records:
        groups[record.product_id].append(record)
    return groups


def _product_row(product: Product) -> dict[str, Any]:
    return {
        "id": product.id,
        "title": product.title,
        "brand": product.brand,
        "category": "/".join(product.category),
        "price": str(lowest_price(product)),
        "list_price": None if product.list_price is None else str(product.list_price),
        "record": product.model_dump_json(),
    }


def _promotion_row(promotion: Promotion) -> dict[str, Any]:
    record = PROMOTION.dump_json(promotion).decode()
    return {"id": promotion.id, "kind": promotion.kind, "record": record}


def _record_row(record: Review | Question) -> dict[str, Any]:
    return {"id": record.id, "product_id": record.product_id, "record": record.model_dump_json()}


def _fact_row(fact: Fact) -> dict[str, Any]:
    came = fact.provenance
    return {
        "id": fact.id,
        "product_id": fact.product_id,
        "kind": fact.kind.value,
        "label": fact.label,
        "value": fact.value,
        "unit": fact.unit,
        "priority": fact.priority,
        "valid_from": fact.valid_from,
        "valid_until": fact.valid_until,
        "confidence": fact.confidence,
        "source": came.source,
        "place": came.place,
        "row": came.row,
        "box": None if came.box is None else [list(point) for point in came.box],
        "quote": came.quote,
    }


def _node_row(node: Node) -> dict[str, Any]:
    return {"id": node.id, "kind": node.kind.value, "label": node.label}


def _edge_row(edge: Edge) -> dict[str, Any]:
    return {"source": edge.source.id, "target": edge.target.id, "kind": edge.kind.value}


def _edge_key(edge: Edge) -> tuple[str, str]:
    return edge.source.id, edge.target.id
