"""Builds a snapshot from the one in service: only products whose inputs changed are computed again.

A product's inputs are its row, the questions about it, the shop's own questions, and what its pictures and buyers say.
Every snapshot carries a digest of each of them. The answer is the same, byte for byte, as that of a build from nothing:
facts of unchanged products are taken over, and nodes and edges are derived from all facts again, which is cheap.

A row's digest covers its file and row number, because facts say where they came from. So rows that were appended are
cheap; after a row that was taken out of the middle of a table, the rows below it are computed again.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import polars as pl

from koubo.catalog.build import FORMAT, Rest, publish_tables, tables_of
from koubo.catalog.errors import RowError
from koubo.catalog.graph import EdgeKind, product_nodes
from koubo.catalog.headers import HeaderMapping
from koubo.catalog.pictures import DECIDED, NO_PICTURES, STATED, join_pictures
from koubo.catalog.records import Product, Question, Review
from koubo.catalog.review_facts import AspectRow, aspects_by_product
from koubo.catalog.schema import SCHEMAS, Tables
from koubo.catalog.tables import Catalog, Known, KnownRow, load_catalog
from koubo.versions import VersionError, current, verify

PACKAGE = Path(__file__).parent
_PICTURES, _ASPECTS = "pictures", "aspects"
_SAID = (EdgeKind.PRAISED_FOR, EdgeKind.COMPLAINED_OF, EdgeKind.ASKED_ABOUT)
_RECORDS: Mapping[str, type[Product] | type[Review] | type[Question]] = {
    "products": Product,
    "reviews": Review,
    "questions": Question,
}


@dataclass(frozen=True, slots=True)
class Sources:
    """What a snapshot is made of: a catalogue folder, its header mapping, the tables about its pictures and buyers."""

    catalog: Path
    mapping: HeaderMapping | None = None
    understood: pl.DataFrame | None = None
    clusters: pl.DataFrame | None = None
    aspects: pl.DataFrame | None = None


@dataclass(frozen=True, slots=True)
class Built:
    """A published snapshot: its folder, how many products were computed or taken over or are gone, and bad rows."""

    folder: Path
    changed: int
    unchanged: int
    removed: int
    errors: tuple[RowError, ...]


def build(sources: Sources, out_root: Path, anew: bool = False) -> Built:
    """Publish a snapshot of the sources below `out_root`, upon the one in service there unless `anew`.

    Raises:
        CatalogError: the catalogue cannot be used.
        SnapshotError: the tables fail a check; nothing is published then.
    """
    with _uncollected():
        return _build(sources, out_root, anew)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without garbage collections: records and facts are millions of objects in no cycle, and walking them again and
    again costs a third of a build."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _build(sources: Sources, out_root: Path, anew: bool) -> Built:
    made_by = recipe(sources.mapping)
    earlier = None if anew else earlier_tables(out_root, made_by)
    catalog = load_catalog(sources.catalog, sources.mapping, _known(earlier) if earlier else None)
    inputs = _inputs(sources)
    changed = set(catalog.digests["products"])
    if earlier:
        changed &= _changed(catalog, earlier, inputs)
        catalog = _completed(catalog, earlier, changed)
    pictures = NO_PICTURES
    if sources.understood is not None:
        pictures = join_pictures(catalog.products, sources.understood, sources.clusters)
    rest = _rest(catalog, earlier, changed) if earlier else None
    tables = tables_of(catalog, pictures, _aspects(sources, changed), rest, inputs)
    removed = set(earlier["products"]["id"]) - catalog.digests["products"].keys() if earlier else ()
    unchanged = len(catalog.digests["products"]) - len(changed)
    folder = publish_tables(tables, out_root, made_by)
    return Built(folder, len(changed), unchanged, len(removed), (*catalog.errors, *pictures.errors))


def recipe(mapping: HeaderMapping | None) -> str:
    """Names what turns inputs into rows: this package's own files, the header mapping, and the library that hashes.

    A snapshot of another recipe is not built upon.
    """
    files = sorted(path for path in PACKAGE.rglob("*") if path.suffix in (".py", ".yaml"))
    found = [blake2b(path.read_bytes(), digest_size=16).hexdigest() for path in files]
    columns = {} if mapping is None else {table: dict(fields) for table, fields in mapping.columns.items()}
    text = json.dumps([found, columns, pl.__version__], ensure_ascii=False, sort_keys=True)
    return blake2b(text.encode(), digest_size=12).hexdigest()


def earlier_tables(out_root: Path, made_by: str) -> Tables | None:
    """The tables of the snapshot in service; None where there is none, it is damaged, or another recipe made it."""
    try:
        folder = current(out_root)
        meta = verify(folder).meta
        if (meta.get("format"), meta.get("recipe")) != (FORMAT, made_by):
            return None
        return {name: pl.read_parquet(folder / f"{name}.parquet") for name in SCHEMAS}
    except (VersionError, OSError, pl.exceptions.PolarsError):
        return None


def _known(earlier: Tables) -> Known:
    """Rows that need no check when they stand where they stood."""
    about = {"products": "id", "reviews": "product_id", "questions": "product_id"}
    found: dict[str, Mapping[str, KnownRow]] = {}
    for name, column in about.items():
        rows = earlier[name].filter(pl.col("digest") != "").select("id", pl.col(column).alias("about"), "digest").rows()
        found[name] = {row[2]: KnownRow(*row) for row in rows}
    return found


def _inputs(sources: Sources) -> pl.DataFrame:
    """The table `inputs`: a digest of all that is told of each picture, and of all that buyers say of each product."""
    told = {
        (_PICTURES, "image_id"): [
            frame.select(columns)
            for frame, columns in ((sources.understood, STATED), (sources.clusters, DECIDED))
            if frame is not None
        ],
        (_ASPECTS, "product_id"): [] if sources.aspects is None else [sources.aspects],
    }
    digests = [row for (table, key), frames in told.items() for row in _digests(table, key, frames)]
    return pl.DataFrame(digests, schema=SCHEMAS["inputs"], orient="row")


def _digests(table: str, key: str, frames: Iterable[pl.DataFrame]) -> list[tuple[str, str, str]]:
    """Table, key and digest of the rows of each key in all frames."""
    rows: dict[str, list[str]] = {}
    for frame in frames:
        told = frame.select(pl.col(key), pl.struct(pl.all()).struct.json_encode().alias("row"))
        for value, row in told.iter_rows():
            rows.setdefault(value, []).append(row)
    return [(table, value, _digest(sorted(found))) for value, found in sorted(rows.items())]


def _digest(rows: Sequence[str]) -> str:
    return blake2b("\n".join(rows).encode(), digest_size=12).hexdigest()


def _changed(catalog: Catalog, earlier: Tables, inputs: pl.DataFrame) -> set[str]:
    """Ids of products of which any input is another than before, gone, or new."""
    before = dict(earlier["products"].select("id", "digest").iter_rows())
    found = {key for key, digest in catalog.digests["products"].items() if not digest or before.get(key) != digest}
    found |= _asked_about(catalog, earlier, {question.id: question.product_id for question in catalog.questions})
    return found | set(_differing(_ASPECTS, earlier["inputs"], inputs)) | _pictured_anew(earlier, inputs)


def _differing(table: str, before: pl.DataFrame, now: pl.DataFrame) -> pl.Series:
    """Keys of a table whose digest among the inputs is new, gone, or another."""
    columns = ["table", "key", "digest"]
    differ = pl.concat([now.join(before, on=columns, how="anti"), before.join(now, on=columns, how="anti")])
    return differ.filter(pl.col("table") == table)["key"].unique()


def _asked_about(catalog: Catalog, earlier: Tables, fresh: Mapping[str, str | None]) -> set[str]:
    """Products of questions that are new, gone, or another; all products where one is about the shop."""
    now = catalog.digests["questions"]
    before = earlier["questions"].select("id", "product_id", "digest").iter_rows()
    gone = {product_id for key, product_id, digest in before if now.get(key) != digest}
    about = gone | set(fresh.values())
    return set(catalog.digests["products"]) if None in about else {key for key in about if key is not None}


def _pictured_anew(earlier: Tables, inputs: pl.DataFrame) -> set[str]:
    """Products with a picture named like one of those that changed, or with one that could not be joined to any.

    Pictures are joined by the last parts of their paths, so any picture of the same name counts. A product with a
    picture that was not found is tried again, so that its error is told again.
    """
    before = earlier["inputs"]
    if not (pl.concat([before, inputs])["table"] == _PICTURES).any():
        return set()
    names = pl.select(_name(pl.lit(_differing(_PICTURES, before, inputs)))).to_series()
    told = pl.col("record").str.json_decode(pl.Struct({"images": pl.List(pl.String)}))
    shown = earlier["products"].select("id", told.struct.field("images").list.unique())
    named = shown.explode("images").select("id", name=_name(pl.col("images")))
    renewed = named.filter(pl.col("name").is_in(names.implode()))["id"]
    joined = _by_id(earlier, [EdgeKind.SHOWN_IN]).group_by("source").len()
    counted = shown.select("id", source=pl.concat_str(pl.lit("product:"), "id"), images=pl.col("images").list.len())
    missing = counted.join(joined, on="source", how="left").filter(pl.col("images") != pl.col("len").fill_null(0))
    return {*renewed, *missing["id"]}


def _name(address: pl.Expr) -> pl.Expr:
    """The last part of a picture's path or address, by which pictures may be joined."""
    return address.str.split("?").list.first().str.strip_chars_end("/").str.split("/").list.last()


def _by_id(tables: Tables, kinds: Iterable[EdgeKind]) -> pl.DataFrame:
    """Edges of these kinds with the columns of EDGE_ENDS."""
    ids = tables["nodes"]["id"]
    found = tables["edges"].filter(pl.col("kind").is_in([kind.value for kind in kinds]))
    ends = {end: ids.gather(found[end]) for end in ("source", "target")}
    return pl.DataFrame(ends | {"kind": found["kind"]})


def _completed(catalog: Catalog, earlier: Tables, changed: set[str]) -> Catalog:
    """The catalogue with the records of changed products and of the questions about them, as they stand."""
    products = _records(catalog, earlier, "products", changed, "id")
    questions = _records(catalog, earlier, "questions", changed, "product_id")
    return Catalog(products, catalog.reviews, questions, catalog.promotions, catalog.errors, catalog.digests)


def _records(catalog: Catalog, earlier: Tables, name: str, changed: set[str], about: str) -> tuple[Any, ...]:
    """Records about changed products (and about the shop) in file order: those read now, else those of before."""
    fresh = {record.id: record for record in getattr(catalog, name)}
    known = catalog.digests[name].keys() - fresh.keys()
    wanted = earlier[name].filter(pl.col(about).is_in(list(changed)) | pl.col(about).is_null()).select("id", "record")
    kept = {i: _RECORDS[name].model_validate_json(record) for i, record in wanted.iter_rows() if i in known}
    found = fresh | kept
    return tuple(found[record_id] for record_id in catalog.digests[name] if record_id in found)


def _rest(catalog: Catalog, earlier: Tables, changed: set[str]) -> Rest:
    """What is taken over: facts and joined edges of unchanged products, and every row that still stands."""
    same = pl.Series("id", [i for i in catalog.digests["products"] if i not in changed], dtype=pl.String)
    rows = {name: earlier[name].filter(pl.col("id").is_in([*catalog.digests[name]])) for name in _RECORDS}
    rows["facts"] = earlier["facts"].filter(pl.col("product_id").is_in(same.implode()))
    edges = _by_id(earlier, [EdgeKind.SHOWN_IN, EdgeKind.LIKE, *_SAID])
    own = edges.filter(pl.col("source").is_in(product_nodes(same).implode()))
    shown = own.filter(pl.col("kind") == EdgeKind.SHOWN_IN.value)["target"].unique()
    like = edges.filter((pl.col("kind") == EdgeKind.LIKE.value) & pl.col("source").is_in(shown.implode()))
    return Rest(rows, pl.concat([own, like]))


def _aspects(sources: Sources, changed: set[str]) -> Mapping[str, Sequence[AspectRow]]:
    """What buyers say of the changed products."""
    if sources.aspects is None:
        return {}
    rows = sources.aspects.filter(pl.col("product_id").is_in(list(changed)))
    return aspects_by_product(rows.iter_rows(named=True))
