from pathlib import Path

import polars as pl
import pytest

from data_jobs.job import JobError, write_table
from data_jobs.schemas import CLUSTERS, OCR, read_table


def row(image_id: str) -> dict[str, object]:
    line = {"text": "净重", "box": [[0, 0], [9, 0], [9, 9], [0, 9]], "score": 0.9, "height": 9.0, "font_ratio": 1.0}
    return {"image_id": image_id, "lines": [line], "text": "净重", "width": 9, "height": 9, "error": None}


def test_parts_are_one_table_sorted_by_image(tmp_path: Path) -> None:
    for number, image_id in enumerate("cab"):
        write_table(str(tmp_path / f"part-{number}.parquet"), pl.DataFrame([row(image_id)], schema=OCR))
    write_table(str(tmp_path / "_errors" / "errors.parquet"), pl.DataFrame({"other": [1]}))
    table = read_table(str(tmp_path), OCR, "data_jobs.ocr_images")
    assert table["image_id"].to_list() == ["a", "b", "c"]
    assert table.schema == OCR
    assert read_table(str(tmp_path), OCR, "data_jobs.ocr_images", ["error", "image_id"]).columns == [
        "error",
        "image_id",
    ]


def test_an_image_that_two_parts_hold_counts_once_and_always_the_same(tmp_path: Path) -> None:
    for number, text in enumerate(("first", "second")):
        write_table(str(tmp_path / f"part-{number}.parquet"), pl.DataFrame([row("a") | {"text": text}], schema=OCR))
    assert read_table(str(tmp_path), OCR, "data_jobs.ocr_images")["text"].to_list() == ["first"]


def test_a_table_of_another_shape_is_refused_with_file_and_column(tmp_path: Path) -> None:
    write_table(str(tmp_path / "part-0.parquet"), pl.DataFrame([row("a")], schema=OCR))
    with pytest.raises(JobError, match=r"part-0.parquet: column 'cluster_id' is None, not Int32; write it again"):
        read_table(str(tmp_path), CLUSTERS, "data_jobs.cluster_images")


def test_an_empty_folder_says_what_fills_it(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(JobError, match=r"no Parquet parts here; write them with python -m data_jobs.ocr_images"):
            read_table(str(folder), OCR, "data_jobs.ocr_images")
