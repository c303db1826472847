"""What every job shares: absolute addresses, an output folder, an errors table and a report.

A job's output folder holds its Parquet parts directly, so that `polars.read_parquet("OUT/*.parquet")` and
`ray.data.read_parquet("OUT")` read the table and nothing else. What is about the table starts with an underscore,
which Arrow and Ray skip: `_report.json`, `_errors/errors.parquet`, `_recipe.json`.
"""

from __future__ import annotations

import io
import json
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import unquote, urlsplit

import fsspec
import polars as pl
from fsspec.implementations.local import LocalFileSystem
from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

REPORT = "_report.json"
ERRORS = "_errors/errors.parquet"
ERRORS_SCHEMA = pl.Schema(dict.fromkeys(("source", "row", "field", "value", "reason"), pl.String()))
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


class JobError(Exception):
    """Input that a job cannot start with; the message names it and says what to do."""


@contextmanager
def clear_exit(job: str) -> Iterator[None]:
    """Turn a JobError into its message on standard error and exit status 2: for `main` functions."""
    try:
        yield
    except JobError as error:
        print(f"{job}: {error}", file=sys.stderr)
        raise SystemExit(2) from error


def absolute(path_or_uri: str, field: str) -> str:
    """The address unchanged but for a trailing slash, if it means the same on every machine of the cluster.

    Raises:
        ValueError: a relative path; the message says why and how to make it absolute.
    """
    if not _is_absolute(path_or_uri):
        raise ValueError(f"{field}: {_refusal(path_or_uri)}")
    return path_or_uri.rstrip("/") or "/"


def _is_absolute(path_or_uri: str) -> bool:
    return path_or_uri.startswith("/") or _URI.match(path_or_uri) is not None


def _refusal(path: str) -> str:
    return (
        f"{path!r} is a relative path; a job may run on another machine, in a copy of this folder, where it means "
        f'something else. Give an absolute path ("$PWD/{path}") or a URI (file://, s3://, ...)'
    )


def _absolute_field(value: str) -> str:
    if not _is_absolute(value):
        raise PydanticCustomError("relative_path", "{refusal}", {"refusal": _refusal(value)})
    return absolute(value, "")


AbsolutePath = Annotated[str, AfterValidator(_absolute_field)]
"""Type of a settings field that holds an absolute path or a URI."""


def join(folder: str, name: str) -> str:
    """Address of `name` inside `folder`, for paths and URIs alike."""
    return f"{folder.rstrip('/')}/{name}"


def local_folder(address: str, field: str) -> Path:
    """The place of an absolute path or a file:// address on this machine.

    Raises:
        JobError: an address of another kind; names the setting and says what to do.
    """
    parts = urlsplit(address)
    if parts.scheme not in ("", "file"):
        raise JobError(
            f"--{field} {address}: this job reads and writes folders, not {parts.scheme}://; mount it, or copy it"
        )
    return Path(unquote(parts.path) if parts.scheme else address)


def make_folder(path: str) -> None:
    """Make the folder and its parents where they are missing (object stores need none).

    Raises:
        JobError: it cannot be made, such as where a file of that name is.
    """
    fs, place = fsspec.core.url_to_fs(path)
    try:
        fs.makedirs(place, exist_ok=True)
    except OSError as error:
        raise JobError(f"--out {path}: cannot be made a folder: {error.strerror or error}") from error


def write_bytes(path: str, content: bytes) -> None:
    """Write a whole file or none of it: local files appear under their name by a rename, stores put objects whole.

    A local file that holds these bytes already is left alone, with its time of writing, so that what is made from it is
    seen to be unchanged.
    """
    fs, place = fsspec.core.url_to_fs(path)
    if not isinstance(fs, LocalFileSystem):
        fs.pipe_file(place, content)
        return
    target = Path(place)
    if _holds(target, content):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.{time.time_ns()}")
    temporary.write_bytes(content)
    temporary.replace(target)


def _holds(target: Path, content: bytes) -> bool:
    return target.is_file() and target.stat().st_size == len(content) and target.read_bytes() == content


def write_table(path: str, table: pl.DataFrame) -> None:
    """Write a table as one Parquet file, whole or not at all."""
    buffer = io.BytesIO()
    table.write_parquet(buffer)
    write_bytes(path, buffer.getvalue())


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """One record that a job could not use: which source and row, which field and value, and why."""

    source: str
    row: str
    field: str
    value: str
    reason: str


def write_errors(out: str, errors: Iterable[ErrorRow]) -> None:
    """Write the job's errors table, empty if there are none, as `OUT/_errors/errors.parquet` (ERRORS_SCHEMA)."""
    write_table(join(out, ERRORS), pl.DataFrame([asdict(e) for e in errors], schema=ERRORS_SCHEMA))


@dataclass(slots=True)
class JobReport:
    """What a run did: counts, errors by reason, how long it took, and what `more` a job has to say. Written once."""

    job: str
    counts: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    settings: dict[str, Any] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)
    _started: float = field(default_factory=time.perf_counter)

    def count(self, name: str, number: int = 1) -> None:
        """Add to a count such as `images`, `resumed` or `products`."""
        self.counts[name] += number

    def error(self, reason: str, number: int = 1) -> None:
        """Count bad records by their reason: the part before the first colon, so that reasons stay few."""
        self.errors[reason.split(":")[0]] += number

    @property
    def seconds(self) -> float:
        """Seconds since the report was opened."""
        return time.perf_counter() - self._started

    def as_dict(self) -> dict[str, Any]:
        """The report as it is written: rates are counts a second."""
        seconds = self.seconds
        return {
            "job": self.job,
            "seconds": round(seconds, 3),
            "counts": dict(self.counts),
            "rates": {name: round(number / seconds, 3) for name, number in self.counts.items()},
            "errors": dict(self.errors),
            **self.more,
            "settings": self.settings,
        }

    def finish(self, out: str) -> dict[str, Any]:
        """Write `OUT/_report.json`, print a one-line summary on standard output, and return the report."""
        report = self.as_dict()
        write_bytes(join(out, REPORT), json.dumps(report, ensure_ascii=False, indent=1).encode())
        print(self.summary(out), flush=True)
        return report

    def summary(self, out: str) -> str:
        """One line: job, counts but those of 0, errors by reason, seconds, and where the output is."""
        counts = ", ".join(f"{number} {name}" for name, number in self.counts.items() if number)
        errors = ", ".join(f"{number} {reason}" for reason, number in self.errors.most_common())
        return f"{self.job}: {counts or 'nothing to do'}; errors: {errors or 'none'}; {self.seconds:.1f} s -> {out}"
