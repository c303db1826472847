"""Parts of a table that a job writes as it goes, so that a killed job goes on where it was.

A part appears under its name whole or not at all, and its name follows from the rows in it: a task that Ray runs
again writes the same part again. A run leaves out what is in the parts already; rows of replaced pictures, rows that
failed for a passing reason and second rows of a picture are taken out first, so that a table never has two rows of one
picture. `_recipe.json` holds the settings that shape the rows, so that parts of two recipes are never mixed.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import Any

import fsspec
import polars as pl

from data_jobs.job import JobError, join, write_bytes, write_table
from data_jobs.ocr.picture_file import PASSING
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


def settle(manifest: pl.DataFrame, out: str, made_by: str, prune: bool = False) -> Counter[str]:
    """Take rows out of the parts of `out` that a run must not build on; returns how many, by why.

    - `replaced`: the picture has another stamp in the manifest.
    - `retried`: it failed for a reason that can pass (`picture_file.PASSING`) and is in the manifest.
    - `doubled`: an earlier part, by name, holds the same picture. A writer that outlived its killed job leaves these.

    - `gone`: the manifest lacks the picture, where `prune` is set.

    A part keeps its name, and one without rows left is deleted. Other pictures that the manifest lacks stay.

    Raises:
        JobError: a part of an older version, without a column of these.
    """
    parts = part_paths(out)
    if not parts:
        return Counter()
    held = [read_part(part, OCR, made_by, ["image_id", "stamp", "error", "digest"]) for part in parts]
    table = pl.concat([rows.with_columns(part=number) for number, rows in enumerate(held)])
    unfit = _unfit(manifest, table, prune)
    for rows in unfit.partition_by("part"):
        _rewrite(parts[rows.item(0, "part")], rows["row"])
    return Counter(unfit["why"].to_list())


def _unfit(manifest: pl.DataFrame, held: pl.DataFrame, prune: bool) -> pl.DataFrame:
    """Part, row in it and why, of the rows to take out."""
    now = manifest.select("image_id", stamp_now="stamp", asked=pl.lit(True))
    rows = held.with_columns(row=pl.int_range(pl.len()).over("part")).join(
        now, on="image_id", how="left", maintain_order="left"
    )
    asked = pl.col("asked").fill_null(False)
    failed = pl.col("error").str.split(":").list.first().is_in(list(PASSING)).fill_null(False)
    replaced = asked & pl.col("stamp").ne_missing(pl.col("stamp_now"))
    why = pl.when(asked & failed).then(pl.lit("retried")).when(replaced).then(pl.lit("replaced"))
    rows = rows.with_columns(why=why.when(~asked & prune).then(pl.lit("gone")).otherwise(None))
    fit = rows.filter(pl.col("why").is_null())
    twice = fit.filter(~pl.col("image_id").is_first_distinct()).with_columns(why=pl.lit("doubled"))
    return pl.concat([rows.drop_nulls("why"), twice]).select("part", "row", "why")


def _rewrite(part: str, dropped: pl.Series) -> None:
    with fsspec.open(part, "rb") as file:
        kept = pl.read_parquet(file).with_row_index("row").filter(~pl.col("row").is_in(dropped.implode())).drop("row")
    if len(kept):
        write_table(part, kept)
        return
    fs, place = fsspec.core.url_to_fs(part)
    fs.rm_file(place)


def remaining(manifest: pl.DataFrame, out: str) -> pl.DataFrame:
    """The rows of the manifest that no part of `out` holds yet."""
    return manifest.join(written_ids(out).to_frame(), on="image_id", how="anti", maintain_order="left")
