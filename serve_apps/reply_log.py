"""Comments that a person has to answer, kept durably until somebody closes them.

SQLite in WAL mode: several ingress replicas of one node may use the same file at the same time. The same comment about
the same product is one entry while it is open, with how often it was asked: a busy room does not bury the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from koubo.durable_sqlite import DurableFile

SCHEMA = """
CREATE TABLE IF NOT EXISTS open_comments (
    id INTEGER PRIMARY KEY AUTOINCREMENT, product_id TEXT NOT NULL, comment TEXT NOT NULL, intent TEXT NOT NULL,
    why TEXT NOT NULL, needs_human INTEGER NOT NULL, asked INTEGER NOT NULL, first_at TEXT NOT NULL,
    last_at TEXT NOT NULL, closed_at TEXT, closed_by TEXT, note TEXT
);
CREATE UNIQUE INDEX IF NOT EXISTS one_while_open ON open_comments (product_id, comment, why) WHERE closed_at IS NULL;
"""
COLUMNS = "id, product_id, comment, intent, why, needs_human, asked, first_at, last_at, closed_at, closed_by, note"


@dataclass(frozen=True, slots=True)
class NewComment:
    """A comment to be looked at: as the viewer wrote it, what was understood, why it is left to a person, when."""

    product_id: str
    comment: str
    intent: str
    why: str
    needs_human: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class LoggedComment:
    """A comment in the log. `asked` counts how often it came while it was open."""

    id: int
    product_id: str
    comment: str
    intent: str
    why: str
    needs_human: bool
    asked: int
    first_at: datetime
    last_at: datetime
    closed_at: datetime | None
    closed_by: str | None
    note: str | None


class ReplyLog(Protocol):
    """Keeps comments until somebody closes them."""

    def add(self, comment: NewComment) -> int:
        """Keep a comment; its id, once it is on disk. One that is open already is counted once more."""

    def open(self, after: int, limit: int) -> Sequence[LoggedComment]:
        """Open comments with ids above `after`, the oldest first, at most `limit`."""

    def open_count(self) -> int:
        """How many are open."""

    def close_comment(self, comment_id: int, at: datetime, actor: str, note: str | None) -> LoggedComment | None:
        """Close a comment and return it; None where there is none. One that is closed already stays as it was."""


class SqliteReplyLog:
    """ReplyLog in one SQLite file; the folder is made when it is absent."""

    def __init__(self, path: Path) -> None:
        self._file = DurableFile(path, lambda db: db.executescript(SCHEMA))

    def add(self, comment: NewComment) -> int:
        """See `ReplyLog.add`."""
        at = comment.at.isoformat()
        row = (comment.product_id, comment.comment, comment.intent, comment.why, comment.needs_human, at, at)
        with self._file.writing() as db:
            found = db.execute(
                "INSERT INTO open_comments (product_id, comment, intent, why, needs_human, asked, first_at, last_at) "
                "VALUES (?, ?, ?, ?, ?, 1, ?, ?) ON CONFLICT (product_id, comment, why) WHERE closed_at IS NULL "
                "DO UPDATE SET asked = asked + 1, last_at = excluded.last_at RETURNING id",
                row,
            ).fetchone()
        return int(found[0])

    def open(self, after: int, limit: int) -> Sequence[LoggedComment]:
        """See `ReplyLog.open`."""
        with self._file.reading() as db:
            rows = db.execute(
                f"SELECT {COLUMNS} FROM open_comments WHERE closed_at IS NULL AND id > ? ORDER BY id LIMIT ?",
                (after, limit),
            ).fetchall()
        return [_logged(row) for row in rows]

    def open_count(self) -> int:
        """See `ReplyLog.open_count`."""
        with self._file.reading() as db:
            found = db.execute("SELECT count(*) FROM open_comments WHERE closed_at IS NULL").fetchone()
        return int(found[0])

    def close_comment(self, comment_id: int, at: datetime, actor: str, note: str | None) -> LoggedComment | None:
        """See `ReplyLog.close_comment`."""
        with self._file.writing() as db:
            db.execute(
                "UPDATE open_comments SET closed_at = ?, closed_by = ?, note = ? WHERE id = ? AND closed_at IS NULL",
                (at.isoformat(), actor, note, comment_id),
            )
            row = db.execute(f"SELECT {COLUMNS} FROM open_comments WHERE id = ?", (comment_id,)).fetchone()
        return None if row is None else _logged(row)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _logged(row: Sequence[object]) -> LoggedComment:
    number, product, comment, intent, why, needs, asked, first, last, closed, by, note = row
    return LoggedComment(
        id=int(str(number)),
        product_id=str(product),
        comment=str(comment),
        intent=str(intent),
        why=str(why),
        needs_human=bool(needs),
        asked=int(str(asked)),
        first_at=datetime.fromisoformat(str(first)),
        last_at=datetime.fromisoformat(str(last)),
        closed_at=datetime.fromisoformat(str(closed)) if closed else None,
        closed_by=None if by is None else str(by),
        note=None if note is None else str(note),
    )
