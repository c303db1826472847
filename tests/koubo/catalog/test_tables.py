"""Catalogues as merchants really send them, good rows and bad."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from koubo.catalog.errors import CatalogError, RowError
from koubo.catalog.headers import HeaderMapping
from koubo.catalog.tables import Catalog, load_catalog
from tests.koubo.catalog.sheet import write_xlsx

CUP = {"id": "p1", "title": "保温杯", "price": "99.90"}
CHINESE = (
    "商品编号,商品名称,品牌,价格(元),原价,分类,属性,库存,图片\n"
    "0012,保温杯,小象,¥1 299.00元,1599,居家/杯壶,材质:304不锈钢;容量:500ml,7,a.jpg;b.jpg\n"
)


def write_jsonl(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf8")


def load(folder: Path, products: list[dict[str, Any]], **tables: list[dict[str, Any]]) -> Catalog:
    for name, rows in {"products": products, **tables}.items():
        write_jsonl(folder / f"{name}.jsonl", rows)
    return load_catalog(folder)


def only(catalog: Catalog) -> RowError:
    assert len(catalog.errors) == 1, catalog.errors
    return catalog.errors[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_with_chinese_headers_in_every_usual_encoding(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "products.csv").write_bytes(CHINESE.encode(encoding))
    catalog = load_catalog(tmp_path)
    product = catalog.products[0]
    assert (product.id, product.title, product.brand) == ("0012", "保温杯", "小象")
    assert (product.price, product.list_price) == (Decimal("1299.00"), Decimal("1599.00"))
    assert product.category == ("居家", "杯壶")
    assert product.attributes == {"材质": "304不锈钢", "容量": "500ml"}
    assert product.images == ("a.jpg", "b.jpg")
    assert product.skus[0].stock == 7
    assert (product.place, product.row) == ("products.csv", 2)
    assert catalog.errors == ()


def test_xlsx_keeps_digits_and_skips_empty_rows(tmp_path: Path) -> None:
    header = ["货号", "商品名称", "售价", "市场价"]
    rows = [header, ["0012", "保温杯", 59.9, 79], [None] * 4, [1001, "毛巾", 19.9, None], ["7", "坏", "面议", None]]
    write_xlsx(tmp_path / "products.xlsx", rows)
    catalog = load_catalog(tmp_path)
    assert [(p.id, p.price, p.list_price) for p in catalog.products] == [
        ("0012", Decimal("59.90"), Decimal("79.00")),
        ("1001", Decimal("19.90"), None),
    ]
    error = only(catalog)
    assert (error.file, error.row, error.field, error.value) == ("products.xlsx", 5, "price", "面议")


def test_parquet_floats_become_exact_money(tmp_path: Path) -> None:
    pl.DataFrame([{"id": "a", "title": "T恤", "price": 59.9, "images": ["a.jpg"]}]).write_parquet(
        tmp_path / "products.parquet"
    )
    product = load_catalog(tmp_path).products[0]
    assert (product.price, product.images) == (Decimal("59.90"), ("a.jpg",))


@pytest.mark.parametrize(
    ("price", "amount"),
    [("￥1,299", "1299"), ("199 元", "199"), (" 9.9元", "9.9"), (5, "5"), (19.9, "19.9"), ("RMB 88.50", "88.50")],
)
def test_prices_as_people_write_them(tmp_path: Path, price: object, amount: str) -> None:
    assert load(tmp_path, [{**CUP, "price": price}]).products[0].price == Decimal(amount)


@pytest.mark.parametrize(
    "price",
    [
        "-3",
        -3,
        0,
        "免费",
        "",
        None,
        "99999999",
        "1.234",
        "NaN",
        "inf",
        "1e3",
        True,
        [1],
        "９９起",
        "99-199",
        "一百",
        "9,90",
        "1,29,900",
    ],
)
def test_a_bad_price_is_refused_and_the_rest_goes_on(tmp_path: Path, price: object) -> None:
    catalog = load(tmp_path, [{**CUP, "price": price}, {**CUP, "id": "p2"}])
    assert [p.id for p in catalog.products] == ["p2"]
    assert (only(catalog).field, only(catalog).row) == ("price", 1)


def test_json_nan_is_refused(tmp_path: Path) -> None:
    (tmp_path / "products.jsonl").write_text('{"id": "a", "title": "T", "price": NaN}\n' + json.dumps(CUP))
    assert only(load_catalog(tmp_path)).field == "price"


def test_a_duplicate_id_names_the_first_row(tmp_path: Path) -> None:
    error = only(load(tmp_path, [CUP, {**CUP, "title": "另一个"}]))
    assert (error.row, error.field, error.value) == (2, "id", "p1")
    assert "products.jsonl row 1" in error.reason


def test_promotions_unknown_kind_unknown_product_impossible_amount(tmp_path: Path) -> None:
    off = {"kind": "coupon", "threshold": 99, "amount_off": 10}
    rows = [
        {"id": "ok", **off},
        {"id": "kind", "kind": "lottery"},
        {"id": "stranger", **off, "product_ids": ["nobody"]},
        {"id": "half", **off, "product_ids": ["p1", "nobody"]},
        {"id": "amount", **off, "amount_off": 100},
        {"id": "dates", **off, "starts_at": "2026-02-01", "ends_at": "2026-01-01"},
        {"id": "tenth", "kind": "quantity_discount", "min_quantity": 2, "percent_of_price": 0.8},
    ]
    catalog = load(tmp_path, [CUP], promotions=rows)
    assert [p.id for p in catalog.promotions] == ["ok", "half"]
    assert catalog.promotions[1].product_ids == ("p1",)
    assert [(e.row, e.field, e.kept) for e in catalog.errors] == [
        (2, "kind", False),
        (5, "amount_off", False),
        (6, "ends_at", False),
        (7, "percent_of_price", False),
        (3, "product_ids", False),
        (4, "product_ids", True),
    ]


def test_reviews_of_no_product_are_refused(tmp_path: Path) -> None:
    rows = [{"id": "r1", "product_id": "p1", "text": "好用"}, {"id": "r2", "product_id": "p9", "text": "好用"}]
    catalog = load(tmp_path, [CUP], reviews=rows)
    assert [r.id for r in catalog.reviews] == ["r1"]
    assert only(catalog).value == "p9"


def test_real_spellings_of_skus(tmp_path: Path) -> None:
    skus = [
        {"options": {"颜色": "金色", "容量": "32G"}, "price": 3999.0, "stock": 5},
        {"spec": ["套餐二", "银色"], "price": "4500.00", "original_price": "6800.00"},
        {"spec": None, "price": "15900.00"},
    ]
    found = load(tmp_path, [{**CUP, "skus": skus}]).products[0].skus
    assert [s.id for s in found] == ["金色/32G", "套餐二/银色", "默认"]
    assert found[1].options == {"规格1": "套餐二", "规格2": "银色"}
    assert (found[1].list_price, found[0].stock, found[1].stock) == (Decimal("6800.00"), 5, None)


def test_a_bad_sku_names_its_place(tmp_path: Path) -> None:
    catalog = load(tmp_path, [{**CUP, "skus": [{"options": ["红"], "price": "白送"}]}, {**CUP, "id": "p2"}])
    assert (only(catalog).field, only(catalog).value) == ("skus.0.price", "白送")


@pytest.mark.parametrize("attributes", [["红色"], [{"n": 1}], "[1, 2]", 5, {"a": {"b": 1}}])
def test_attributes_of_another_shape_are_refused_and_the_rest_goes_on(tmp_path: Path, attributes: object) -> None:
    catalog = load(tmp_path, [{**CUP, "attributes": attributes}, {**CUP, "id": "p2"}])
    assert [p.id for p in catalog.products] == ["p2"]
    assert only(catalog).field.startswith("attributes")


@pytest.mark.parametrize("moment", [1_762_862_400, 1_762_862_400_000, "1762862400", "1762862400000", 1_762_862_400.0])
def test_a_moment_in_seconds_or_milliseconds_since_1970(tmp_path: Path, moment: object) -> None:
    row = {"id": "x", "kind": "coupon", "amount_off": 5, "starts_at": moment, "ends_at": "2025-11-12"}
    assert load(tmp_path, [CUP], promotions=[row]).promotions[0].starts_at == datetime(2025, 11, 11, 12, tzinfo=UTC)


@pytest.mark.parametrize("moment", ["soon", 10**30, -(10**20), 0, 20261111, 20261111200000, "20261111200000"])
def test_a_moment_of_no_calendar_is_refused(tmp_path: Path, moment: object) -> None:
    row = {"id": "x", "kind": "coupon", "amount_off": 5, "ends_at": moment}
    catalog = load(tmp_path, [CUP], promotions=[row, {**row, "id": "y", "ends_at": "2026-11-11"}])
    assert [p.id for p in catalog.promotions] == ["y"]
    assert only(catalog).field == "ends_at"


def test_a_list_price_that_nobody_believes_is_left_out_and_said(tmp_path: Path) -> None:
    catalog = load(tmp_path, [{**CUP, "list_price": 14199}])
    assert catalog.products[0].list_price is None
    assert (only(catalog).field, only(catalog).kept) == ("list_price", True)


def test_an_unknown_column_is_said_once_and_can_be_mapped(tmp_path: Path) -> None:
    rows = [{**CUP, "面料": "棉", "备注": "x"}, {**CUP, "id": "p2", "面料": "麻", "备注": "y"}]
    catalog = load(tmp_path, rows)
    assert [(e.field, e.kept) for e in catalog.errors] == [("面料", True), ("备注", True)]
    (tmp_path / "headers.yaml").write_text("products: {面料: attributes.面料, 备注: null}\n", encoding="utf8")
    mapped = load_catalog(tmp_path, HeaderMapping.from_file(tmp_path / "headers.yaml"))
    assert [p.attributes for p in mapped.products] == [{"面料": "棉"}, {"面料": "麻"}]
    assert mapped.errors == ()


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ("products: {宝贝: titel}", "'titel', which is no field"),
        ("goods: {宝贝: title}", "unknown table 'goods'"),
        ("- 1", "not a header mapping"),
        ("products: [", "cannot be read"),
    ],
)
def test_a_bad_mapping_is_refused(tmp_path: Path, mapping: str, message: str) -> None:
    (tmp_path / "headers.yaml").write_text(mapping, encoding="utf8")
    with pytest.raises(CatalogError, match=message):
        HeaderMapping.from_file(tmp_path / "headers.yaml")


def test_two_columns_of_one_meaning_are_refused(tmp_path: Path) -> None:
    (tmp_path / "products.csv").write_text("id,title,售价,价格\n1,杯,9,8\n", encoding="utf8")
    with pytest.raises(CatalogError, match="'售价', '价格' all mean price"):
        load_catalog(tmp_path)


def test_a_table_without_a_needed_column_says_how_to_map_it(tmp_path: Path) -> None:
    (tmp_path / "products.csv").write_text("id,宝贝,price\n1,杯,9\n", encoding="utf8")
    with pytest.raises(
        CatalogError, match=r"no column for title among id, 宝贝, price; .* products: \{COLUMN: title\}"
    ):
        load_catalog(tmp_path)


def test_missing_and_empty_catalogues(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="no such folder"):
        load_catalog(tmp_path / "nowhere")
    with pytest.raises(CatalogError, match="empty or missing"):
        load_catalog(tmp_path)
    (tmp_path / "products.csv").write_text("id,title,price\n", encoding="utf8")
    with pytest.raises(CatalogError, match="no product could be imported"):
        load_catalog(tmp_path)
    (tmp_path / "products.csv").unlink()
    with pytest.raises(CatalogError, match=r"1 rows refused, the first: products\.jsonl row 1: price"):
        load(tmp_path, [{**CUP, "price": "x"}])


def test_lines_that_are_not_records(tmp_path: Path) -> None:
    good = json.dumps(CUP, ensure_ascii=False).encode()
    broken = good.replace("杯".encode(), b"\xe6\x9d")
    (tmp_path / "products.jsonl").write_bytes(b"{half\n[1]\n\n" + good + b"\n" + broken + b"\n")
    catalog = load_catalog(tmp_path)
    assert [p.title for p in catalog.products] == ["保温杯"]
    assert [(e.row, e.reason.split(":")[0].split(";")[0]) for e in catalog.errors] == [
        (1, "not JSON"),
        (2, "not a JSON object"),
        (5, "bytes that are no text in the file's encoding"),
    ]


def test_files_that_are_not_what_they_say(tmp_path: Path) -> None:
    for name in ("products.xlsx", "products.parquet"):
        (tmp_path / name).write_bytes(b"not a table")
        with pytest.raises(CatalogError, match=f"{name}: cannot be read"):
            load_catalog(tmp_path)
        (tmp_path / name).unlink()


def test_csv_rows_that_do_not_fit_the_header(tmp_path: Path) -> None:
    (tmp_path / "products.csv").write_text("id,title,price\n1,杯,9\n2,碗,大,8\n3,盘\n", encoding="utf8")
    catalog = load_catalog(tmp_path)
    assert [p.id for p in catalog.products] == ["1"]
    assert [(e.row, e.field) for e in catalog.errors] == [(3, ""), (4, "price")]


@pytest.mark.parametrize(
    ("shop", "counts", "errors"),
    [("mall", (20, 0, 0, 14), 0), ("shopxo", (18, 0, 0, 0), 0), ("yanxuan", (239, 994, 4, 7), 1)],
)
def test_real_catalogues_import(shared_data: Path, shop: str, counts: tuple[int, ...], errors: int) -> None:
    catalog = load_catalog(shared_data / "catalog" / shop)
    found = catalog.products, catalog.reviews, catalog.questions, catalog.promotions
    assert tuple(map(len, found)) == counts
    assert len(catalog.errors) == errors
