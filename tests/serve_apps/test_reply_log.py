"""Comments that wait for a person wait until somebody closes them."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from serve_apps.reply_log import NewComment, SqliteReplyLog

AT = datetime.fromisoformat("2026-11-11T20:00:00+08:00")
COMMENT = NewComment("s01", "包邮不", "shipping", "no_fact", False, AT)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "replies.sqlite"


def test_a_comment_is_there_for_other_replicas_and_after_a_restart(path: Path) -> None:
    one, other = SqliteReplyLog(path), SqliteReplyLog(path)
    number = one.add(COMMENT)
    (found,) = other.open(0, 10)
    assert (found.id, found.comment, found.why, found.asked, found.first_at) == (number, "包邮不", "no_fact", 1, AT)
    one.close()
    assert SqliteReplyLog(path).open_count() == 1


def test_the_same_comment_is_one_entry_while_it_is_open(path: Path) -> None:
    log = SqliteReplyLog(path)
    later = replace(COMMENT, at=AT + timedelta(minutes=1))
    number = log.add(COMMENT)
    assert log.add(later) == number
    (found,) = log.open(0, 10)
    assert (found.asked, found.first_at, found.last_at) == (2, AT, later.at)
    log.close_comment(number, AT, "anna", None)
    assert log.add(later) != number and log.open_count() == 1


def test_pages_follow_one_another_while_entries_are_closed(path: Path) -> None:
    log = SqliteReplyLog(path)
    numbers = [log.add(replace(COMMENT, comment=f"问题{n}")) for n in range(5)]
    first = log.open(0, 2)
    log.close_comment(first[0].id, AT, "anna", None)
    assert [c.id for c in (*first, *log.open(first[-1].id, 10))] == numbers


def test_closing_is_kept_with_who_and_why_and_done_once(path: Path) -> None:
    log = SqliteReplyLog(path)
    number = log.add(COMMENT)
    closed = log.close_comment(number, AT, "anna", "已经在公屏回复")
    assert closed is not None and (closed.closed_by, closed.note, closed.closed_at) == ("anna", "已经在公屏回复", AT)
    assert log.close_comment(number, AT + timedelta(days=1), "ben", None) == closed
    assert log.close_comment(number + 1, AT, "anna", None) is None


def test_writers_at_the_same_time_lose_nothing(path: Path) -> None:
    logs = [SqliteReplyLog(path) for _ in range(4)]

    def work(log: SqliteReplyLog) -> None:
        for _ in range(10):
            log.add(COMMENT)

    threads = [threading.Thread(target=work, args=(log,)) for log in logs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert logs[0].open(0, 10)[0].asked == 40
