import os
from pathlib import Path

import fsspec
import polars as pl
import pytest

from data_jobs.job import JobError
from data_jobs.manifest import read_manifest


def test_a_folder_gives_every_file_with_its_path_in_it(tmp_path: Path) -> None:
    for name in ("b.jpg", "a/c.png", "a/notes.txt", ".hidden.jpg", ".git/x.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    manifest, errors = read_manifest(str(tmp_path))
    assert manifest["image_id"].to_list() == ["a/c.png", "a/notes.txt", "b.jpg"]
    assert manifest["path"][0] == f"file://{tmp_path}/a/c.png"
    assert errors == []
    assert read_manifest(f"file://{tmp_path}")[0].equals(manifest)


def test_a_single_picture_is_a_manifest_of_one(tmp_path: Path) -> None:
    (tmp_path / "one.jpg").write_bytes(b"x")
    assert read_manifest(f"{tmp_path}/one.jpg")[0].select("image_id", "path").rows() == [
        ("one.jpg", f"{tmp_path}/one.jpg")
    ]


@pytest.mark.parametrize("suffix", ["jsonl", "csv", "parquet"])
def test_tables_of_every_kind(tmp_path: Path, suffix: str) -> None:
    table = pl.DataFrame({"image_id": ["7", "3"], "path": ["/data/7.jpg", "3.jpg"]})
    path = str(tmp_path / f"manifest.{suffix}")
    {"jsonl": table.write_ndjson, "csv": table.write_csv, "parquet": table.write_parquet}[suffix](path)
    manifest, errors = read_manifest(path)
    assert manifest.rows() == [("3", f"{tmp_path}/3.jpg", None), ("7", "/data/7.jpg", None)]
    assert errors == []


def test_a_picture_that_is_replaced_has_another_stamp(tmp_path: Path) -> None:
    pictures, table = tmp_path / "pictures", tmp_path / "manifest.csv"
    pictures.mkdir()
    table.write_text("path\npictures/a.jpg\n")
    given = [str(pictures), f"{pictures}/a.jpg", str(table)]
    seen = []
    for content, second in ((b"one", 1), (b"two", 2), (b"three", 2)):
        (pictures / "a.jpg").write_bytes(content)
        os.utime(pictures / "a.jpg", (second, second))
        stamps = [read_manifest(images)[0]["stamp"].to_list() for images in given]
        assert stamps[0] == stamps[1] == stamps[2] != [None]
        seen.append(stamps[0][0])
    assert len(set(seen)) == 3


def test_a_table_may_bring_its_own_stamps(tmp_path: Path) -> None:
    table = tmp_path / "manifest.jsonl"
    table.write_text('{"path":"s3://shop/a.jpg","stamp":"9f2c"}\n{"path":"s3://shop/b.jpg","stamp":null}\n')
    assert read_manifest(str(table))[0]["stamp"].to_list() == ["9f2c", None]


def test_a_products_table_gives_each_picture_of_its_lists_once(tmp_path: Path) -> None:
    path = tmp_path / "products.jsonl"
    path.write_text(
        '{"id":"p1","images":["a/1.jpg","//img.example/2.jpg"]}\n{"id":"p2","images":[]}\n{"id":"p3","images":null}\n'
        '{"id":"p4","images":["a/1.jpg","https://img.example/3.jpg?x=1"]}\n'
    )
    manifest, errors = read_manifest(str(path))
    assert manifest.select("image_id", "path").rows() == [
        ("//img.example/2.jpg", "https://img.example/2.jpg"),
        ("a/1.jpg", f"{tmp_path}/a/1.jpg"),
        ("https://img.example/3.jpg?x=1", "https://img.example/3.jpg?x=1"),
    ]
    assert errors == []


def test_a_store_is_listed_with_its_addresses() -> None:
    memory = fsspec.filesystem("memory")
    for name in ("a/1.jpg", "2.png", ".hidden"):
        memory.pipe_file(f"/listed/{name}", b"x")
    manifest, _ = read_manifest("memory://listed")
    assert manifest.select("image_id", "path").rows() == [
        ("2.png", "memory:///listed/2.png"),
        ("a/1.jpg", "memory:///listed/a/1.jpg"),
    ]


def test_rows_without_a_path_and_ids_twice_go_to_the_errors(tmp_path: Path) -> None:
    path = tmp_path / "manifest.jsonl"
    path.write_text(
        '{"image_id":"a","path":"/1.jpg"}\n{"image_id":"b","path":null}\n{"image_id":"a","path":"/2.jpg"}\n'
    )
    manifest, errors = read_manifest(str(path))
    assert manifest.rows() == [("a", "/1.jpg", None)]
    assert [(e.row, e.field, e.value, e.reason) for e in errors] == [
        ("2", "path", "", "no path"),
        ("3", "image_id", "a", "id twice"),
    ]


def test_what_a_job_cannot_start_with_is_named(tmp_path: Path) -> None:
    with pytest.raises(JobError, match=r"--images .*/none: there is no such folder or file"):
        read_manifest(f"{tmp_path}/none")
    with pytest.raises(JobError, match="the folder is empty"):
        read_manifest(str(tmp_path))
    (tmp_path / "m.csv").write_text("id,file\n1,a.jpg\n")
    with pytest.raises(JobError, match="no column 'path', nor a list 'images'; there are: id, file"):
        read_manifest(f"{tmp_path}/m.csv")
    (tmp_path / "m.parquet").write_bytes(b"nonsense")
    with pytest.raises(JobError, match="not a parquet table"):
        read_manifest(f"{tmp_path}/m.parquet")
