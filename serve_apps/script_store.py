"""Scripts and all their revisions, kept durably, so that one can be rendered again at any later time.

SQLite in WAL mode: several ingress replicas of one node may use the same file at the same time. A revision is flushed
to the disk (`synchronous=FULL`) before it is answered, and never changes.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from koubo.durable_sqlite import DurableFile
from koubo.script.script import Script, Status
from serve_apps.script_tables import prepare

_REVISION = "h.product_id, r.script_id, r.number, r.at, r.actor, r.change, r.status"
_CURRENT = "FROM heads h JOIN revisions r ON r.script_id = h.id AND r.number = h.number"
_ALL = "FROM heads h JOIN revisions r ON r.script_id = h.id"


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision of a script, counted from 1: what changed, who changed it, when."""

    product_id: str
    script_id: str
    number: int
    at: datetime
    actor: str
    change: str
    status: Status


@dataclass(frozen=True, slots=True)
class KeptScript:
    """A script as it is in one of its revisions."""

    revision: Revision
    script: Script


@dataclass(frozen=True, slots=True)
class RevisionPage:
    """The current revisions of a page of scripts, the newest script first, and how many scripts there are in all."""

    total: int
    revisions: tuple[Revision, ...]


class RevisionConflict(Exception):
    """The script is at another revision than the one that a change was made from; ``current`` is None for none."""

    def __init__(self, script_id: str, expected: int, current: Revision | None) -> None:
        super().__init__(f"script {script_id}: at revision {current.number if current else 0}, not at {expected}")
        self.current = current


class ScriptStore(Protocol):
    """Keeps every revision of every script."""

    def put(self, script: Script, at: datetime, actor: str, change: str, after: int) -> Revision:
        """Keep `script` as the revision that follows number `after` (0: it is new); on disk when this returns.

        Raises RevisionConflict where the script is at another revision.
        """

    def get(self, script_id: str, number: int | None = None) -> KeptScript | None:
        """A revision of a script, the current one where no number is given; None where there is none."""

    def revisions(self, script_id: str) -> tuple[Revision, ...]:
        """All revisions of a script, the first one first; empty where there is no such script."""

    def page(self, product_id: str | None, status: Status | None, offset: int, limit: int) -> RevisionPage:
        """Scripts, of one product or of one status where these are given."""


class SqliteScriptStore:
    """ScriptStore in one local SQLite file; the folder is made when it is absent, earlier tables are taken over."""

    def __init__(self, path: Path) -> None:
        """Open or make the file. Raises StoreError where it is no database, a later one, or cannot be written."""
        self._file = DurableFile(path, lambda db: prepare(db, path))

    def put(self, script: Script, at: datetime, actor: str, change: str, after: int) -> Revision:
        """See `ScriptStore.put`."""
        text = script.to_json()
        new = Revision(script.brief.product_id, script.id, after + 1, at, actor, change, script.status)
        with self._file.writing() as db:
            current = _current(db, script.id)
            if (current.number if current else 0) != after:
                raise RevisionConflict(script.id, after, current)
            _set_head(db, new)
            db.execute(
                "INSERT INTO revisions VALUES (?, ?, ?, ?, ?, ?, ?)",
                (new.script_id, new.number, at.isoformat(), actor, change, new.status, text),
            )
        return new

    def get(self, script_id: str, number: int | None = None) -> KeptScript | None:
        """See `ScriptStore.get`."""
        which, values = (_CURRENT, [script_id]) if number is None else (f"{_ALL} AND r.number = ?", [number, script_id])
        with self._file.reading() as db:
            row = db.execute(f"SELECT {_REVISION}, r.script {which} WHERE h.id = ?", values).fetchone()
        return None if row is None else KeptScript(_revision(row[:-1]), Script.from_json(row[-1]))

    def revisions(self, script_id: str) -> tuple[Revision, ...]:
        """See `ScriptStore.revisions`."""
        with self._file.reading() as db:
            rows = db.execute(f"SELECT {_REVISION} {_ALL} WHERE h.id = ? ORDER BY r.number", [script_id])
            return tuple(map(_revision, rows))

    def page(self, product_id: str | None, status: Status | None, offset: int, limit: int) -> RevisionPage:
        """See `ScriptStore.page`."""
        wanted = {"h.product_id = ?": product_id, "h.status = ?": status}
        asked = {clause: value for clause, value in wanted.items() if value is not None}
        where, values = " AND ".join(["TRUE", *asked]), list(asked.values())
        query = f"SELECT {_REVISION} {_CURRENT} WHERE {where} ORDER BY h.seq DESC LIMIT ? OFFSET ?"
        with self._file.reading() as db:
            total = db.execute(f"SELECT count(*) FROM heads h WHERE {where}", values).fetchone()[0]
            rows = db.execute(query, [*values, limit, offset])
            return RevisionPage(total, tuple(map(_revision, rows)))

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _current(db: sqlite3.Connection, script_id: str) -> Revision | None:
    row = db.execute(f"SELECT {_REVISION} {_CURRENT} WHERE h.id = ?", [script_id]).fetchone()
    return None if row is None else _revision(row)


def _set_head(db: sqlite3.Connection, new: Revision) -> None:
    db.execute(
        "INSERT INTO heads(id, product_id, status, number) VALUES (?, ?, ?, ?) "
        "ON CONFLICT(id) DO UPDATE SET status = excluded.status, number = excluded.number",
        (new.script_id, new.product_id, new.status, new.number),
    )


def _revision(row: tuple[str, str, int, str, str, str, Status]) -> Revision:
    product_id, script_id, number, at, actor, change, status = row
    return Revision(product_id, script_id, number, datetime.fromisoformat(at), actor, change, status)
