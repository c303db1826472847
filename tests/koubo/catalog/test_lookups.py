"""Neighbours, related and complementary products, and paths: on the example shop, and on hubs."""

from __future__ import annotations

import json
from math import log
from pathlib import Path

import pytest

from koubo.catalog.build import build_snapshot
from koubo.catalog.complementary import is_bundle
from koubo.catalog.graph import EdgeKind
from koubo.catalog.records import parse_promotion
from koubo.catalog.snapshot import Snapshot, UnknownProduct
from koubo.catalog.tables import load_catalog

EXAMPLES = Path(__file__).parents[3] / "examples" / "catalog"


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return Snapshot.load(build_snapshot(load_catalog(EXAMPLES), None, None, tmp_path_factory.mktemp("snapshots")))


def made(folder: Path, *products: dict[str, object]) -> Snapshot:
    shop = folder / "shop"
    shop.mkdir()
    rows = (json.dumps({"title": f"商品{p['id']}", "price": 9} | p, ensure_ascii=False) for p in products)
    (shop / "products.jsonl").write_text("\n".join(rows), encoding="utf8")
    return Snapshot.load(build_snapshot(load_catalog(shop), None, None, folder / "out"))


def test_neighbours_are_those_of_the_edges_whichever_way_they_point(snapshot: Snapshot) -> None:
    assert ("brand:桐下衣", EdgeKind.MADE_BY) in snapshot.neighbours("product:s01")
    assert ("product:s01", EdgeKind.MADE_BY) in snapshot.neighbours("brand:桐下衣")
    assert dict(snapshot.neighbours("keyword:通勤"))["product:b01"] is EdgeKind.TAGGED
    ends = sum(len(snapshot.neighbours(node)) for node in snapshot.graph.ids)
    assert ends == 2 * snapshot.stats()["rows"]["edges"]


def test_related_scores_are_the_sum_over_what_is_shared(snapshot: Snapshot) -> None:
    best = snapshot.related("m02", 1)[0]
    assert best.product_id in ("m01", "m03")
    shared = {node for node, _ in snapshot.neighbours("product:m02")}
    shared &= {node for node, _ in snapshot.neighbours(f"product:{best.product_id}")}
    assert set(best.via) == shared == {"brand:糯芽", "keyword:新生儿"}
    assert best.score == pytest.approx(sum(1 / log(len(snapshot.neighbours(node))) for node in shared))


def test_a_rare_thing_in_common_says_more_than_a_hub(tmp_path: Path) -> None:
    rare = {"系列": "云海", "产地": "中国"}
    crowd = [{"id": f"c{n}", "attributes": {"产地": "中国", "材质": "棉"}, "brand": "大牌"} for n in range(6000)]
    found = made(
        tmp_path,
        {"id": "a", "attributes": rare | {"材质": "棉"}, "brand": "大牌"},
        {"id": "b", "attributes": rare},
        *crowd,
    )
    assert [one.product_id for one in found.related("a", 1)] == ["b"]
    assert len(found.related("a", 5)) == 5
    assert len(found.related("c1", 5)) == 5  # nothing but hubs


def test_complements_go_together_and_are_no_substitutes(snapshot: Snapshot) -> None:
    of = {one.product_id: one.via for one in snapshot.complementary("s02", 5)}
    assert "keyword:防晒" in of["b01"]
    quilt = snapshot.complementary("h01", 1)[0]
    assert (quilt.product_id, set(quilt.via)) == ("h02", {"brand:絮野", "category:家居/床品"})
    for product_id in ("s02", "h01", "f02"):
        own = snapshot.product(product_id).category
        for one in snapshot.complementary(product_id, 20):
            assert snapshot.product(one.product_id).category != own
            assert one.via and one.score > 0


def test_a_running_bundle_brings_its_products_together(snapshot: Snapshot) -> None:
    bundle = next(p for p in snapshot.promotions() if p.id == "pr-06")
    quiet, loud = snapshot.complementary("b04", 5), snapshot.complementary("b04", 5, [bundle])
    assert not any("promotion:pr-06" in one.via for one in quiet)
    assert {one.product_id for one in loud if "promotion:pr-06" in one.via} == {"b01", "b02", "b03"}


def test_a_shop_wide_promotion_and_a_single_product_are_no_bundle() -> None:
    row = {"id": "x", "kind": "quantity_discount", "min_quantity": 2, "percent_of_price": "90"}
    assert not is_bundle(parse_promotion(row))
    assert not is_bundle(parse_promotion(row | {"product_ids": ["a"]}))
    assert is_bundle(parse_promotion(row | {"product_ids": ["a", "b"]}))
    assert not is_bundle(parse_promotion(row | {"product_ids": [str(n) for n in range(101)]}))
    flash = {"id": "x", "kind": "flash_price", "price": "9", "product_ids": ["a", "b"]}
    assert not is_bundle(parse_promotion(flash))


def test_siblings_with_the_same_series_are_complements_and_the_same_country_is_nothing(tmp_path: Path) -> None:
    def one(id_: str, leaf: str, **attributes: str) -> dict[str, object]:
        return {"id": id_, "category": ["家居", "床品", leaf], "attributes": attributes}

    found = made(
        tmp_path,
        one("a", "四件套", 系列="云海", 产地="中国"),
        one("b", "夏凉被", 系列="云海"),
        one("c", "枕头", 产地="中国"),
        one("d", "四件套", 系列="云海"),
    )
    assert [(c.product_id, set(c.via)) for c in found.complementary("a")] == [
        ("b", {"attribute:系列=云海", "category:家居/床品"})
    ]


@pytest.mark.parametrize(
    ("start", "end", "sentence"),
    [
        ("product:s01", "brand:桐下衣", "「{s01}」是桐下衣的"),
        ("brand:桐下衣", "product:s01", "「{s01}」是桐下衣的"),
        ("product:s01", "product:s02", "「{s01}」和「{s02}」都是桐下衣的"),
        ("product:s02", "product:b01", "「{s02}」和「{b01}」的关键词都有防晒"),
        ("product:s01", "product:m03", "「{s01}」和「{m03}」一样，面料是100%棉"),
        ("product:h01", "category:家居", "「{h01}」属于四件套类，四件套类是床品类的一类，床品类是家居类的一类"),
        ("product:h03", "product:h01", "「{h03}」属于保温杯类，保温杯类是水具类的一类，水具类和床品类都是家居类的一类，"
         "四件套类是床品类的一类，「{h01}」属于四件套类"),
    ],
)  # fmt: skip
def test_a_path_is_said_in_a_sentence(snapshot: Snapshot, start: str, end: str, sentence: str) -> None:
    titles = {product.id: product.title for product in snapshot.products(0, 99)}
    found = snapshot.path(start, end)
    assert found is not None
    assert found.sentence == sentence.format(**titles)
    assert (found.nodes[0], found.nodes[-1], len(found.edges)) == (start, end, len(found.nodes) - 1)
    for here, there, kind in zip(found.nodes, found.nodes[1:], found.edges, strict=False):
        assert (there, kind) in snapshot.neighbours(here)


def test_a_path_through_other_products_where_nothing_is_shared(snapshot: Snapshot) -> None:
    found = snapshot.path("product:m02", "product:s03")
    assert found is not None and len(found.edges) == 6
    assert found.nodes[2].startswith("product:")


def test_no_path_and_no_node(tmp_path: Path) -> None:
    found = made(tmp_path, {"id": "a", "brand": "甲"}, {"id": "b", "brand": "乙"})
    assert found.path("product:a", "product:b") is None
    assert found.path("product:a", "product:a") is not None
    with pytest.raises(KeyError):
        found.path("product:a", "product:none")
    for look_up in (found.related, found.complementary):
        with pytest.raises(UnknownProduct):
            look_up("none")
