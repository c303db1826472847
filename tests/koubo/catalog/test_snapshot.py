"""Snapshots: the same input the same bytes, bad ones refused, lookups right."""

from __future__ import annotations

import gc
import json
import shutil
import weakref
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import polars as pl
import pytest

from koubo.catalog.build import build_snapshot, publish_tables, tables_of
from koubo.catalog.facts import FactKind
from koubo.catalog.page_facts import statements_of_page
from koubo.catalog.pictures import NO_PICTURES
from koubo.catalog.snapshot import Snapshot, SnapshotError, UnknownProduct
from koubo.catalog.tables import Catalog, load_catalog
from koubo.versions import current, publish

EXAMPLES = Path(__file__).parents[3] / "examples" / "catalog"
BOX = [[0, 0], [100, 0], [100, 20], [0, 20]]


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog(EXAMPLES)


@pytest.fixture(scope="module")
def snapshot(catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return Snapshot.load(build_snapshot(catalog, None, None, tmp_path_factory.mktemp("snapshots")))


def page(image_id: str, *texts: str, error: str | None = None) -> dict[str, object]:
    """What a picture with these lines states."""
    lines = [{"text": text, "box": [[x, y + 40 * n] for x, y in BOX], "score": 0.9} for n, text in enumerate(texts)]
    said = [asdict(one) | {"kind": one.kind.value} for one in statements_of_page(lines, "specifications")]
    return {"image_id": image_id, "statements": said, "error": error}


def cluster(image_id: str, topic: str, keep: bool = True, group: str | None = None) -> dict[str, object]:
    return {"image_id": image_id, "group_id": group or image_id, "topic": topic, "keep": keep, "priority": 3}


def test_the_same_input_gives_the_same_bytes(catalog: Catalog, tmp_path: Path) -> None:
    shutil.copytree(EXAMPLES, tmp_path / "elsewhere")
    folders = [
        build_snapshot(catalog, None, None, tmp_path / "a"),
        build_snapshot(load_catalog(tmp_path / "elsewhere"), None, None, tmp_path / "b"),
    ]
    files = [{path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders]
    assert files[0] == files[1]
    assert folders[0].name == folders[1].name == current(tmp_path / "a").name


def test_lookups(snapshot: Snapshot, catalog: Catalog) -> None:
    first = catalog.products[0]
    assert snapshot.product(first.id) == first
    assert snapshot.products(1, 2) == catalog.products[1:3]
    assert len(snapshot) == len(catalog.products)
    facts = snapshot.facts(first.id)
    assert [fact.priority for fact in facts] == sorted(fact.priority for fact in facts)
    assert facts[0].kind is FactKind.NAME
    material = snapshot.facts(first.id, kinds=[FactKind.ATTRIBUTE], limit=1)[0]
    assert (material.label, material.value) == next(iter(sorted(first.attributes.items())))
    assert (material.provenance.source, material.provenance.place, material.provenance.row) == (
        "table",
        "products.jsonl",
        1,
    )
    assert set(snapshot.promotions_of("h01")) >= {p for p in catalog.promotions if p.product_ids in (None, ("h01",))}
    assert [r.id for r in snapshot.reviews("s01")] == [r.id for r in catalog.reviews if r.product_id == "s01"]
    assert snapshot.questions("s01")[-1].product_id is None


def test_unknown_products_are_key_errors(snapshot: Snapshot) -> None:
    for look_up in (snapshot.product, snapshot.facts, snapshot.related):
        with pytest.raises(UnknownProduct, match="no product 'nobody'"):
            look_up("nobody")
    assert issubclass(UnknownProduct, KeyError)


def test_the_graph_joins_products_by_what_they_share(snapshot: Snapshot) -> None:
    beside = dict(snapshot.neighbours("product:s01"))
    assert beside["brand:桐下衣"] == "made_by"
    assert beside["category:服饰/上装/T恤"] == "in_category"
    assert dict(snapshot.neighbours("category:服饰/上装"))["category:服饰"] == "part_of"
    related = snapshot.related("s01", 3)
    assert len(related) == 3
    assert [r.score for r in related] == sorted((r.score for r in related), reverse=True)
    assert all(set(r.via) <= set(beside) for r in related)
    assert "s01" not in [r.product_id for r in related]


def test_stats_count_what_there_is(snapshot: Snapshot, catalog: Catalog) -> None:
    stats = snapshot.stats()
    assert stats["rows"]["products"] == stats["by_kind"]["nodes"]["product"] == len(catalog.products)
    assert stats["rows"]["edges"] == snapshot.graph.edges


def test_a_snapshot_goes_without_the_garbage_collector(example_snapshots: Path) -> None:
    snapshot = Snapshot.load(current(example_snapshots))
    assert snapshot.product("s01").id == "s01" and snapshot.related("s01") and snapshot.answers("s01", "什么面料")
    gone = weakref.ref(snapshot)
    gc.disable()
    try:
        del snapshot
        assert gone() is None
    finally:
        gc.enable()


def test_kept_pictures_give_facts_and_edges(tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    shop.mkdir()
    row = {
        "id": "a",
        "title": "杯",
        "price": 9,
        "images": ["x/1.jpg", "https://cdn.cn/x/2.jpg?w=1", "x/1.jpg", "gone.jpg"],
    }
    (shop / "products.jsonl").write_text(json.dumps(row, ensure_ascii=False), encoding="utf8")
    pages = pl.DataFrame(
        [page("x/1.jpg", "容量：500ml", "券后价¥59"), page("x/2.jpg", "材质：玻璃"), page("y/2.jpg"), page("3.jpg")]
    )
    clusters = pl.DataFrame(
        [cluster("x/1.jpg", "specifications"), cluster("x/2.jpg", "other", keep=False, group="x/1.jpg")]
    )
    catalog = load_catalog(shop)
    snapshot = Snapshot.load(build_snapshot(catalog, pages, clusters, tmp_path / "out"))
    found = {(f.kind, f.label, f.value) for f in snapshot.facts("a") if f.provenance.source == "image"}
    assert found == {
        (FactKind.IMAGE_ATTRIBUTE, "容量", "500ml"),
        (FactKind.IMAGE_CLAIM, "价格", "券后价¥59"),
    }
    assert snapshot.product("a").price == 9
    assert [f.value for f in snapshot.facts("a", kinds=[FactKind.PRICE])] == ["9.00"]
    image = snapshot.facts("a", kinds=[FactKind.IMAGE_ATTRIBUTE])[0].provenance
    assert (image.place, image.box, image.quote) == ("x/1.jpg", ((0, 0), (100, 0), (100, 20), (0, 20)), "容量：500ml")
    assert dict(snapshot.neighbours("image:x/1.jpg")) == {"product:a": "shown_in", "image:x/2.jpg": "like"}


def changed(folder: Path, name: str, change: Callable[[pl.DataFrame], pl.DataFrame]) -> Path:
    """The snapshot republished with one table changed: its checksums are right, its content is not."""

    def copy(target: Path) -> None:
        for path in folder.glob("*.parquet"):
            shutil.copy(path, target)
        change(pl.read_parquet(target / f"{name}.parquet")).write_parquet(target / f"{name}.parquet")

    root = folder.parent / "changed"
    return root / publish(root, copy, {})


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("products", lambda t: t.head(0), "there is no product"),
        ("products", lambda t: pl.concat([t, t.head(1)]), "products: s01 is there twice"),
        ("products", lambda t: t.with_columns(price=pl.lit("9.9")), "'9.9' is no amount of money"),
        ("products", lambda t: t.drop("brand"), "table products has columns"),
        ("nodes", lambda t: t.head(t.height - 1), "an edge's target is no node: row"),
        (
            "nodes",
            lambda t: t.with_columns(id=pl.col("id").str.replace("product:s01", "product:sOl")),
            "a product is no node: product:s01",
        ),
        ("edges", lambda t: pl.concat([t, t.tail(1)]), "edges are not sorted by their ends, or one is there twice"),
        ("edges", lambda t: t.with_columns(kind=pl.lit("loves")), "an edge of an unknown kind"),
        ("facts", lambda t: t.filter(pl.col("id") != "s01:price"), "a product has no price: s01"),
        ("facts", lambda t: t.sort("product_id", descending=True), "facts are not sorted"),
        ("reviews", lambda t: t.with_columns(product_id=pl.lit("nobody")), "reviews: there is no such product: nobody"),
        (
            "promotions",
            lambda t: t.with_columns(record=pl.lit('{"kind": "lottery"}')),
            "a promotion or an edge cannot be read",
        ),
    ],
)
def test_a_snapshot_that_fails_its_checks_is_refused(
    catalog: Catalog, tmp_path: Path, name: str, change: Callable[[pl.DataFrame], pl.DataFrame], message: str
) -> None:
    folder = build_snapshot(catalog, None, None, tmp_path / "good")
    with pytest.raises(SnapshotError, match=message):
        Snapshot.load(changed(folder, name, change))


def test_bad_tables_are_not_published(catalog: Catalog, tmp_path: Path) -> None:
    good = build_snapshot(catalog, None, None, tmp_path)
    tables = tables_of(catalog, NO_PICTURES)
    with pytest.raises(SnapshotError, match="not published"):
        publish_tables({**tables, "nodes": tables["nodes"].head(1)}, tmp_path)
    assert current(tmp_path) == good


@pytest.mark.parametrize("damage", ["flip", "missing", "manifest"])
def test_a_wrong_checksum_is_refused(catalog: Catalog, tmp_path: Path, damage: str) -> None:
    folder = build_snapshot(catalog, None, None, tmp_path)
    path = folder / ("manifest.json" if damage == "manifest" else "facts.parquet")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(content)
    with pytest.raises(SnapshotError, match=folder.name):
        Snapshot.load(folder)
