from pathlib import Path

import polars as pl
import pytest

from data_jobs.job import JobError
from data_jobs.manifest import MANIFEST
from data_jobs.parts import claim, remaining, write_part


def manifest(*ids: str) -> pl.DataFrame:
    return pl.DataFrame({"image_id": list(ids), "path": [f"/{i}" for i in ids]}, schema=MANIFEST)


def test_only_what_no_part_holds_remains(tmp_path: Path) -> None:
    out = str(tmp_path)
    assert remaining(manifest("a", "b", "c"), out)["image_id"].to_list() == ["a", "b", "c"]
    write_part(out, pl.DataFrame({"image_id": ["b"], "text": ["x"]}))
    assert remaining(manifest("a", "b", "c"), out)["image_id"].to_list() == ["a", "c"]


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
