"""The tables of the script store, and how a file of an earlier version is brought up to this one on opening it."""

from __future__ import annotations

import sqlite3

from koubo.durable_sqlite import StoreError, transaction

VERSION = 1
"""SQLite's `user_version` of the file; 0 is a new file, or one with a single row a script and no revisions."""

_TABLES = (
    """CREATE TABLE heads(
        seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, product_id TEXT NOT NULL, status TEXT NOT NULL,
        number INTEGER NOT NULL)""",
    "CREATE INDEX heads_of_product ON heads(product_id)",
    "CREATE INDEX heads_of_status ON heads(status)",
    """CREATE TABLE revisions(
        script_id TEXT NOT NULL, number INTEGER NOT NULL, at TEXT NOT NULL, actor TEXT NOT NULL, change TEXT NOT NULL,
        status TEXT NOT NULL, script TEXT NOT NULL, PRIMARY KEY(script_id, number))""",
    """CREATE TRIGGER revisions_stay BEFORE UPDATE ON revisions
        BEGIN SELECT RAISE(ABORT, 'a revision never changes'); END""",
    """CREATE TRIGGER revisions_remain BEFORE DELETE ON revisions
        BEGIN SELECT RAISE(ABORT, 'a revision never goes'); END""",
)
_FROM_0 = (
    """INSERT INTO heads(id, product_id, status, number)
        SELECT id, product_id, 'draft', 1 FROM scripts ORDER BY julianday(created_at), id""",
    "INSERT INTO revisions SELECT id, 1, created_at, 'unknown', 'composed', 'draft', script FROM scripts",
    "DROP TABLE scripts",
)


def prepare(db: sqlite3.Connection, path: object) -> None:
    """Make the tables, or bring those of an earlier version up to this one, in one transaction.

    Raises ``StoreError`` for a file that a later version of the application wrote.
    """
    with transaction(db):
        found = int(db.execute("PRAGMA user_version").fetchone()[0])
        if found > VERSION:
            raise StoreError(f"{path}: has tables of version {found}, this application knows {VERSION}; update it")
        if found == VERSION:
            return
        old = db.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'scripts'").fetchone()
        for statement in (*_TABLES, *(_FROM_0 if old else ())):
            db.execute(statement)
        db.execute(f"PRAGMA user_version = {VERSION}")
