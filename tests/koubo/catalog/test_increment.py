"""Builds upon the snapshot in service: the bytes of a build from nothing, and only what changed computed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from koubo.catalog.headers import HeaderMapping
from koubo.catalog.increment import Built, Sources, build
from koubo.versions import current

ROOT = Path(__file__).parents[3]
EXAMPLES = ROOT / "examples" / "catalog"
BOX = [[0, 0], [100, 0], [100, 20], [0, 20]]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXAMPLES, tmp_path / "shop"))


def pages(**texts: str) -> pl.DataFrame:
    """What pictures state, by name, such as s01_main=容量：500ml."""
    rows = [{"image_id": f"{name}.jpg", "statements": [stated(text)], "error": None} for name, text in texts.items()]
    return pl.DataFrame(rows, schema_overrides={"error": pl.String})


def stated(text: str) -> dict[str, Any]:
    label, _, value = text.partition("：")
    said = {"kind": "image_attribute", "label": label, "value": value, "quote": text}
    return said | {"line": 0, "box": BOX, "score": 0.9}


READ = {"s01_main": "材质：长绒棉", "s02_main": "重量：135g", "h01_main": "面料：棉", "h02_main": "面料：棉"}


def clusters(**groups: str) -> pl.DataFrame:
    rows = [
        {"image_id": f"{n}.jpg", "group_id": f"{g}.jpg", "topic": "other", "keep": True, "priority": 3}
        for n, g in groups.items()
    ]
    return pl.DataFrame(rows)


def edit(shop: Path, table: str, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> None:
    path = shop / f"{table}.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf8").splitlines()]
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in change(rows)), encoding="utf8")


def files_of(built: Built) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in built.folder.iterdir()}


def put(rows: list[dict[str, Any]], row: dict[str, Any]) -> list[dict[str, Any]]:
    return [*rows, row]


NEW = {"id": "z9", "title": "新品 保温壶", "price": "88.00", "category": ["家居", "水具", "保温壶"], "brand": "栖木屋"}
CHANGES: dict[str, tuple[str, Callable[[list[dict[str, Any]]], list[dict[str, Any]]], tuple[int, int, int]]] = {
    "nothing": ("products", lambda rows: rows, (0, 23, 0)),
    "a product more": ("products", lambda rows: put(rows, NEW), (1, 23, 0)),
    "a price": ("products", lambda rows: [r | {"price": "61.00"} if r["id"] == "s04" else r for r in rows], (1, 22, 0)),
    "the last product gone": ("products", lambda rows: rows[:-1], (0, 22, 1)),
    "the first product gone": ("products", lambda rows: rows[1:], (22, 0, 1)),
    "a review": (
        "reviews",
        lambda rows: put(rows, {"id": "n", "product_id": "b01", "text": "不错，推得开"}),
        (0, 23, 0),
    ),
    "a review gone": ("reviews", lambda rows: rows[:-1], (0, 23, 0)),
    "a stray review": ("reviews", lambda rows: put(rows, {"id": "n", "product_id": "none", "text": "好"}), (0, 23, 0)),
    "the shop's answer": (
        "questions",
        lambda rows: [r | {"answer": "当天发"} if r["id"] == "qa-28" else r for r in rows],
        (23, 0, 0),
    ),
    "a promotion": ("promotions", lambda rows: rows[:-1], (0, 23, 0)),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_build_upon_the_last_is_a_build_from_nothing(shop: Path, tmp_path: Path, change: str) -> None:
    table, edited, counts = CHANGES[change]
    build(Sources(shop), tmp_path / "out")
    edit(shop, table, edited)
    upon, anew = build(Sources(shop), tmp_path / "out"), build(Sources(shop), tmp_path / "other", anew=True)
    assert files_of(upon) == files_of(anew)
    assert upon.errors == anew.errors
    assert (upon.changed, upon.unchanged, upon.removed) == counts
    assert anew.unchanged == 0


@pytest.mark.parametrize(
    ("read", "grouped", "changed"),
    [
        (READ | {"s01_main": "材质：亚麻"}, {}, 1),
        ({name: text for name, text in READ.items() if name != "h01_main"}, {}, 1),
        (READ | {"s03_main": "材质：棉"}, {}, 1),
        (READ, {"h02_main": "h01_main"}, 1),
        (READ | {"s01_main": "材质：亚麻", "s02_main": "重量：1kg"}, {"h02_main": "s01_main"}, 3),
    ],
)
def test_only_products_whose_pictures_say_something_else_are_computed(
    shop: Path, tmp_path: Path, read: dict[str, str], grouped: dict[str, str], changed: int
) -> None:
    seen = [name.partition("_")[0] for name in READ | read]
    edit(shop, "products", lambda rows: [r | {"images": r["images"][: r["id"] in seen]} for r in rows])
    alone = {name: name for name in READ | read}
    build(Sources(shop, None, pages(**READ), clusters(**alone)), tmp_path / "out")
    now = Sources(shop, None, pages(**read), clusters(**alone | grouped))
    upon, anew = build(now, tmp_path / "out"), build(now, tmp_path / "other", anew=True)
    assert files_of(upon) == files_of(anew)
    assert upon.errors == anew.errors
    assert (upon.changed, upon.unchanged) == (changed, 23 - changed)


def test_a_picture_with_a_query_in_its_address_is_noticed(shop: Path, tmp_path: Path) -> None:
    address = "https://cdn.example.com/cup.jpg?v=1"
    edit(shop, "products", lambda rows: [r | {"images": [address] if r["id"] == "s01" else []} for r in rows])

    def told(text: str) -> pl.DataFrame:
        return pages(x=text).with_columns(image_id=pl.lit(address))

    build(Sources(shop, understood=told("材质：棉")), tmp_path / "out")
    upon = build(Sources(shop, understood=told("材质：麻")), tmp_path / "out")
    assert (upon.changed, upon.unchanged) == (1, 22)
    assert files_of(upon) == files_of(build(Sources(shop, understood=told("材质：麻")), tmp_path / "other", anew=True))


def test_clusters_that_are_numbered_anew_change_nothing(shop: Path, tmp_path: Path) -> None:
    shown = {name.partition("_")[0]: [f"{name}.jpg"] for name in READ}
    edit(shop, "products", lambda rows: [r | {"images": shown.get(r["id"], [])} for r in rows])
    alone = clusters(**{name: name for name in READ})
    build(Sources(shop, None, pages(**READ), alone.with_columns(cluster_id=pl.lit(1))), tmp_path)
    again = build(Sources(shop, None, pages(**READ), alone.with_columns(cluster_id=pl.lit(2))), tmp_path)
    assert (again.changed, again.unchanged) == (0, 23)


def test_only_products_of_which_buyers_say_something_else_are_computed(shop: Path, tmp_path: Path) -> None:
    source = {"text": "好用", "record_id": "r", "place": "reviews.jsonl", "row": 1}
    row = {"aspect": "使用", "polarity": "positive", "count": 3, "reviews": 4, "quotes": [], "source": source}
    said = [row | {"product_id": product_id, "opinion": "方便"} for product_id in ("s01", "h01")]
    schema = {
        "quotes": pl.List(pl.Struct({"text": pl.String, "record_id": pl.String, "place": pl.String, "row": pl.Int64}))
    }
    before = pl.DataFrame(said, schema_overrides=schema)
    now = pl.DataFrame([said[0], said[1] | {"opinion": "顺手"}], schema_overrides=schema)
    build(Sources(shop, aspects=before), tmp_path / "out")
    upon = build(Sources(shop, aspects=now), tmp_path / "out")
    assert (upon.changed, upon.unchanged) == (1, 22)
    assert files_of(upon) == files_of(build(Sources(shop, aspects=now), tmp_path / "other", anew=True))


def test_a_bad_row_is_told_every_time(shop: Path, tmp_path: Path) -> None:
    edit(shop, "products", lambda rows: put(rows, NEW | {"list_price": "99999.00", "extra": 1}))
    edit(shop, "products", lambda rows: put(rows, {"id": "bad", "title": "杯", "price": "面议"}))
    reports = [build(Sources(shop), tmp_path).errors for _ in range(2)]
    assert reports[0] == reports[1]
    assert [error.field for error in reports[0]] == ["extra", "price", "list_price"]


def test_another_mapping_computes_everything(shop: Path, tmp_path: Path) -> None:
    build(Sources(shop), tmp_path)
    mapping = HeaderMapping({"products": {"keywords": None}})
    assert build(Sources(shop, mapping), tmp_path).changed == 23


def test_a_damaged_snapshot_is_not_built_upon(shop: Path, tmp_path: Path) -> None:
    first = build(Sources(shop), tmp_path)
    table = first.folder / "facts.parquet"
    whole = table.read_bytes()
    table.write_bytes(whole[:-1] + b"?")
    edit(shop, "products", lambda rows: put(rows, NEW))
    assert build(Sources(shop), tmp_path).changed == 24


def test_the_same_bytes_in_another_process_and_folder(shop: Path, tmp_path: Path) -> None:
    built = build(Sources(shop), tmp_path / "out")
    program = (
        "import sys; from pathlib import Path; from koubo.catalog.increment import Sources, build; "
        "build(Sources(Path(sys.argv[1])), Path(sys.argv[2]))"
    )
    command = [sys.executable, "-c", program, str(EXAMPLES), str(tmp_path / "elsewhere")]
    subprocess.run(command, cwd=ROOT, check=True, env={**os.environ, "PYTHONHASHSEED": "7"})
    other = current(tmp_path / "elsewhere")
    assert {path.name: path.read_bytes() for path in other.iterdir()} == files_of(built)
