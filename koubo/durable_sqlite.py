"""SQLite files in which nothing that was answered is lost, shared by the threads and processes of one machine.

Whoever writes waits `BUSY_S` in all, in this process and for others together, and is told then: waits never add up.
Whoever reads has a connection of its own and waits for no writer (WAL).
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

BUSY_S = 2.0
"""How long a write waits for all other writes, those of this process and of others."""
POLL_S = 0.002
"""How often a write asks for its turn. SQLite itself asks ever more seldom, so that busy processes starve others."""
OPENING_S = 30.0
"""How long opening a file waits: another process may be bringing its tables up to date."""


class StoreError(Exception):
    """A file that cannot be used as a store; the message names it and says why."""


class DurableFile:
    """A SQLite file whose writes are on the disk when they end (WAL, synchronous=FULL). Safe for threads."""

    def __init__(self, path: Path, prepare: Callable[[sqlite3.Connection], object]) -> None:
        """Open or make the file and its folder; ``prepare`` makes the tables.

        Raises `StoreError` where the file is no database or cannot be written.
        """
        self._path = path
        self._write_turn, self._read_turn = threading.Lock(), threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._writer = _connect(path)
            self._writer.execute("PRAGMA journal_mode=WAL")
            self._writer.execute("PRAGMA synchronous=FULL")
            prepare(self._writer)
            self._writer.execute("PRAGMA busy_timeout=0")
            self._reader = _connect(path)
            self._reader.execute("PRAGMA query_only=ON")
            self._reader.execute(f"PRAGMA busy_timeout={round(BUSY_S * 1000)}")
        except (sqlite3.Error, OSError) as error:
            raise StoreError(f"{path}: cannot be opened as a store ({error})") from error

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that writes: all or nothing, one after another. Raises `sqlite3.Error` where it cannot be."""
        until = monotonic() + BUSY_S
        with self._turn(self._write_turn):
            _begin(self._writer, until)
            with _whole(self._writer):
                yield self._writer

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One view of the file for several reads. Fetch the rows inside."""
        with self._turn(self._read_turn), transaction(self._reader, "DEFERRED"):
            yield self._reader

    def close(self) -> None:
        """Close the file; it cannot be used afterwards."""
        self._reader.close()
        self._writer.close()

    @contextmanager
    def _turn(self, lock: threading.Lock) -> Iterator[None]:
        if not lock.acquire(timeout=BUSY_S):
            raise sqlite3.OperationalError(f"{self._path.name}: others were before this for {BUSY_S:g} s")
        try:
            yield
        finally:
            lock.release()


@contextmanager
def transaction(db: sqlite3.Connection, kind: str = "IMMEDIATE") -> Iterator[None]:
    """All or nothing. IMMEDIATE: other processes' writes wait for it; DEFERRED: one view for several reads."""
    db.execute(f"BEGIN {kind}")
    with _whole(db):
        yield


def _begin(db: sqlite3.Connection, until: float) -> None:
    """Begin to write as soon as no other process does. Raises `sqlite3.OperationalError` where one does till then."""
    while True:
        try:
            db.execute("BEGIN IMMEDIATE")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or monotonic() >= until:
                raise
        sleep(POLL_S)


@contextmanager
def _whole(db: sqlite3.Connection) -> Iterator[None]:
    """End a transaction that began: whole, or not at all."""
    try:
        yield
        db.execute("COMMIT")
    finally:
        if db.in_transaction:  # something failed, the commit itself (a full disk) included
            db.execute("ROLLBACK")


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=OPENING_S, isolation_level=None, check_same_thread=False)
