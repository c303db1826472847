"""Scripts and their briefs, kept durably under an id, so that one can be rendered again at any later time.

SQLite in WAL mode: several ingress replicas of one node may use the same file at the same time.
"""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path
from typing import Protocol

SCHEMA = """
CREATE TABLE IF NOT EXISTS scripts (
    id TEXT PRIMARY KEY, product_id TEXT NOT NULL, created_at TEXT NOT NULL, script TEXT NOT NULL
) WITHOUT ROWID
"""


class ScriptStore(Protocol):
    """Keeps scripts as JSON text."""

    def put(self, script_id: str, product_id: str, created_at: str, script: str) -> None:
        """Keep `script`; it is on disk when this returns. Raises ValueError when the id is taken."""

    def get(self, script_id: str) -> str | None:
        """The JSON of a script, or None."""


class SqliteScriptStore:
    """ScriptStore in one SQLite file; the folder is made when it is absent."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, timeout=10, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.execute(SCHEMA)

    def put(self, script_id: str, product_id: str, created_at: str, script: str) -> None:
        """See `ScriptStore.put`."""
        try:
            with self._lock:
                self._db.execute("INSERT INTO scripts VALUES (?, ?, ?, ?)", (script_id, product_id, created_at, script))
        except sqlite3.IntegrityError as error:
            raise ValueError(f"script {script_id}: the id is taken") from error

    def get(self, script_id: str) -> str | None:
        """See `ScriptStore.get`."""
        with self._lock:
            row = self._db.execute("SELECT script FROM scripts WHERE id = ?", (script_id,)).fetchone()
        return None if row is None else str(row[0])

    def close(self) -> None:
        """Close the file."""
        self._db.close()
