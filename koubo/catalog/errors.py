"""What can be wrong with a catalogue: a row is data, a folder or a mapping stops the job."""

from __future__ import annotations

from dataclasses import dataclass


class CatalogError(Exception):
    """A catalogue or a header mapping that cannot be used at all; the message names it and says what to do."""


@dataclass(frozen=True, slots=True)
class RowError:
    """One thing that was refused.

    `file` is relative to the catalogue folder. `row` counts as the file's own program shows it: the line of a JSONL
    file, the sheet's row with the header as row 1 for CSV and xlsx, the record from 1 for Parquet.
    `kept` says that the rest of the row was imported without the value; otherwise the whole row was refused.
    """

    file: str
    row: int
    field: str
    value: str
    reason: str
    kept: bool = False
