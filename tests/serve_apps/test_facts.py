"""Snapshots swapped while serving, poisoned ones refused, live values seen by every replica."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from koubo.catalog.live_sqlite import SqliteLiveStore
from koubo.catalog.snapshot import build_snapshot
from koubo.catalog.tables import load_catalog
from koubo.versions import current, point, publish
from serve_apps.facts import Facts, FactsReplica
from serve_apps.parts import LiveUpdate, SkuUpdate
from serve_apps.problems import NotFound, Unavailable, Unprocessable
from serve_apps.settings import AppSettings
from tests.serve_apps.fake_writer import EXAMPLES

NOW = datetime.now().astimezone()


def smaller_shop(folder: Path) -> Path:
    """The example shop without its last product."""
    folder.mkdir()
    for table in EXAMPLES.glob("*.jsonl"):
        lines = table.read_text(encoding="utf8").splitlines(keepends=True)
        kept = lines[:-1] if table.name == "products.jsonl" else lines
        (folder / table.name).write_text("".join(kept), encoding="utf8")
    return folder


def poison(root: Path) -> str:
    """Put a snapshot in service whose facts are not those of its manifest."""
    whole = current(root)

    def copy(folder: Path) -> None:
        for path in whole.iterdir():
            if path.name != "manifest.json":
                (folder / path.name).write_bytes(path.read_bytes())

    version = publish(root, copy, {"note": "poisoned"})
    table = root / version / "facts.parquet"
    table.write_bytes(table.read_bytes()[:-1] + b"?")
    return version


def test_a_poisoned_snapshot_is_refused_and_the_old_one_stays(facts: Facts, snapshots: Path) -> None:
    before = asyncio.run(facts.product("b02", NOW))
    bad = poison(snapshots)
    facts.refresh_snapshot()
    assert asyncio.run(facts.product("b02", NOW)).version == before.version
    state = asyncio.run(facts.state())
    assert state.status == "ok" and f"refused {bad}" in state.detail and "facts.parquet" in state.detail


def test_a_new_snapshot_replaces_the_old_and_an_earlier_one_can_come_back(
    facts: Facts, snapshots: Path, tmp_path: Path
) -> None:
    first = current(snapshots).name
    total = asyncio.run(facts.products(0, 1, NOW)).total
    build_snapshot(load_catalog(smaller_shop(tmp_path / "shop"), None), None, None, snapshots)
    facts.refresh_snapshot()
    assert asyncio.run(facts.products(0, 1, NOW)).total == total - 1
    point(snapshots, first)
    facts.refresh_snapshot()
    assert asyncio.run(facts.products(0, 1, NOW)).total == total


def test_without_a_snapshot_it_says_so_and_takes_the_first_one(tmp_path: Path, example_snapshots: Path) -> None:
    root = tmp_path / "none"
    facts = Facts(root, SqliteLiveStore(tmp_path / "live.sqlite"))
    with pytest.raises(Unavailable, match="no snapshot is published yet"):
        asyncio.run(facts.product("b02", NOW))
    assert asyncio.run(facts.state()).status == "down"
    build_snapshot(load_catalog(EXAMPLES, None), None, None, root)
    facts.refresh_snapshot()
    assert asyncio.run(facts.product("b02", NOW)).product.id == "b02"


def test_every_replica_sees_a_change_within_a_second(snapshots: Path, tmp_path: Path) -> None:
    writer = {"source": "openai:http://127.0.0.1:9/v1#none"}
    settings = AppSettings.model_validate({"snapshots": snapshots, "state": tmp_path / "state", "writer": writer})
    one, other = FactsReplica(settings), FactsReplica(settings)
    asyncio.run(one.update("b02", LiveUpdate(price=Decimal("55.50")), "anna"))
    deadline = time.monotonic() + 1
    while asyncio.run(other.product("b02", NOW)).price != Decimal("55.50"):
        assert time.monotonic() < deadline, "not seen within a second"
        time.sleep(0.01)
    one.check_health()


def test_an_unknown_product_or_sku_is_refused_and_nothing_is_written(facts: Facts) -> None:
    with pytest.raises(NotFound, match="nope"):
        asyncio.run(facts.update("nope", LiveUpdate(price=Decimal("1.00")), "anna"))
    with pytest.raises(Unprocessable) as refused:
        update = LiveUpdate(price=Decimal("1.00"), skus=(SkuUpdate("没有", stock=1),))
        asyncio.run(facts.update("s01", update, "anna"))
    assert [e.field for e in refused.value.errors] == ["skus.0.id"]
    assert asyncio.run(facts.product("s01", NOW)).price != Decimal("1.00")


def test_what_answers_a_comment_has_the_prices_of_now(facts: Facts) -> None:
    asyncio.run(facts.update("b02", LiveUpdate(price=Decimal("55.50")), "anna"))
    now = datetime.now().astimezone()
    assert asyncio.run(facts.answers("b02", "多少钱", 1, now))[0].fact.value == "55.50"
    assert asyncio.run(facts.answers("d03", "有什么优惠", 1, now))[0].fact.kind == "promotion"
    assert asyncio.run(facts.answers("b02", "主播好美", 3, now)) == ()


def test_products_beside_a_product_and_how_they_are_joined(facts: Facts) -> None:
    assert asyncio.run(facts.related("s01", 2))
    together = asyncio.run(facts.complementary("b04", 3, NOW))
    assert all("promotion:pr-06" in one.via for one in together)  # it runs now, and only Facts knows that
    joined = asyncio.run(facts.path("product:s01", "product:s02"))
    assert joined is not None and joined.nodes[1] == "brand:桐下衣"
    for look_up in (facts.related("nope", 1), facts.complementary("nope", 1, NOW), facts.path("product:nope", "x")):
        with pytest.raises(NotFound, match="nope"):
            asyncio.run(look_up)
