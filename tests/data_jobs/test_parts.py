from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest

from data_jobs.job import JobError
from data_jobs.manifest import MANIFEST
from data_jobs.parts import claim, drop_replaced, remaining, write_part
from data_jobs.schemas import OCR, read_table


def manifest(*ids: str, stamps: Sequence[str | None] | None = None) -> pl.DataFrame:
    columns = {"image_id": list(ids), "path": [f"/{i}" for i in ids], "stamp": list(stamps or [None] * len(ids))}
    return pl.DataFrame(columns, schema=MANIFEST)


def read(out: str, pictures: pl.DataFrame, text: str) -> None:
    """What a run leaves: one part of the pictures it reads."""
    rows = [{"image_id": i, "stamp": stamp, "text": text} for i, _, stamp in pictures.iter_rows()]
    write_part(out, pl.DataFrame(rows, schema=OCR))


def held(out: str) -> list[tuple[str, str, str | None]]:
    return read_table(out, OCR, "ocr").select("image_id", "text", "stamp").rows()


def test_only_what_no_part_holds_remains(tmp_path: Path) -> None:
    out = str(tmp_path)
    assert remaining(manifest("a", "b", "c"), out)["image_id"].to_list() == ["a", "b", "c"]
    write_part(out, pl.DataFrame({"image_id": ["b"], "text": ["x"]}))
    assert remaining(manifest("a", "b", "c"), out)["image_id"].to_list() == ["a", "c"]


def test_a_replaced_picture_is_read_again_and_has_one_row(tmp_path: Path) -> None:
    out = str(tmp_path)
    read(out, manifest("a", "b", "c", stamps=["1", "1", None]), "old")
    assert drop_replaced(manifest("a", "b", "c", stamps=["1", "1", None]), out, "ocr") == 0
    now = manifest("a", "b", "c", stamps=["1", "2", None])
    assert drop_replaced(now, out, "ocr") == 1
    assert held(out) == [("a", "old", "1"), ("c", "old", None)]
    todo = remaining(now, out)
    assert todo["image_id"].to_list() == ["b"]
    read(out, todo, "new")
    assert held(out) == [("a", "old", "1"), ("b", "new", "2"), ("c", "old", None)]
    assert pl.read_parquet(tmp_path / "*.parquet")["image_id"].is_unique().all()
    assert drop_replaced(now, out, "ocr") == 0 and remaining(now, out).is_empty()


def test_a_part_of_replaced_pictures_goes_and_pictures_no_longer_asked_for_stay(tmp_path: Path) -> None:
    out = str(tmp_path)
    read(out, manifest("a", "b", stamps=["1", None]), "old")
    read(out, manifest("c", stamps=["1"]), "old")
    assert drop_replaced(manifest("a", "b", stamps=["2", "1"]), out, "ocr") == 2
    assert held(out) == [("c", "old", "1")]
    assert len(list(tmp_path.glob("*.parquet"))) == 1


def test_parts_without_stamps_are_refused_with_what_to_do(tmp_path: Path) -> None:
    write_part(str(tmp_path), pl.DataFrame({"image_id": ["a"]}))
    with pytest.raises(JobError, match="column 'stamp' is None, not String; write it again"):
        drop_replaced(manifest("a"), str(tmp_path), "ocr")


def test_a_task_that_runs_again_writes_its_part_again_not_twice(tmp_path: Path) -> None:
    rows = pl.DataFrame({"image_id": ["a", "b"]})
    assert write_part(str(tmp_path), rows) == write_part(str(tmp_path), rows)
    assert pl.read_parquet(tmp_path / "*.parquet").height == 2


def test_a_part_that_a_kill_left_half_written_is_no_part(tmp_path: Path) -> None:
    (tmp_path / ".part-1.parquet.77.1").write_bytes(b"PAR1 half of it")
    assert remaining(manifest("a"), str(tmp_path)).height == 1


def test_parts_of_two_recipes_are_never_mixed(tmp_path: Path) -> None:
    claim(str(tmp_path), {"max_side": 960})
    claim(str(tmp_path), {"max_side": 960})
    with pytest.raises(JobError, match="max_side: 960 then, 1280 now"):
        claim(str(tmp_path), {"max_side": 1280})
