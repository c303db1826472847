"""What is on stage: the product that the host speaks of now, and the script it reads. Durable, shared by replicas.

SQLite in WAL mode: several ingress replicas of one node may use the same file at the same time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from koubo.durable_sqlite import DurableFile

SCHEMA = """
CREATE TABLE IF NOT EXISTS stage (
    one INTEGER PRIMARY KEY CHECK (one = 1), product_id TEXT NOT NULL, script_id TEXT, since TEXT NOT NULL
)
"""


@dataclass(frozen=True, slots=True)
class OnStage:
    """The product on stage, the script that is read (None where none was named), and since when."""

    product_id: str
    script_id: str | None
    since: datetime


class Stage(Protocol):
    """Holds what is on stage."""

    def put(self, now: OnStage) -> None:
        """Put something on stage in place of what is there; it is on disk when this returns."""

    def get(self) -> OnStage | None:
        """What is on stage, or None before anything was."""


class SqliteStage:
    """Stage in one SQLite file; the folder is made when it is absent."""

    def __init__(self, path: Path) -> None:
        self._file = DurableFile(path, lambda db: db.execute(SCHEMA))

    def put(self, now: OnStage) -> None:
        """See `Stage.put`."""
        row = (now.product_id, now.script_id, now.since.isoformat())
        with self._file.writing() as db:
            db.execute("INSERT OR REPLACE INTO stage VALUES (1, ?, ?, ?)", row)

    def get(self) -> OnStage | None:
        """See `Stage.get`."""
        with self._file.reading() as db:
            row = db.execute("SELECT product_id, script_id, since FROM stage").fetchone()
        return None if row is None else OnStage(row[0], row[1], datetime.fromisoformat(row[2]))

    def close(self) -> None:
        """Close the file."""
        self._file.close()
