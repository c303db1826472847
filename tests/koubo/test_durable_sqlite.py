"""A file that somebody else writes keeps nobody waiting for long."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from time import monotonic

import pytest

from koubo.durable_sqlite import BUSY_S, DurableFile


@pytest.fixture
def file(tmp_path: Path) -> Iterator[DurableFile]:
    made = DurableFile(tmp_path / "new" / "store.sqlite", lambda db: db.execute("CREATE TABLE said(words TEXT)"))
    with closing(made):
        yield made


def add(file: DurableFile, words: str) -> None:
    with file.writing() as db:
        db.execute("INSERT INTO said VALUES (?)", [words])


def said(file: DurableFile) -> list[str]:
    with file.reading() as db:
        return [words for (words,) in db.execute("SELECT words FROM said")]


def test_what_fails_in_the_middle_leaves_no_trace(file: DurableFile) -> None:
    with pytest.raises(KeyError), file.writing() as db:
        db.execute("INSERT INTO said VALUES ('half')")
        raise KeyError
    add(file, "whole")
    assert said(file) == ["whole"]


def test_reading_cannot_write(file: DurableFile) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"), file.reading() as db:
        db.execute("INSERT INTO said VALUES ('no')")


def test_waits_for_another_writer_do_not_add_up_and_reads_go_on(file: DurableFile, tmp_path: Path) -> None:
    add(file, "before")
    other = sqlite3.connect(tmp_path / "new" / "store.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    began, waited = monotonic(), []

    def write() -> None:
        with pytest.raises(sqlite3.OperationalError):
            add(file, "late")
        waited.append(monotonic() - began)

    writers = [threading.Thread(target=write) for _ in range(8)]
    for writer in writers:
        writer.start()
    assert said(file) == ["before"] and monotonic() - began < BUSY_S / 2
    for writer in writers:
        writer.join()
    other.execute("ROLLBACK")
    other.close()
    assert len(waited) == 8 and max(waited) < BUSY_S + 1
    add(file, "after")
    assert said(file) == ["before", "after"]
