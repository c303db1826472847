"""Which pictures a job works on: a folder, one picture, a table of `image_id, path`, or a products table.

Each has a `stamp`, a text that is another one once the picture is: its size and when it was last written, as far as
its file system says so in a listing; null where nothing is known. A table may bring its own, such as content hashes.
For tables without stamps, pictures on this machine are looked at; a store is not asked for each of its objects.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import fsspec
import polars as pl
from fsspec.implementations.local import LocalFileSystem

from data_jobs.job import ErrorRow, JobError, join

MANIFEST = pl.Schema({"image_id": pl.String(), "path": pl.String(), "stamp": pl.String()})
_WRITTEN = ("mtime", "ETag", "etag", "LastModified", "last_modified", "updated")
READERS: dict[str, Callable[..., pl.DataFrame]] = {
    "jsonl": pl.read_ndjson,
    "parquet": pl.read_parquet,
    "csv": lambda file: pl.read_csv(file, infer_schema=False),
}


def read_manifest(images: str) -> tuple[pl.DataFrame, list[ErrorRow]]:
    """The pictures to read, as MANIFEST sorted by image_id, and the rows that could not be taken.

    A folder gives all files below it but hidden ones, with their path in it as image_id. A table (JSONL, Parquet,
    CSV) has a column `path`: a URI, a web address, or a path, absolute or relative to the table. It may have `stamp`,
    and `image_id`, else the path is the id. A table without `path` but with a list `images` in each row, as products
    have, gives each picture in these lists once.

    Raises:
        JobError: nothing at this address, an empty folder or table, or a table with neither `path` nor `images`.
    """
    fs, place = fsspec.core.url_to_fs(images)
    if not fs.exists(place):
        raise JobError(f"--images {images}: there is no such folder or file")
    if fs.isdir(place):
        return _scan(fs, place, images), []
    suffix = place.rsplit(".", 1)[-1].lower()
    if suffix in READERS:
        return _read_rows(images, suffix)
    name = place.rsplit("/", 1)[-1]
    row = {"image_id": [name], "path": [images], "stamp": [stamp(fs.info(place))]}
    return pl.DataFrame(row, schema=MANIFEST), []


def _scan(fs: Any, place: str, images: str) -> pl.DataFrame:
    root = place.rstrip("/") + "/"
    found = {str(path)[len(root) :]: info for path, info in fs.find(place, detail=True).items()}
    visible = [image_id for image_id in sorted(found) if not any(part.startswith(".") for part in image_id.split("/"))]
    if not visible:
        raise JobError(f"--images {images}: the folder is empty; it should hold pictures (subfolders are read too)")
    paths = [fs.unstrip_protocol(root + image_id) for image_id in visible]
    stamps = [stamp(found[image_id]) for image_id in visible]
    return pl.DataFrame({"image_id": visible, "path": paths, "stamp": stamps}, schema=MANIFEST)


def stamp(info: Mapping[str, Any]) -> str | None:
    """The stamp of a file from its entry in an fsspec listing."""
    written = next((str(info[name]) for name in _WRITTEN if info.get(name)), None)
    return None if written is None else f"{info.get('size')} bytes, {written}"


def _stamp_here(path: str) -> str | None:
    """The stamp of a picture on this machine; null for one that is elsewhere or missing."""
    fs, place = LocalFileSystem(), path.removeprefix("file://")
    return stamp(fs.info(place)) if "://" not in place and fs.exists(place) else None


def _read_rows(images: str, suffix: str) -> tuple[pl.DataFrame, list[ErrorRow]]:
    try:
        with fsspec.open(images, "rb") as file:
            table = READERS[suffix](file)
    except pl.exceptions.PolarsError as error:
        raise JobError(f"--images {images}: not a {suffix} table: {error}") from error
    if "path" not in table.columns:
        table = _of_products(table, images)
    if table.is_empty():
        raise JobError(f"--images {images}: the table has no rows")
    return _checked(table, images)


def _of_products(table: pl.DataFrame, images: str) -> pl.DataFrame:
    if not isinstance(table.schema.get("images"), pl.List):
        raise JobError(
            f"--images {images}: no column 'path', nor a list 'images'; there are: {', '.join(table.columns)}"
        )
    return table.select(path="images").explode("path").drop_nulls().unique(maintain_order=True)


def _checked(table: pl.DataFrame, images: str) -> tuple[pl.DataFrame, list[ErrorRow]]:
    image_id = pl.coalesce("image_id", "path") if "image_id" in table.columns else pl.col("path")
    told = [pl.col("stamp").cast(pl.String)] if "stamp" in table.columns else []
    rows = table.select(*told, image_id=image_id.cast(pl.String), path=pl.col("path").cast(pl.String)).with_row_index(
        "row", 1
    )
    no_path = rows.filter(pl.col("path").is_null() | (pl.col("path") == ""))
    named = rows.join(no_path, on="row", how="anti")
    kept = named.unique("image_id", keep="first")
    twice = named.join(kept, on="row", how="anti").sort("row")
    errors = [
        *(ErrorRow(images, str(r["row"]), "path", "", "no path") for r in no_path.iter_rows(named=True)),
        *(ErrorRow(images, str(r["row"]), "image_id", r["image_id"], "id twice") for r in twice.iter_rows(named=True)),
    ]
    paths = [_place(path, images.rsplit("/", 1)[0]) for path in kept["path"]]
    held = kept.with_columns(path=pl.Series(paths, dtype=pl.String))
    if not told:
        held = held.with_columns(stamp=pl.Series([_stamp_here(path) for path in paths], dtype=pl.String))
    return held.select(list(MANIFEST)).sort("image_id"), errors


def _place(path: str, folder: str) -> str:
    """The address of a path of a table in `folder`; //host/picture, as shops write it, is a web address."""
    if path.startswith("//"):
        return f"https:{path}"
    return path if "://" in path or path.startswith("/") else join(folder, path)
