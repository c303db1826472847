"""What a step was made from, as a short text: equal inputs, settings and code give equal fingerprints.

Files are told apart by name, size and time of writing, as a listing gives them; none is read, so a table of millions of
rows costs what its folder's listing costs. A file that a job writes again with the same bytes keeps its time
(`job.write_bytes`), so what follows it is not done again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import fsspec
import polars as pl

from data_jobs.manifest import stamp

ROOT = Path(__file__).parents[1]
CODE = ("koubo", "data_jobs")
"""Packages whose files shape what the jobs write."""


def fingerprint(*parts: Any) -> str:
    """16 hex digits over JSON-able parts, in their order."""
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def files_at(address: str) -> list[tuple[str, str]]:
    """Name and stamp of the file, or of every file below the folder, at an address; empty where there is nothing.

    Names that begin with a dot or an underscore are about a table, not of it, and are left out.
    """
    fs, place = fsspec.core.url_to_fs(address)
    if not fs.exists(place):
        return []
    found = fs.find(place, detail=True) if fs.isdir(place) else {place: fs.info(place)}
    names = {str(path)[len(place) :].lstrip("/"): info for path, info in found.items()}
    return sorted((name, str(stamp(info))) for name, info in names.items() if _is_content(name))


def _is_content(name: str) -> bool:
    return not any(part[:1] in (".", "_") for part in name.split("/") if part)


def rows_of(table: pl.DataFrame) -> str:
    """SHA-256 over the rows of a table of texts."""
    digest = hashlib.sha256()
    for row in table.iter_rows():
        digest.update(json.dumps(row, ensure_ascii=False).encode())
    return digest.hexdigest()


@cache
def code() -> str:
    """Fingerprint of the project's own code and word lists."""
    return fingerprint([[str(path.relative_to(ROOT)), _digest(path)] for path in sorted(_sources())])


def _sources() -> Iterable[Path]:
    for package in CODE:
        yield from (p for p in (ROOT / package).rglob("*") if p.suffix in (".py", ".yaml", ".tsv", ".txt"))


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
