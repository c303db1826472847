"""SQLite files in which nothing that was answered is lost, shared by the threads and processes of one machine."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

BUSY_S = 30.0
"""How long a write waits for another process's write."""


class StoreError(Exception):
    """A file that cannot be used as a store; the message names it and says why."""


def open_durable(path: Path, prepare: Callable[[sqlite3.Connection], object]) -> sqlite3.Connection:
    """Open or make the file and its folder: a write is on the disk when its transaction ends (WAL, synchronous=FULL).

    ``prepare`` makes the tables. Statements outside `transaction` are transactions of their own. Raises `StoreError`
    where the file is no database or cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        prepare(db)
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"{path}: cannot be opened as a store ({error})") from error
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
