"""The example shop is complete, lawful and reproducible."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from examples.draw_images import main
from examples.drawing.book import EXAMPLES, Picture, read_pictures
from examples.drawing.files import draw, encoded
from examples.drawing.fonts import FontSet, NoChineseFont, find_fonts

UNLAWFUL = re.compile(r"第[一1]|最|国家级|顶级|独家|极品|全网|绝对")
KINDS = {"threshold_discount", "quantity_discount", "coupon", "member_price", "group_buy", "flash_price", "gift"}
TOPICS = {
    "selling_point",
    "specifications",
    "size_chart",
    "promotion",
    "certificate",
    "usage",
    "after_sales",
    "brand_story",
    "other",
}
AS_OF = datetime.fromisoformat("2026-11-01T12:00:00+08:00")


def rows(name: str) -> list[dict[str, Any]]:
    """Every row of a JSONL file of the examples."""
    return [json.loads(line) for line in (EXAMPLES / name).read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def products() -> list[dict[str, Any]]:
    return rows("catalog/products.jsonl")


@pytest.fixture(scope="module")
def labels() -> dict[str, dict[str, Any]]:
    return {row["image_id"]: row for row in rows("labels.jsonl")}


@pytest.fixture(scope="module")
def fonts() -> FontSet:
    try:
        return find_fonts()
    except NoChineseFont as error:
        pytest.skip(str(error))


@pytest.mark.parametrize(
    ("name", "least"),
    [("products", 18), ("reviews", 120), ("questions", 24), ("promotions", 12)],
)
def test_tables_are_large_enough_and_their_ids_unique(name: str, least: int) -> None:
    ids = [row["id"] for row in rows(f"catalog/{name}.jsonl")]
    assert len(ids) >= least
    assert len(ids) == len(set(ids))


def test_rows_point_at_products_of_the_catalogue(products: list[dict[str, Any]]) -> None:
    known = {row["id"] for row in products}
    pointing = [row["product_id"] for name in ("reviews", "questions") for row in rows(f"catalog/{name}.jsonl")]
    pointing += [pid for row in rows("catalog/promotions.jsonl") for pid in row["product_ids"] or []]
    assert {pid for pid in pointing if pid is not None} <= known
    assert len({row["category"][0] for row in products}) >= 5


def test_money_is_text_and_skus_agree_with_their_product(products: list[dict[str, Any]]) -> None:
    for row in products:
        prices = [sku["price"] for sku in row["skus"]]
        assert all(isinstance(price, str) for price in [row["price"], row["list_price"], *prices]), row["id"]
        assert Decimal(row["price"]) in {Decimal(price) for price in prices}, row["id"]
        assert Decimal(row["list_price"]) > Decimal(row["price"]), row["id"]
    several = [row for row in products if len({sku["price"] for sku in row["skus"]}) > 1]
    assert len(several) >= 4


def test_titles_and_selling_points_are_lawful(products: list[dict[str, Any]]) -> None:
    texts = [text for row in products for text in (row["title"], row["brief"], *row["attributes"].values())]
    assert not [text for text in texts if UNLAWFUL.search(text)]


def test_some_reviews_must_be_filtered() -> None:
    texts = [row["text"] for row in rows("catalog/reviews.jsonl")]
    assert any(re.search(r"1[3-9]\d{9}", text) for text in texts)
    assert any(UNLAWFUL.search(text) for text in texts)


def test_promotions_of_every_kind_run_and_some_do_not() -> None:
    promotions = rows("catalog/promotions.jsonl")
    state = Counter()  # type: Counter[str]
    running = set()
    for row in promotions:
        starts, ends = datetime.fromisoformat(row["starts_at"]), datetime.fromisoformat(row["ends_at"])
        state["ended" if ends < AS_OF else "coming" if starts > AS_OF else "running"] += 1
        running |= {row["kind"]} if starts <= AS_OF <= ends else set()
        assert row["eligibility"]["kind"] in {"everyone", "new_customers", "members"}, row["id"]
    assert running == KINDS
    assert state["ended"] >= 1
    assert state["coming"] >= 1


def test_pictures_of_the_catalogue_exist_and_are_labelled(
    products: list[dict[str, Any]], labels: dict[str, dict[str, Any]]
) -> None:
    folder = EXAMPLES / "images"
    on_disk = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    owners = {image: row["id"] for row in products for image in row["images"]}
    assert len(on_disk) >= 52
    assert set(owners) <= on_disk
    assert set(labels) == on_disk
    assert {image: labels[image]["product_id"] for image in owners} == owners
    assert {row["topic"] for row in labels.values()} == TOPICS
    assert sum((folder / image).stat().st_size for image in on_disk) < 6_000_000


def test_the_hard_pictures_are_there_and_as_labelled(labels: dict[str, dict[str, Any]]) -> None:
    expected = Counter(row["expected"] for row in labels.values())
    assert set(expected) == {"keep", "redundant", "tiny_print", "overlong", "corrupt"}
    assert all((row["expected"] == "redundant") == (row["duplicate_of"] in labels) for row in labels.values())
    for image, row in labels.items():
        if row["expected"] == "corrupt":
            with pytest.raises(OSError), Image.open(EXAMPLES / "images" / image) as opened:
                opened.load()
        else:
            with Image.open(EXAMPLES / "images" / image) as opened:
                opened.load()
            assert (row["expected"] == "overlong") == (opened.height > 5 * opened.width), image


def test_two_prices_on_one_template_differ_in_the_price_only(labels: dict[str, dict[str, Any]]) -> None:
    first, second = labels["h03_main.jpg"]["lines"], labels["h03_main_1l.jpg"]["lines"]
    assert [pair for pair in zip(first, second, strict=True) if pair[0] != pair[1]] == [("¥79.9", "¥99.9")]


def test_prices_in_main_pictures_agree_unless_marked_stale(products: list[dict[str, Any]]) -> None:
    prices = {row["id"]: {Decimal(sku["price"]) for sku in row["skus"]} for row in products}
    priced = [picture for picture in read_pictures() if "price" in picture.content]
    stale = {picture.image_id for picture in priced if not _agrees(picture, prices)}
    assert stale == {picture.image_id for picture in priced if picture.content.get("stale_price")}
    assert stale


def _agrees(picture: Picture, prices: dict[str, set[Decimal]]) -> bool:
    return Decimal(picture.content["price"]) in prices[str(picture.product_id)]


def test_host_lines_are_plain_and_cover_every_function() -> None:
    lines = rows("speech/host_lines.jsonl")
    assert len(lines) >= 60
    assert {line["function"] for line in lines} == {"hook", "need", "selling_point", "proof", "offer", "closing"}
    assert not [line for line in lines if re.search(r"[0-9A-Za-z{}]", line["text"]) or UNLAWFUL.search(line["text"])]


@pytest.mark.parametrize("image_id", ["s01_poster.jpg", "f01_spec.png", "d03_scene.jpg"])
def test_a_redraw_gives_the_same_pixels_and_the_labelled_lines(
    image_id: str, fonts: FontSet, labels: dict[str, dict[str, Any]]
) -> None:
    picture = next(picture for picture in read_pictures() if picture.image_id == image_id)
    first, second = draw(picture, fonts), draw(picture, fonts)
    assert encoded(first.image, picture) == encoded(second.image, picture)
    assert first.lines == labels[image_id]["lines"]


def test_a_missing_font_is_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--font", str(tmp_path / "none.ttc"), "--out", str(tmp_path)]) == 2
    assert "fonts-noto-cjk" in capsys.readouterr().err
