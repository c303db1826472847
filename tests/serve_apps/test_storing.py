"""Requests that wait for a locked store get their answer in time, however many they are."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import datetime
from pathlib import Path
from time import monotonic

from koubo.durable_sqlite import BUSY_S
from serve_apps.problems import Unavailable
from serve_apps.reply_log import NewComment, SqliteReplyLog
from serve_apps.storing import THREADS, stored

COMMENT = NewComment("s01", "包邮不", "shipping", "no_fact", False, datetime.fromisoformat("2026-11-11T20:00:00+08:00"))


def test_a_locked_store_is_a_503_for_all_within_the_same_time_and_reads_answer(tmp_path: Path) -> None:
    log = SqliteReplyLog(tmp_path / "replies.sqlite")
    log.add(COMMENT)
    other = sqlite3.connect(tmp_path / "replies.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async def timed(work: object) -> tuple[object, float]:
        found = await stored("replies", work)  # type: ignore[arg-type]
        return found, monotonic()

    async def all_at_once() -> tuple[float, float]:
        began = monotonic()
        writes = [asyncio.create_task(timed(lambda: log.add(COMMENT))) for _ in range(THREADS - 1)]
        await asyncio.sleep(0.1)
        count, read_at = await timed(log.open_count)
        failed = await asyncio.gather(*writes, return_exceptions=True)
        assert count == 1 and all(isinstance(one, Unavailable) and one.retry_after_s for one in failed)
        return read_at - began, monotonic() - began

    read_s, all_s = asyncio.run(all_at_once())
    other.execute("ROLLBACK")
    assert read_s < BUSY_S / 2 and all_s < BUSY_S + 1
    assert log.open(0, 9)[0].asked == 1
