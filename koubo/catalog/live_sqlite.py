"""Live values in one SQLite file: durable before they are acknowledged, seen at once by every process that opens it.

The append-only table `changes` is the audit trail, and its row numbers are the versions. Value and audit row are
written in one transaction, flushed to the disk (`synchronous=FULL`) before the version is returned.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from koubo.catalog.live import EMPTY, ChangeKind, LiveChange, LiveError, LiveKey, LiveView, NewPrice, NewStock
from koubo.catalog.money import money
from koubo.catalog.records import PROMOTION, Promotion
from koubo.durable_sqlite import DurableFile, StoreError

LARGEST_STOCK = 100_000_000
_SCHEMA = """
CREATE TABLE IF NOT EXISTS changes(
    version INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, actor TEXT NOT NULL, kind TEXT NOT NULL,
    product_id TEXT, sku_id TEXT, promotion_id TEXT, before TEXT, after TEXT);
CREATE TABLE IF NOT EXISTS price(product_id TEXT, sku_id TEXT, value TEXT NOT NULL, PRIMARY KEY(product_id, sku_id));
CREATE TABLE IF NOT EXISTS stock(product_id TEXT, sku_id TEXT, value TEXT NOT NULL, PRIMARY KEY(product_id, sku_id));
CREATE TABLE IF NOT EXISTS promotions(id TEXT PRIMARY KEY, record TEXT);
CREATE TRIGGER IF NOT EXISTS changes_stay BEFORE UPDATE ON changes
    BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER IF NOT EXISTS changes_remain BEFORE DELETE ON changes
    BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
"""
_WHOLE = ""  # sku_id of a product as a whole: SQL's NULLs are never equal, so they cannot be a key


class SqliteLiveStore:
    """A LiveStore in a local file (not on a network file system). Safe for threads and for several processes."""

    def __init__(self, path: Path) -> None:
        """Open or make the file and its folder. Raises LiveError where it is no database or cannot be written."""
        self._seen = EMPTY
        try:
            self._file = DurableFile(path, lambda db: db.executescript(_SCHEMA))
        except StoreError as error:
            raise LiveError(f"live values: {error}") from error

    def close(self) -> None:
        """Close the file; the store cannot be used afterwards."""
        self._file.close()

    def apply(self, updates: Sequence[NewPrice | NewStock], actor: str) -> int:
        """See LiveStore. One transaction, an audit row each.

        Raises LiveError for a price that is no positive amount in whole fen, or a stock below zero or beyond belief.
        """
        values = [(update, _text_of(update)) for update in updates]
        with self._file.writing() as db:
            for update, value in values:
                _set(db, update, value, actor)
            return _version(db)

    def put_promotion(self, promotion: Promotion, actor: str) -> int:
        """See LiveStore."""
        record = PROMOTION.dump_json(promotion).decode()
        return self._put_promotion(promotion.id, record, ChangeKind.PROMOTION, actor)

    def delete_promotion(self, promotion_id: str, actor: str) -> int:
        """See LiveStore."""
        return self._put_promotion(promotion_id, None, ChangeKind.PROMOTION_DELETED, actor)

    def promotions(self) -> Mapping[str, Promotion]:
        """See LiveStore."""
        return self.view().promotions

    def version(self) -> int:
        """See LiveStore."""
        with self._file.reading() as db:
            return _version(db)

    def view(self) -> LiveView:
        """See LiveStore. Reads the tables only when something changed since the last view."""
        with self._file.reading() as db:
            if _version(db) != self._seen.version:
                self._seen = _read(db)
            return self._seen

    def changes_since(self, version: int) -> Sequence[LiveChange]:
        """See LiveStore."""
        columns = "version, at, actor, kind, product_id, sku_id, promotion_id, before, after"
        with self._file.reading() as db:
            rows = db.execute(f"SELECT {columns} FROM changes WHERE version > ? ORDER BY version", (version,))
            return [
                LiveChange(number, datetime.fromisoformat(at), actor, ChangeKind(kind), *rest)
                for number, at, actor, kind, *rest in rows
            ]

    def _put_promotion(self, promotion_id: str, record: str | None, kind: ChangeKind, actor: str) -> int:
        with self._file.writing() as db:
            found = db.execute("SELECT record FROM promotions WHERE id = ?", (promotion_id,)).fetchone()
            db.execute("INSERT OR REPLACE INTO promotions VALUES(?, ?)", (promotion_id, record))
            return _audit(db, actor, kind, (None, None, promotion_id), found[0] if found else None, record)


def _version(db: sqlite3.Connection) -> int:
    return int(db.execute("SELECT coalesce(max(version), 0) FROM changes").fetchone()[0])


def _read(db: sqlite3.Connection) -> LiveView:
    promotions = dict(db.execute("SELECT id, record FROM promotions ORDER BY id"))
    return LiveView(
        version=_version(db),
        prices={key: Decimal(value) for key, value in _values(db, "price")},
        stocks={key: int(value) for key, value in _values(db, "stock")},
        promotions={name: PROMOTION.validate_json(text) for name, text in promotions.items() if text},
        deleted_promotions=frozenset(name for name, text in promotions.items() if text is None),
    )


def _values(db: sqlite3.Connection, table: str) -> Iterator[tuple[LiveKey, str]]:
    for product_id, sku_id, value in db.execute(f"SELECT product_id, sku_id, value FROM {table}"):
        yield (product_id, sku_id or None), value


def _set(db: sqlite3.Connection, update: NewPrice | NewStock, value: str, actor: str) -> None:
    """Set a price or a stock inside a transaction."""
    kind = ChangeKind.PRICE if isinstance(update, NewPrice) else ChangeKind.STOCK
    product_id, sku_id = update.product_id, update.sku_id or _WHOLE
    found = db.execute(f"SELECT value FROM {kind} WHERE product_id = ? AND sku_id = ?", (product_id, sku_id)).fetchone()
    if others := _ended_by(update):
        db.execute(f"DELETE FROM {kind} WHERE product_id = ? AND {others}", (product_id,))
    db.execute(f"INSERT OR REPLACE INTO {kind} VALUES(?, ?, ?)", (product_id, sku_id, value))
    _audit(db, actor, kind, (product_id, update.sku_id, None), found[0] if found else None, value)


def _audit(
    db: sqlite3.Connection,
    actor: str,
    kind: ChangeKind,
    about: tuple[str | None, str | None, str | None],
    before: str | None,
    after: str | None,
) -> int:
    row = db.execute(
        "INSERT INTO changes(at, actor, kind, product_id, sku_id, promotion_id, before, after) "
        "VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
        (datetime.now(UTC).isoformat(), actor, kind.value, *about, before, after),
    )
    assert row.lastrowid is not None
    return row.lastrowid


def _text_of(update: NewPrice | NewStock) -> str:
    """The value as it is stored. Raises LiveError for one that cannot be."""
    if isinstance(update, NewPrice):
        try:
            return str(money(update.price))
        except ValueError as error:
            raise LiveError(f"price: {update.price!r} {error}") from error
    stock = update.stock
    if isinstance(stock, bool) or not isinstance(stock, int) or not 0 <= stock <= LARGEST_STOCK:
        raise LiveError(f"stock: {stock!r} is no whole number from 0 to {LARGEST_STOCK:,}")
    return str(stock)


def _ended_by(update: NewPrice | NewStock) -> str | None:
    """Which other values of the product an update ends, as SQL: a whole product's price is newer than its SKUs'
    prices; a SKU's stock ends the product's, which is the sum of its SKUs' once one of those is told.
    """
    if isinstance(update, NewPrice):
        return "sku_id != ''" if update.sku_id is None else None
    return None if update.sku_id is None else "sku_id = ''"
