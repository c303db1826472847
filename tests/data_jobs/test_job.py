import json
from pathlib import Path

import polars as pl
import pytest
from pydantic import BaseModel, ValidationError

from data_jobs.job import (
    ERRORS_SCHEMA,
    AbsolutePath,
    ErrorRow,
    JobError,
    JobReport,
    absolute,
    clear_exit,
    write_errors,
    write_table,
)


@pytest.mark.parametrize("address", ["/data/images", "file:///data/images", "s3://bucket/images"])
def test_absolute_paths_and_uris_pass(address: str) -> None:
    assert absolute(address, "images") == address


@pytest.mark.parametrize("address", ["images", "./images", "../images", "~/images", "C:images"])
def test_a_relative_path_is_refused_with_an_explanation(address: str) -> None:
    with pytest.raises(ValueError, match="relative path; a job may run on another machine") as refusal:
        absolute(address, "--images")
    assert "--images" in str(refusal.value) and address in str(refusal.value)


def test_a_settings_field_of_the_type_refuses_it_too() -> None:
    class Settings(BaseModel):
        out: AbsolutePath

    assert Settings(out="/data/out/").out == "/data/out"
    with pytest.raises(ValidationError, match="'out' is a relative path"):
        Settings(out="out")


def test_report_counts_rates_and_reasons(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = JobReport("data_jobs.example")
    report.count("pictures", 3)
    report.count("replaced", 0)
    report.error("corrupt: broken at byte 10")
    report.error("corrupt: broken at byte 20")
    report.finish(str(tmp_path))
    written = json.loads((tmp_path / "_report.json").read_text())
    assert written["counts"] == {"pictures": 3, "replaced": 0}
    assert written["errors"] == {"corrupt": 2}
    assert written["rates"]["pictures"] > 0
    assert capsys.readouterr().out.startswith("data_jobs.example: 3 pictures; errors: 2 corrupt; ")


def test_errors_table_does_not_disturb_the_readers_of_the_parts(tmp_path: Path) -> None:
    write_table(str(tmp_path / "part-0.parquet"), pl.DataFrame({"image_id": ["a"]}))
    write_errors(str(tmp_path), [ErrorRow("products.csv", "7", "price", "abc", "not a price")])
    assert pl.read_parquet(tmp_path / "*.parquet").columns == ["image_id"]
    errors = pl.read_parquet(tmp_path / "_errors" / "*.parquet")
    assert errors.schema == ERRORS_SCHEMA
    assert errors.row(0) == ("products.csv", "7", "price", "abc", "not a price")


def test_a_job_that_cannot_start_exits_with_2_and_its_message(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end, clear_exit("data_jobs.example"):
        raise JobError("--images /none: there is no such folder")
    assert end.value.code == 2
    assert capsys.readouterr().err == "data_jobs.example: --images /none: there is no such folder\n"
