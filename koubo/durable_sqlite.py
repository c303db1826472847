"""SQLite files in which nothing that was answered is lost, shared by the threads and processes of one machine."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BUSY_S = 30.0
"""How long a write waits for another process's write."""


def open_durable(path: Path) -> sqlite3.Connection:
    """Open or make the file and its folder: a write is on the disk when its transaction ends (WAL, synchronous=FULL).

    Statements outside `transaction` are transactions of their own. Raises ``sqlite3.Error`` or ``OSError`` where it is
    no database or cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    db = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    return db


@contextmanager
def transaction(db: sqlite3.Connection, kind: str = "IMMEDIATE") -> Iterator[None]:
    """All or nothing. IMMEDIATE: other processes' writes wait for it; DEFERRED: one view for several reads."""
    db.execute(f"BEGIN {kind}")
    try:
        yield
        db.execute("COMMIT")
    finally:
        if db.in_transaction:  # something failed, the commit itself (a full disk) included
            db.execute("ROLLBACK")
