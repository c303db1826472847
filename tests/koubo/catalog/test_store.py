"""The catalogue as it is sold at a moment: live values over the snapshot."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from koubo.catalog.build import build_snapshot
from koubo.catalog.facts import FactKind
from koubo.catalog.live import EMPTY, LiveView
from koubo.catalog.records import parse_promotion
from koubo.catalog.snapshot import Snapshot, UnknownProduct
from koubo.catalog.store import CatalogView, LiveProduct
from koubo.catalog.tables import load_catalog

AT = datetime(2026, 11, 11, 12, tzinfo=UTC)
SHOP = """\
{"id": "tee", "title": "T恤", "price": 59.9, "list_price": 79, "skus": [{"options": ["M"], "price": 59.9, "stock": 3}, {"options": ["XL"], "price": 64.9, "stock": 5}]}
{"id": "cup", "title": "杯", "price": 20, "list_price": 20}
"""  # noqa: E501
PROMOTIONS = """\
{"id": "now", "kind": "coupon", "amount_off": 5, "name": "券", "ends_at": "2026-11-11T21:00:00+08:00"}
{"id": "soon", "kind": "coupon", "amount_off": 6, "starts_at": "2026-11-11T20:30:00+08:00"}
{"id": "over", "kind": "coupon", "amount_off": 7, "ends_at": "2026-11-11T20:00:00+08:00"}
{"id": "cup-only", "kind": "flash_price", "price": 15, "product_ids": ["cup"], "eligibility": "everyone"}
{"id": "no-use", "kind": "flash_price", "price": 20, "product_ids": ["cup"], "eligibility": "everyone"}
"""


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    folder = tmp_path_factory.mktemp("shop")
    (folder / "products.jsonl").write_text(SHOP, encoding="utf8")
    (folder / "promotions.jsonl").write_text(PROMOTIONS, encoding="utf8")
    return Snapshot.load(build_snapshot(load_catalog(folder), None, None, folder / "out"))


def look(snapshot: Snapshot, product_id: str, at: datetime = AT, **live: Any) -> LiveProduct:
    values: dict[str, Any] = {
        "version": 7,
        "prices": {},
        "stocks": {},
        "promotions": {},
        "deleted_promotions": frozenset(),
    }
    return CatalogView(snapshot, LiveView(**values | live)).product(product_id, at)


def fact(product: LiveProduct, kind: FactKind, label: str | None = None) -> tuple[str, str] | None:
    found = [f for f in product.facts if f.kind is kind and label in (None, f.label)]
    return (found[0].value, found[0].provenance.source) if found else None


def test_without_live_values_the_snapshot_speaks(snapshot: Snapshot) -> None:
    tee = CatalogView(snapshot, EMPTY).product("tee", AT)
    assert (tee.price, tee.price_is_range, tee.list_price, tee.stock) == (Decimal("59.90"), True, Decimal("79.00"), 8)
    assert tee.sku_prices == {"M": Decimal("59.90"), "XL": Decimal("64.90")}
    assert tee.version == f"{snapshot.version}.0"
    assert fact(tee, FactKind.PRICE) == ("59.90", "table")


def test_live_prices_override_table_facts_too(snapshot: Snapshot) -> None:
    tee = look(snapshot, "tee", prices={("tee", "M"): Decimal("49.90")})
    assert (tee.price, tee.version) == (Decimal("49.90"), f"{snapshot.version}.7")
    assert fact(tee, FactKind.PRICE) == ("49.90", "live")
    assert fact(tee, FactKind.SKU_PRICE, "M") == ("49.90", "live")
    assert fact(tee, FactKind.SKU_PRICE, "XL") == ("64.90", "table")


def test_a_live_price_of_the_product_is_that_of_its_skus(snapshot: Snapshot) -> None:
    tee = look(snapshot, "tee", prices={("tee", None): Decimal("39.00"), ("tee", "XL"): Decimal("45.00")})
    assert tee.sku_prices == {"M": Decimal("39.00"), "XL": Decimal("45.00")}
    cup = look(snapshot, "cup", prices={("cup", None): Decimal("12.00")})
    assert (cup.price, cup.price_is_range, cup.list_price) == (Decimal("12.00"), False, Decimal("20.00"))


def test_a_list_price_that_is_not_above_is_not_spoken(snapshot: Snapshot) -> None:
    assert look(snapshot, "cup").list_price is None
    assert fact(look(snapshot, "cup"), FactKind.LIST_PRICE) is None
    assert look(snapshot, "tee", prices={("tee", "XL"): Decimal("80.00")}).list_price is None


def test_a_sold_out_sku_does_not_set_the_price(snapshot: Snapshot) -> None:
    tee = look(snapshot, "tee", stocks={("tee", "M"): 0})
    assert (tee.price, tee.price_is_range, tee.stock) == (Decimal("64.90"), False, 5)
    gone = look(snapshot, "tee", stocks={("tee", "M"): 0, ("tee", "XL"): 0})
    assert (gone.price, gone.price_is_range, gone.stock) == (Decimal("59.90"), True, 0)


def test_a_live_stock_where_the_table_has_none(snapshot: Snapshot) -> None:
    assert look(snapshot, "cup").stock is None
    cup = look(snapshot, "cup", stocks={("cup", None): 9})
    assert cup.stock == 9
    assert fact(cup, FactKind.STOCK) == ("9", "live")


def test_only_running_promotions_of_the_product_that_give_something(snapshot: Snapshot) -> None:
    assert [p.id for p in look(snapshot, "tee").promotions] == ["now"]
    assert [p.id for p in look(snapshot, "cup").promotions] == ["cup-only", "now"]
    assert fact(look(snapshot, "tee"), FactKind.PROMOTION, "券") == ("券减5", "table")


def test_not_after_is_the_next_start_or_end(snapshot: Snapshot) -> None:
    start, end = datetime(2026, 11, 11, 12, 30, tzinfo=UTC), datetime(2026, 11, 11, 13, tzinfo=UTC)
    assert look(snapshot, "tee").not_after == start
    later = look(snapshot, "tee", start)
    assert ([p.id for p in later.promotions], later.not_after) == (["now", "soon"], end)
    after = look(snapshot, "tee", end)
    assert ([p.id for p in after.promotions], after.not_after) == (["soon"], None)


def test_live_promotions_replace_add_and_end(snapshot: Snapshot) -> None:
    changed = parse_promotion({"id": "now", "kind": "coupon", "amount_off": 9})
    added = parse_promotion({"id": "tee-gift", "kind": "gift", "gift": "袜子", "product_ids": ["tee"]})
    live = {"promotions": {p.id: p for p in (changed, added)}, "deleted_promotions": frozenset({"cup-only"})}
    tee, cup = look(snapshot, "tee", **live), look(snapshot, "cup", **live)
    assert tee.promotions == (changed, added)
    assert cup.promotions == (changed,)
    assert fact(tee, FactKind.PROMOTION, "gift") == ("满1件送袜子", "live")


def test_unknown_product_and_moment_without_zone(snapshot: Snapshot) -> None:
    with pytest.raises(UnknownProduct):
        look(snapshot, "hat")
    with pytest.raises(ValueError, match="no zone"):
        look(snapshot, "cup", AT.replace(tzinfo=None))


def test_a_lookup_is_fast_enough_for_every_request(snapshot: Snapshot) -> None:
    view = CatalogView(snapshot, EMPTY)
    view.product("tee", AT)
    times = []
    for second in range(200):
        started = time.perf_counter()
        view.product("tee", AT + timedelta(seconds=second))
        times.append(time.perf_counter() - started)
    # A tenth of a millisecond is asked for; ten times that leaves room for a busy machine and still finds a lost cache.
    assert sorted(times)[len(times) // 2] < 1e-3
