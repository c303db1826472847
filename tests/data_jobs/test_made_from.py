"""Fingerprints: the same for the same input, another one as soon as something that counts has changed."""

from __future__ import annotations

import os
from pathlib import Path

import polars as pl

from data_jobs.job import write_bytes, write_table
from data_jobs.made_from import code, files_at, fingerprint, rows_of


def test_a_listing_tells_changed_new_and_renamed_files_apart(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("1")
    first = files_at(str(tmp_path))
    assert [name for name, _ in first] == ["a.jsonl"]
    assert files_at(str(tmp_path)) == first
    os.utime(tmp_path / "a.jsonl", (1, 1))
    changed = files_at(str(tmp_path))
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b.jsonl").write_text("2")
    grown = files_at(str(tmp_path))
    (tmp_path / "a.jsonl").rename(tmp_path / "c.jsonl")
    seen = [first, changed, grown, files_at(str(tmp_path))]
    assert len({fingerprint(files) for files in seen}) == 4


def test_what_is_about_a_table_is_not_of_it(tmp_path: Path) -> None:
    (tmp_path / "part-0.parquet").write_text("rows")
    before = files_at(str(tmp_path))
    for name in ("_report.json", ".hidden", "_errors/errors.parquet"):
        write_bytes(str(tmp_path / name), b"{}")
    assert files_at(str(tmp_path)) == before
    assert files_at(str(tmp_path / "missing")) == []
    assert files_at(f"file://{tmp_path}/part-0.parquet") == [("", before[0][1])]


def test_a_table_written_again_alike_keeps_its_time(tmp_path: Path) -> None:
    path = str(tmp_path / "part.parquet")
    table = pl.DataFrame({"image_id": ["a"], "n": [1]})
    write_table(path, table)
    os.utime(path, (1, 1))
    before = files_at(path)
    write_table(path, table)
    assert files_at(path) == before
    write_table(path, table.with_columns(n=pl.lit(2)))
    assert files_at(path) != before


def test_rows_and_code() -> None:
    one, other = pl.DataFrame({"a": ["x", None]}), pl.DataFrame({"a": ["x", ""]})
    assert rows_of(one) == rows_of(one.clone()) != rows_of(other)
    assert code() == code() and len(code()) == 16
