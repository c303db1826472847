"""Reads table files into raw rows: JSONL, CSV, Parquet, xlsx."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import polars as pl

from koubo.catalog.errors import CatalogError, RowError

_BROKEN = re.compile("[\udc80-\udcff]")  # how surrogateescape keeps a byte that fits nowhere
_NOT_TEXT = "bytes that are no text in the file's encoding; save the file as UTF-8"
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(frozen=True, slots=True)
class RawRow:
    """One record as it stands in a file, with its row number (see RowError). `raw` differs where any of it does."""

    row: int
    cells: dict[str, object]
    raw: str


def table_files(folder: Path, table: str) -> list[Path]:
    """The files of a table, `products.csv` or `products-*.csv` and the other formats, by name."""
    found = (path for path in folder.iterdir() if path.suffix.lower() in _READERS and path.is_file())
    return sorted(path for path in found if path.stem == table or path.stem.startswith(f"{table}-"))


def suffixes() -> tuple[str, ...]:
    """The file formats that can be read."""
    return tuple(_READERS)


def read_rows(path: Path) -> Iterator[RawRow | RowError]:
    """The rows of a table file in order; empty ones are skipped, unreadable ones are RowErrors.

    Raises:
        CatalogError: the file as a whole is not what its name says.
    """
    return _READERS[path.suffix.lower()](path)


def decode(content: bytes, name: str) -> str:
    """Text of a file by its byte order mark, else in UTF-8 or GB18030 (Chinese Windows), whichever fits more lines.

    A byte that fits nowhere becomes a lone surrogate: the row that holds it is refused, not the file.

    Raises:
        CatalogError: more than half of the lines that are not ASCII fit neither.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding, "surrogateescape")
    telling = [line for line in content.split(b"\n") if not line.isascii()]
    misfits = {encoding: sum(not _fits(line, encoding) for line in telling) for encoding in ("utf-8", "gb18030")}
    best = min(misfits, key=lambda encoding: misfits[encoding])
    if misfits[best] > len(telling) / 2:
        raise CatalogError(f"{name}: not text in UTF-8 or GB18030; save it as UTF-8")
    return content.decode(best, "surrogateescape")


def _fits(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _jsonl(path: Path) -> Iterator[RawRow | RowError]:
    for number, line in enumerate(decode(path.read_bytes(), path.name).split("\n"), start=1):
        if line.strip():
            yield _json_row(path.name, number, line)


def _json_row(file: str, number: int, line: str) -> RawRow | RowError:
    if _BROKEN.search(line):
        return RowError(file, number, "", _BROKEN.sub("\ufffd", line)[:200], _NOT_TEXT)
    try:
        found = json.loads(line, parse_float=Decimal)  # exact, as written
    except ValueError as error:
        return RowError(file, number, "", line[:200], f"not JSON: {error}")
    if not isinstance(found, dict):
        return RowError(file, number, "", line[:200], "not a JSON object; write one record a line")
    return RawRow(number, found, line)


def _csv(path: Path) -> Iterator[RawRow | RowError]:
    text = decode(path.read_bytes(), path.name)
    first = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t" if "\t" in first and "," not in first else ",")
    header = [cell.strip() for cell in next(reader, [])]
    _check_header(path, header)
    for number, cells in enumerate(reader, start=2):
        if any(cell.strip() for cell in cells):
            yield _csv_row(path.name, number, header, cells)


def _csv_row(file: str, number: int, header: list[str], cells: list[str]) -> RawRow | RowError:
    if any(cell.strip() for cell in cells[len(header) :]):
        reason = f"{len(cells)} cells under {len(header)} headers; put cells that hold a comma in quotation marks"
        return RowError(file, number, "", ",".join(cells)[:200], reason)
    if _BROKEN.search("".join(cells)):
        return RowError(file, number, "", _BROKEN.sub("\ufffd", ",".join(cells))[:200], _NOT_TEXT)
    filled = cells + [""] * (len(header) - len(cells))
    named: dict[str, object] = {name: cell for name, cell in zip(header, filled, strict=False) if name}
    return RawRow(number, named, repr(named))


def _check_header(path: Path, header: list[str]) -> None:
    if not any(header):
        raise CatalogError(f"{path.name}: no header line; the first line must name the columns")
    if twice := sorted({name for name in header if name and header.count(name) > 1}):
        raise CatalogError(f"{path.name}: the column {twice[0]!r} is there twice; rename one of them")


def _parquet(path: Path) -> Iterator[RawRow | RowError]:
    try:
        table = pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise CatalogError(f"{path.name}: cannot be read as Parquet ({error})") from error
    return _frame_rows(table, first=1)


def _xlsx(path: Path) -> Iterator[RawRow | RowError]:
    """The first sheet, every cell as text, so that ids keep their zeros and prices their digits."""
    try:
        table = pl.read_excel(
            path, raise_if_empty=False, drop_empty_rows=False, read_options={"dtypes": "string", "header_row": 0}
        )
    except Exception as error:  # fastexcel raises several kinds of its own, none of them public
        raise CatalogError(f"{path.name}: cannot be read as xlsx ({error})") from error
    _check_header(path, table.columns)
    return _frame_rows(table, first=2)


def _frame_rows(table: pl.DataFrame, first: int) -> Iterator[RawRow | RowError]:
    for number, cells in enumerate(table.iter_rows(named=True), start=first):
        if any(value not in (None, "") for value in cells.values()):
            yield RawRow(number, cells, repr(cells))


_READERS: dict[str, Callable[[Path], Iterator[RawRow | RowError]]] = {
    ".jsonl": _jsonl,
    ".csv": _csv,
    ".parquet": _parquet,
    ".xlsx": _xlsx,
}
