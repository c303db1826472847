"""Turns a catalogue, its pictures and what buyers say into the tables of a snapshot, checks them, and publishes them.

The same input gives the same bytes: rows are sorted, Parquet is written with fixed settings, no time is recorded. Facts
are made product by product; nodes and edges are derived from the finished tables, a column at a time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from koubo.catalog.fact_rows import fact_rows
from koubo.catalog.facts import Fact
from koubo.catalog.graph import EDGE_ENDS, edge_rows, edges_of_tables, graph_tables
from koubo.catalog.pictures import NO_PICTURES, PictureFacts, join_pictures
from koubo.catalog.records import PROMOTION, Product, Promotion, Question, Review
from koubo.catalog.review_facts import AspectRow, edges_of_aspects, facts_of_aspects
from koubo.catalog.schema import SCHEMAS, SnapshotError, Tables, problems
from koubo.catalog.table_facts import facts_of, lowest_price
from koubo.catalog.tables import Catalog
from koubo.versions import VersionError, publish, verify

FORMAT = 2
"""Of the tables; goes up when a reader of the old ones could not read the new ones."""
BATCH = 10_000
"""Products whose facts are objects at one time."""
NO_ASPECTS: Mapping[str, Sequence[AspectRow]] = {}


def _no_rows() -> Tables:
    return {name: pl.DataFrame(schema=schema) for name, schema in SCHEMAS.items()}


@dataclass(frozen=True, slots=True)
class Rest:
    """What is taken over from an earlier snapshot: rows of its products, facts, reviews and questions, and the edges
    (EDGE_ENDS) that pictures and buyers gave to those products."""

    rows: Tables = field(default_factory=_no_rows)
    joined: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=EDGE_ENDS))


def build_snapshot(
    catalog: Catalog,
    understood: pl.DataFrame | None,
    clusters: pl.DataFrame | None,
    out_root: Path,
    aspects: Mapping[str, Sequence[AspectRow]] = NO_ASPECTS,
) -> Path:
    """Publish a snapshot below `out_root` and return its folder.

    `understood` and `clusters` are what pictures state and which are kept (see `pictures.join_pictures`), or None;
    `aspects` what buyers say of each product (see `review_facts`).

    Raises:
        SnapshotError: the tables fail a check; nothing is published then.
    """
    pictures = NO_PICTURES if understood is None else join_pictures(catalog.products, understood, clusters)
    return publish_tables(tables_of(catalog, pictures, aspects), out_root)


def publish_tables(tables: Tables, out_root: Path, recipe: str = "") -> Path:
    """Check the tables and publish them as a version below `out_root`; see build_snapshot.

    `recipe` names what turned inputs into rows (see `increment.recipe`); "" for tables that nobody builds upon.
    """
    if wrong := problems(tables):
        raise SnapshotError(f"the snapshot fails its checks, so it is not published: {'; '.join(wrong)}")

    def write(folder: Path) -> None:
        for name, table in tables.items():
            path = folder / f"{name}.parquet"
            table.rechunk().write_parquet(path, compression="zstd", compression_level=1, row_group_size=250_000)

    counts = {name: table.height for name, table in tables.items()}
    meta = {"kind": "catalog", "format": FORMAT, "recipe": recipe, "counts": counts}
    return out_root / publish(out_root, write, meta)


def read_tables(folder: Path) -> Tables:
    """The tables of a version folder, once its checksums and its rows are checked.

    Raises:
        SnapshotError: a file is missing or changed, or a check fails; the message names it.
    """
    try:
        verify(folder)
        tables = {name: pl.read_parquet(folder / f"{name}.parquet") for name in SCHEMAS}
    except (VersionError, OSError, pl.exceptions.PolarsError) as error:
        raise SnapshotError(f"{folder}: not a usable snapshot: {error}") from error
    if wrong := problems(tables):
        raise SnapshotError(f"{folder}: the snapshot fails its checks: {'; '.join(wrong)}")
    return tables


def tables_of(
    catalog: Catalog,
    pictures: PictureFacts,
    aspects: Mapping[str, Sequence[AspectRow]] = NO_ASPECTS,
    rest: Rest | None = None,
    inputs: pl.DataFrame | None = None,
) -> Tables:
    """The tables of a snapshot, by name, with the columns of SCHEMAS.

    Args:
        catalog: with the records of the products whose facts are to be made, and of all that is about them.
        pictures: what the pictures of those products say.
        aspects: what buyers say of those products.
        rest: of an earlier snapshot, for all that `catalog.digests` names and has no record of.
        inputs: the table `inputs`; empty where nobody builds upon the snapshot.
    """
    rest = rest or Rest()
    facts = pl.concat([rest.rows["facts"], *_facts(catalog, pictures, aspects)]).sort("product_id", "priority", "id")
    tables = {
        "products": _in_order("products", map(_product_row, catalog.products), rest, catalog),
        "facts": facts,
        "promotions": pl.DataFrame([_promotion_row(p) for p in catalog.promotions], schema=SCHEMAS["promotions"]),
        "reviews": _in_order("reviews", map(_record_row, catalog.reviews), rest, catalog),
        "questions": _in_order("questions", map(_record_row, catalog.questions), rest, catalog),
        "inputs": _no_rows()["inputs"] if inputs is None else inputs,
    }
    said = edge_rows(edge for key in sorted(aspects) for edge in edges_of_aspects(key, aspects[key]))
    joined = (rest.joined, edge_rows(pictures.edges), said)
    edges = pl.concat([edges_of_tables(tables["products"], facts), *joined])
    tables["nodes"], tables["edges"] = graph_tables(tables["products"]["id"], edges)
    return {name: tables[name] for name in SCHEMAS}


def _in_order(name: str, made: Iterable[Mapping[str, Any]], rest: Rest, catalog: Catalog) -> pl.DataFrame:
    """The rows made now and those taken over, in the order of the catalogue's files, with their digests."""
    rows = pl.concat([pl.DataFrame(list(made), schema=SCHEMAS[name]), rest.rows[name]]).unique("id", keep="first")
    digests = catalog.digests[name]
    schema = {"id": pl.String, "digest": pl.String}
    order = pl.DataFrame({"id": [*digests], "digest": [*digests.values()]}, schema=schema)
    return order.join(rows.drop("digest"), on="id", how="left", maintain_order="left").select(list(SCHEMAS[name]))


def _facts(
    catalog: Catalog, pictures: PictureFacts, aspects: Mapping[str, Sequence[AspectRow]]
) -> Iterator[pl.DataFrame]:
    """Facts of the products, a batch at a time."""
    questions = _by_product(catalog.questions)
    for start in range(0, len(catalog.products), BATCH):
        found: list[Fact] = []
        for product in catalog.products[start : start + BATCH]:
            asked = [*questions.get(product.id, ()), *questions.get(None, ())]
            found += facts_of(product, asked)
            found += pictures.facts.get(product.id, ())
            found += facts_of_aspects(product.id, aspects.get(product.id, ()))
        yield fact_rows(found)


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
        "digest": "",
    }


def _promotion_row(promotion: Promotion) -> dict[str, Any]:
    record = PROMOTION.dump_json(promotion).decode()
    return {"id": promotion.id, "kind": promotion.kind, "record": record}


def _record_row(record: Review | Question) -> dict[str, Any]:
    return {"id": record.id, "product_id": record.product_id, "record": record.model_dump_json(), "digest": ""}
