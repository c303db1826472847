from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest

from data_jobs.job import JobError
from data_jobs.manifest import MANIFEST
from data_jobs.parts import claim, remaining, settle, write_part
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
    assert settle(manifest("a", "b", "c", stamps=["1", "1", None]), out, "ocr").total() == 0
    now = manifest("a", "b", "c", stamps=["1", "2", None])
    assert settle(now, out, "ocr") == {"replaced": 1}
    assert held(out) == [("a", "old", "1"), ("c", "old", None)]
    todo = remaining(now, out)
    assert todo["image_id"].to_list() == ["b"]
    read(out, todo, "new")
    assert held(out) == [("a", "old", "1"), ("b", "new", "2"), ("c", "old", None)]
    assert pl.read_parquet(tmp_path / "*.parquet")["image_id"].is_unique().all()
    assert settle(now, out, "ocr").total() == 0 and remaining(now, out).is_empty()


def test_a_part_of_replaced_pictures_goes_and_pictures_no_longer_asked_for_stay(tmp_path: Path) -> None:
    out = str(tmp_path)
    read(out, manifest("a", "b", stamps=["1", None]), "old")
    read(out, manifest("c", stamps=["1"]), "old")
    assert settle(manifest("a", "b", stamps=["2", "1"]), out, "ocr") == {"replaced": 2}
    assert held(out) == [("c", "old", "1")]
    assert len(list(tmp_path.glob("*.parquet"))) == 1


def test_what_failed_for_a_passing_reason_is_read_again_and_the_rest_is_not(tmp_path: Path) -> None:
    out = str(tmp_path)
    errors = ["unreachable: HTTP 503", "corrupt: cut off", "ocr_failed: RuntimeError", None, "missing_file: x"]
    rows = [{"image_id": image_id, "error": error} for image_id, error in zip("abcde", errors, strict=True)]
    write_part(out, pl.DataFrame(rows, schema=OCR))
    assert settle(manifest("a", "b", "c", "d"), out, "ocr") == {"retried": 2}
    assert remaining(manifest("a", "b", "c", "d"), out)["image_id"].to_list() == ["a", "c"]
    assert [row[0] for row in held(out)] == ["b", "d", "e"], "e is not asked for now"


def test_of_two_parts_with_one_picture_the_first_by_name_keeps_it(tmp_path: Path) -> None:
    out = str(tmp_path)
    read(out, manifest("a", "b"), "one")
    read(out, manifest("b", "c"), "two")
    first = pl.read_parquet(sorted(tmp_path.glob("*.parquet"))[0])["text"][0]
    before = held(out)
    assert settle(manifest("a", "b", "c"), out, "ocr") == {"doubled": 1}
    assert pl.read_parquet(tmp_path / "*.parquet")["image_id"].sort().to_list() == ["a", "b", "c"]
    assert held(out) == before and before[1] == ("b", first, None)
    assert settle(manifest("a", "b", "c"), out, "ocr").total() == 0


def test_without_pictures_asked_for_only_second_rows_go(tmp_path: Path) -> None:
    out = str(tmp_path)
    write_part(out, pl.DataFrame([{"image_id": "a", "error": "worker_died: x", "stamp": "1"}], schema=OCR))
    read(out, manifest("b"), "one")
    read(out, manifest("b", "c"), "two")
    assert settle(manifest(), out, "ocr") == {"doubled": 1}
    assert [row[0] for row in held(out)] == ["a", "b", "c"]


def test_a_second_row_does_not_hide_a_replaced_picture(tmp_path: Path) -> None:
    out = str(tmp_path)
    read(out, manifest("a", "b", stamps=["1", "1"]), "old")
    read(out, manifest("a", "c", stamps=["2", "2"]), "new")
    assert settle(manifest("a", "b", "c", stamps=["2", "1", "2"]), out, "ocr") == {"replaced": 1}
    assert held(out) == [("a", "new", "2"), ("b", "old", "1"), ("c", "new", "2")]


def test_parts_without_stamps_are_refused_with_what_to_do(tmp_path: Path) -> None:
    write_part(str(tmp_path), pl.DataFrame({"image_id": ["a"]}))
    with pytest.raises(JobError, match="column 'stamp' is None, not String; write it again"):
        settle(manifest("a"), str(tmp_path), "ocr")


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
