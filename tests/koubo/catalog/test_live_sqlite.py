"""Live values: durable, shared at once between processes, with an audit trail."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from decimal import Decimal
from pathlib import Path

import pytest

from koubo.catalog.live import EMPTY, ChangeKind, LiveError, NewPrice, NewStock
from koubo.catalog.live_sqlite import SqliteLiveStore
from koubo.catalog.records import parse_promotion

COUPON = parse_promotion({"id": "c1", "kind": "coupon", "threshold": 59, "amount_off": 10, "eligibility": "everyone"})
ROOT = Path(__file__).parents[3]
WRITER = """
import sys
from decimal import Decimal
from pathlib import Path
from koubo.catalog.live import NewPrice
from koubo.catalog.live_sqlite import SqliteLiveStore
store = SqliteLiveStore(Path(sys.argv[1]))
for n in range(1, 1_000_000):
    version = store.apply([NewPrice(sys.argv[2], None, Decimal(n) / 100)], "writer")
    print(version, n, flush=True)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "live" / "live.sqlite"


def start_writer(path: Path, product_id: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(path), product_id]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def test_nothing_yet(path: Path) -> None:
    assert SqliteLiveStore(path).view() == EMPTY


def test_values_are_seen_at_once_by_another_store_and_after_reopening(path: Path) -> None:
    mine, other = SqliteLiveStore(path), SqliteLiveStore(path)
    assert other.view().version == 0
    assert mine.apply([NewPrice("p1", "红", Decimal("9.9"))], "li") == 1
    assert mine.apply([NewStock("p1", None, 7)], "li") == 2
    assert mine.put_promotion(COUPON, "li") == 3
    assert mine.delete_promotion("old", "li") == 4
    for store in (other, SqliteLiveStore(path)):
        view = store.view()
        assert view.version == store.version() == 4
        assert view.prices == {("p1", "红"): Decimal("9.90")}
        assert view.stocks == {("p1", None): 7}
        assert view.promotions == store.promotions() == {"c1": COUPON}
        assert view.deleted_promotions == {"old"}


def test_a_view_never_changes(path: Path) -> None:
    store = SqliteLiveStore(path)
    store.apply([NewStock("p1", None, 7)], "li")
    before = store.view()
    store.apply([NewStock("p1", None, 6)], "li")
    assert before.stocks == {("p1", None): 7}
    assert store.view().stocks == {("p1", None): 6}


def test_the_newest_of_product_and_sku_counts(path: Path) -> None:
    store = SqliteLiveStore(path)
    store.apply([NewPrice("p1", "红", Decimal(9))], "li")
    store.apply([NewPrice("p1", None, Decimal(8))], "li")
    assert store.view().prices == {("p1", None): Decimal("8.00")}
    store.apply([NewPrice("p1", "红", Decimal(7))], "li")
    assert store.view().prices == {("p1", None): Decimal("8.00"), ("p1", "红"): Decimal("7.00")}
    store.apply([NewStock("p1", None, 5)], "li")
    store.apply([NewStock("p1", "红", 3)], "li")
    assert store.view().stocks == {("p1", "红"): 3}


def test_values_written_together_are_seen_together(path: Path) -> None:
    mine, other = SqliteLiveStore(path), SqliteLiveStore(path)
    done = threading.Event()

    def write() -> None:
        for n in range(1, 101):
            price = Decimal(n)
            mine.apply([NewPrice("p1", None, price), NewPrice("p1", "红", price + 1), NewStock("p1", "红", n)], "li")
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    while not done.is_set():
        view = other.view()
        if view.version:
            n = view.stocks["p1", "红"]
            assert (view.version, view.prices) == (3 * n, {("p1", None): Decimal(n), ("p1", "红"): Decimal(n + 1)})
    writer.join()
    assert [change.version for change in other.changes_since(297)] == [298, 299, 300]


def test_one_bad_value_among_several_leaves_no_trace(path: Path) -> None:
    store = SqliteLiveStore(path)
    with pytest.raises(LiveError, match="stock"):
        store.apply([NewPrice("p1", None, Decimal(9)), NewStock("p1", None, -1)], "li")
    assert store.view() == EMPTY


def test_a_deleted_promotion_can_come_back(path: Path) -> None:
    store = SqliteLiveStore(path)
    store.put_promotion(COUPON, "li")
    store.delete_promotion("c1", "li")
    assert (store.view().promotions, store.view().deleted_promotions) == ({}, frozenset({"c1"}))
    store.put_promotion(COUPON, "li")
    assert (store.view().promotions, store.view().deleted_promotions) == ({"c1": COUPON}, frozenset())


def test_the_audit_trail_says_who_changed_what_and_stays(path: Path) -> None:
    store = SqliteLiveStore(path)
    store.apply([NewPrice("p1", "红", Decimal(9))], "li")
    store.apply([NewPrice("p1", "红", Decimal("8.5"))], "wang")
    store.delete_promotion("c9", "wang")
    first, second, third = store.changes_since(0)
    assert (first.actor, first.before, first.after, first.kind) == ("li", None, "9.00", ChangeKind.PRICE)
    assert (second.actor, second.before, second.after) == ("wang", "9.00", "8.50")
    assert (third.kind, third.promotion_id, third.product_id) == (ChangeKind.PROMOTION_DELETED, "c9", None)
    assert first.at <= second.at <= third.at
    assert [change.version for change in store.changes_since(2)] == [3]
    with sqlite3.connect(path) as db:
        for statement in ("DELETE FROM changes", "UPDATE changes SET actor = 'nobody'"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                db.execute(statement)


@pytest.mark.parametrize("price", ["0", "-1", "NaN", "Infinity", "0.001", "10000000.01"])
def test_a_bad_price_is_refused_and_leaves_no_trace(path: Path, price: str) -> None:
    store = SqliteLiveStore(path)
    with pytest.raises(LiveError, match="price"):
        store.apply([NewPrice("p1", None, Decimal(price))], "li")
    assert store.version() == 0


@pytest.mark.parametrize("stock", [-1, 10**9, True, 1.5])
def test_a_bad_stock_is_refused(path: Path, stock: int) -> None:
    with pytest.raises(LiveError, match="stock"):
        SqliteLiveStore(path).apply([NewStock("p1", None, stock)], "li")


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "live.sqlite").write_text("this is no database, it only looks like a file" * 100)
    with pytest.raises(LiveError, match="cannot be opened as a store"):
        SqliteLiveStore(tmp_path / "live.sqlite")


def test_nothing_acknowledged_is_lost_when_writers_are_killed(path: Path) -> None:
    acknowledged: dict[str, tuple[int, int]] = {}
    for round_number in range(2):
        writers = {name: start_writer(path, name) for name in (f"a{round_number}", f"b{round_number}")}
        for name, writer in writers.items():
            assert writer.stdout
            for _ in range(10):
                version, n = map(int, writer.stdout.readline().split())
                acknowledged[name] = (version, n)
        for name, writer in writers.items():
            os.kill(writer.pid, signal.SIGKILL)
            rest, _ = writer.communicate()
            whole = [line.split() for line in rest.splitlines(keepends=True) if line.endswith("\n")]
            if whole:
                acknowledged[name] = (int(whole[-1][0]), int(whole[-1][1]))
    store = SqliteLiveStore(path)
    by_version = {change.version: change for change in store.changes_since(0)}
    assert sorted(by_version) == list(range(1, len(by_version) + 1))
    for name, (version, n) in acknowledged.items():
        assert by_version[version].product_id == name
        assert by_version[version].after == f"{Decimal(n) / 100:.2f}"
        assert store.view().prices[name, None] >= Decimal(n) / 100


def test_threads_write_without_losing_versions(path: Path) -> None:
    store = SqliteLiveStore(path)
    versions: list[int] = []

    def write(name: str) -> None:
        versions.extend(store.apply([NewStock(name, None, n)], name) for n in range(20))

    threads = [threading.Thread(target=write, args=(f"p{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(versions) == list(range(1, 81))
    assert store.view().stocks == {(f"p{n}", None): 19 for n in range(4)}


def test_a_full_disk_loses_nothing_and_the_store_goes_on(tmp_path: Path) -> None:
    store = SqliteLiveStore(tmp_path / "live.sqlite")
    store.apply([NewPrice("a", None, Decimal("9.90"))], "anna")
    db = store._file._writer
    pages = db.execute("PRAGMA page_count").fetchone()[0]
    db.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(sqlite3.OperationalError, match="full"):
        for number in range(1000):
            store.apply([NewPrice(f"product-{number:04}", None, Decimal("1.00"))], "anna" * 100)
    db.execute("PRAGMA max_page_count = 1000000")
    kept = store.view()
    assert len(kept.prices) == kept.version
    assert store.apply([NewPrice("b", None, Decimal("5.50"))], "anna") == kept.version + 1
    assert store.view().prices["b", None] == Decimal("5.50")
