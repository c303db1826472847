"""Rows of byte-identical pictures: read once, written once for each of them.

Pictures are the same where the SHA-256 of their bytes is; a copy may have another name, stamp and disguise.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from data_jobs.ocr.picture_file import passing
from data_jobs.parts import write_part
from data_jobs.schemas import OCR, part_paths, read_part

COPY = pl.Schema({"image_id": pl.String(), "stamp": pl.String(), "digest": pl.String(), "disguise": pl.String()})
"""A picture that was not read because another with its bytes was; `disguise` is the note on its own name."""
MADE_BY = "data_jobs.ocr_images"
_WRITTEN_TOGETHER = 10_000


def settled_digests(out: str) -> Iterator[str]:
    """Digests of the pictures in the parts of `out` whose rows will not change while their bytes do not."""
    for part in part_paths(out):
        rows = read_part(part, OCR, MADE_BY, ["digest", "error"]).drop_nulls("digest")
        yield from (digest for digest, error in rows.iter_rows() if not passing(error))


def write_copies(out: str, copies: pl.DataFrame) -> int:
    """Write a row for each copy (COPY) whose picture is in the parts of `out`; returns how many."""
    written = 0
    for some in copies.iter_slices(_WRITTEN_TOGETHER):
        rows = copied_rows(some, _originals(out, some["digest"]))
        if len(rows):
            write_part(out, rows)
        written += len(rows)
    return written


def _originals(out: str, digests: pl.Series) -> pl.DataFrame:
    wanted = pl.col("digest").is_in(digests.unique().implode())
    found = [pl.DataFrame(schema=OCR)]
    for part in part_paths(out):
        if read_part(part, OCR, MADE_BY, ["digest"]).select(wanted.any()).item():
            found.append(read_part(part, OCR, MADE_BY, list(OCR)).filter(wanted))
    return pl.concat(found)


def copied_rows(copies: pl.DataFrame, originals: pl.DataFrame) -> pl.DataFrame:
    """Rows (OCR) of the copies that have an original: its text under their own id, stamp and disguise."""
    settled = originals.filter(~pl.col("error").map_elements(passing, pl.Boolean, skip_nulls=True).fill_null(False))
    sources = settled.unique("digest", keep="first", maintain_order=True).drop("image_id", "stamp")
    rows = copies.join(sources, on="digest", how="inner", maintain_order="left")
    notes = [copied_note(note, disguise) for note, disguise in rows.select("note", "disguise").iter_rows()]
    return rows.with_columns(note=pl.Series(notes, dtype=pl.String)).select(list(OCR))


def copied_note(note: str | None, disguise: str | None) -> str | None:
    """The note of a copy: its own disguise, and what its original has besides a disguise."""
    others = [one for one in (note or "").split("; ") if one and not one.startswith("disguised:")]
    return "; ".join([*([disguise] if disguise else []), *others]) or None
