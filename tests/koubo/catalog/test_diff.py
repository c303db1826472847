"""What differs between two snapshots, for people and for machines."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from koubo.catalog.build import read_tables
from koubo.catalog.diff import SnapshotDiff, as_text, diff
from koubo.catalog.increment import Sources, build

EXAMPLES = Path(__file__).parents[3] / "examples" / "catalog"
Differ = Callable[[Callable[[str], str]], SnapshotDiff]


@pytest.fixture
def after(tmp_path: Path) -> Differ:
    """The difference that a change of the products table makes."""

    def compare(change: Callable[[str], str]) -> SnapshotDiff:
        shop = Path(shutil.copytree(EXAMPLES, tmp_path / "shop"))
        old = build(Sources(shop), tmp_path / "out")
        table = shop / "products.jsonl"
        table.write_text(change(table.read_text(encoding="utf8")), encoding="utf8")
        new = build(Sources(shop), tmp_path / "out")
        return diff(read_tables(old.folder), read_tables(new.folder))

    return compare


def test_nothing_differs(after: Differ) -> None:
    found = after(lambda text: text)
    assert not found.facts and not any(found.products.values()) and not any(found.promotions.values())


def test_a_changed_value_is_named_with_both_sides(after: Differ) -> None:
    found = after(lambda text: text.replace('"克重": "240g/㎡"', '"克重": "260g/㎡"'))
    assert found.products == {"added": (), "removed": (), "changed": ("s01",)}
    assert [(f.id, f.change, f.old, f.new) for f in found.facts] == [
        ("s01:attribute:克重", "changed", "240g/㎡", "260g/㎡")
    ]
    lines = list(as_text(found, 5))
    assert "      attribute 克重: 240g/㎡ -> 260g/㎡" in lines
    assert json.loads(json.dumps(found.as_dict()))["facts"][0]["new"] == "260g/㎡"


def test_a_row_that_moved_is_no_change(after: Differ) -> None:
    found = after(lambda text: "\n" + text)
    assert not found.facts and not any(found.products.values())


def test_products_and_promotions_that_go(after: Differ) -> None:
    found = after(lambda text: text.split("\n", 1)[1])
    assert found.products == {"added": (), "removed": ("s01",), "changed": ()}
    assert found.promotions == {"added": (), "removed": ("pr-03",), "changed": ()}
    assert {fact.change for fact in found.facts} == {"removed"}
    assert found.counts["nodes"]["product"] == (23, 22)
    assert "  - s01 桐下衣 240g重磅纯棉T恤 圆领短袖 男女同款 M-2XL" in list(as_text(found, 5))
    assert "  - and 1 more" in list(as_text(found, 0))
