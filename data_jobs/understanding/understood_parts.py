"""Which pages are understood already, and which a model has answered: what makes a killed job go on where it was.

Every row of a part says in `made_from` what it follows from: a hash of its OCR row and of the settings. A row whose
OCR row or settings changed is taken out and made again. What a model said is kept as it came in `OUT/_answers`, by the
same kind of hash, so that no page is paid for twice.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import fsspec
import polars as pl

from data_jobs.job import join, write_table
from data_jobs.parts import write_part
from data_jobs.schemas import part_paths
from data_jobs.understanding.understood_pages import MADE

ANSWERS = "_answers"
ANSWER = pl.Schema({"image_id": pl.String(), "key": pl.String(), "answer": pl.String()})


def with_keys(pages: pl.DataFrame, rules: Mapping[str, Any], model: Mapping[str, Any]) -> pl.DataFrame:
    """OCR rows with two more columns: `made_from` of a row by rules, and `key` of one that a model was asked about.

    Args:
        rules, model: the settings that shape a row (JSON values).
    """
    seeds = [_digest({"page": row, "rules": dict(rules)}) for row in pages.iter_rows(named=True)]
    keys = [_digest({"page": seed, "model": dict(model)}) for seed in seeds]
    return pages.with_columns(made_from=pl.Series(seeds, dtype=pl.String), key=pl.Series(keys, dtype=pl.String))


def _digest(value: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()[:32]


def drop_stale(pages: pl.DataFrame, out: str) -> int:
    """Take out of the parts the rows that none of `pages` (see with_keys) makes as it is now; returns how many."""
    current = pl.concat([pages["made_from"], pages["key"]]).implode()
    return sum(_drop(part, pl.col("made_from").is_in(current)) for part in part_paths(out))


def _drop(part: str, keep: pl.Expr) -> int:
    rows = read_rows(part)
    kept = rows.filter(keep)
    if kept.height == rows.height:
        return 0
    if kept.height:
        write_table(part, kept)
    else:
        fs, place = fsspec.core.url_to_fs(part)
        fs.rm_file(place)
    return rows.height - kept.height


def read_rows(part: str) -> pl.DataFrame:
    """The rows of one part, with MADE's columns; a column that is missing is null, so that its rows are made again."""
    with fsspec.open(part, "rb") as file:
        rows = pl.read_parquet(file)
    missing = [pl.lit(None, dtype=kind).alias(name) for name, kind in MADE.items() if name not in rows.columns]
    return rows.with_columns(missing).select(list(MADE))


def all_rows(out: str) -> pl.DataFrame:
    """The rows of all parts; none for a new folder."""
    return pl.concat([MADE.to_frame(), *map(read_rows, part_paths(out))])


def replace_rows(out: str, make: Callable[[Mapping[str, Any]], Mapping[str, Any] | None]) -> int:
    """Put `make(row)` in the place of each row for which it is not None; returns how many. Parts keep their names."""
    return sum(_replace(part, make) for part in part_paths(out))


def _replace(part: str, make: Callable[[Mapping[str, Any]], Mapping[str, Any] | None]) -> int:
    rows = read_rows(part).to_dicts()
    made = [make(row) for row in rows]
    changed = sum(new is not None for new in made)
    if changed:
        chosen = [row if new is None else dict(new) for row, new in zip(rows, made, strict=True)]
        write_table(part, pl.DataFrame(chosen, schema=MADE))
    return changed


def write_answers(out: str, rows: pl.DataFrame) -> None:
    """Keep what a model said: rows of ANSWER."""
    if rows.height:
        write_part(join(out, ANSWERS), rows)


def answers(out: str) -> dict[str, str]:
    """What models have said so far, by key."""
    return dict(_answer_rows(join(out, ANSWERS)))


def _answer_rows(folder: str) -> Iterator[tuple[str, str]]:
    for part in part_paths(folder):
        with fsspec.open(part, "rb") as file:
            yield from pl.read_parquet(file, columns=["key", "answer"]).iter_rows()
