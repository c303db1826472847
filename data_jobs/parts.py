"""Parts of a table that a job writes as it goes, so that a killed job goes on where it was.

A part appears under its name whole or not at all, and its name follows from the rows in it: a task that Ray runs
again writes the same part again. A run leaves out what is in the parts already; a picture that was replaced is taken
out of its part first, so that a table never has two rows of one picture. `_recipe.json` holds the settings that
shape the rows, so that parts of two recipes are never mixed.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import fsspec
import polars as pl

from data_jobs.job import JobError, join, write_bytes, write_table
from data_jobs.schemas import OCR, part_paths, read_part

RECIPE = "_recipe.json"


def claim(out: str, recipe: dict[str, Any]) -> None:
    """Take the output folder for this recipe (JSON values).

    Raises:
        JobError: it holds parts of another recipe; names the differences.
    """
    path = join(out, RECIPE)
    fs, place = fsspec.core.url_to_fs(path)
    if not fs.exists(place):
        write_bytes(path, json.dumps(recipe, indent=1, sort_keys=True).encode())
        return
    before = json.loads(fs.cat_file(place))
    differences = [f"{k}: {before.get(k)!r} then, {v!r} now" for k, v in recipe.items() if before.get(k) != v]
    if differences:
        raise JobError(
            f"--out {out} was begun with other settings ({'; '.join(differences)}); use another folder or delete it"
        )


def write_part(out: str, table: pl.DataFrame) -> str:
    """Write rows (with `image_id`) as one part; returns its name."""
    key = hashlib.sha256("\n".join(table["image_id"].to_list()).encode()).hexdigest()[:16]
    name = f"part-{key}.parquet"
    write_table(join(out, name), table)
    return name


def written_ids(out: str) -> pl.Series:
    """The image ids that the parts of `out` hold, in no particular order; empty for a new folder."""
    ids = [_column(part) for part in part_paths(out)]
    return pl.concat(ids) if ids else pl.Series("image_id", [], dtype=pl.String)


def _column(part: str) -> pl.Series:
    with fsspec.open(part, "rb") as file:
        return pl.read_parquet(file, columns=["image_id"])["image_id"]


def drop_replaced(manifest: pl.DataFrame, out: str, made_by: str) -> int:
    """Take the rows out of the parts of `out` whose picture has another stamp in the manifest; returns how many.

    A part keeps its name, and one without rows left is deleted. Pictures that the manifest lacks stay.

    Raises:
        JobError: a part without stamps, of an older version.
    """
    return sum(_drop_replaced(manifest, part, made_by) for part in part_paths(out))


def _drop_replaced(manifest: pl.DataFrame, part: str, made_by: str) -> int:
    held = read_part(part, OCR, made_by, ["image_id", "stamp"])
    now = held.join(manifest, on="image_id", how="inner", suffix="_now")
    replaced = now.filter(pl.col("stamp").ne_missing(pl.col("stamp_now")))["image_id"]
    if len(replaced):
        _rewrite(part, ~pl.col("image_id").is_in(replaced.implode()))
    return len(replaced)


def _rewrite(part: str, keep: pl.Expr) -> None:
    with fsspec.open(part, "rb") as file:
        kept = pl.read_parquet(file).filter(keep)
    if len(kept):
        write_table(part, kept)
        return
    fs, place = fsspec.core.url_to_fs(part)
    fs.rm_file(place)


def remaining(manifest: pl.DataFrame, out: str) -> pl.DataFrame:
    """The rows of the manifest that no part of `out` holds yet."""
    return manifest.join(written_ids(out).to_frame(), on="image_id", how="anti", maintain_order="left")
