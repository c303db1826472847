"""Says what differs between two snapshots: products, facts with old and new values, promotions, the graph's size.

    python -m data_jobs.diff_snapshots /data/snapshots/OLDVERSION /data/snapshots/NEWVERSION
    python -m data_jobs.diff_snapshots /data/snapshots/OLDVERSION /data/snapshots/NEWVERSION --format json

Both folders are checked as a server checks them. Text names at most --shown products of each kind of change; JSON has
everything.
"""

from __future__ import annotations

import json
from typing import ClassVar, Literal

from pydantic import Field
from pydantic_settings import CliPositionalArg

from cluster.settings import JobSettings
from data_jobs.job import AbsolutePath, JobError, clear_exit, local_folder
from koubo.catalog.build import read_tables
from koubo.catalog.diff import as_text, diff
from koubo.catalog.schema import SnapshotError


class DiffSettings(JobSettings):
    """Settings of `data_jobs.diff_snapshots`."""

    job: ClassVar[str] = "data_jobs.diff_snapshots"

    old: CliPositionalArg[AbsolutePath] = Field(description="Version folder of the older snapshot.")
    new: CliPositionalArg[AbsolutePath] = Field(description="Version folder of the newer snapshot.")
    format: Literal["text", "json"] = Field("text", description="For people or for machines.")
    shown: int = Field(20, ge=0, description="Products of each kind of change that the text names.")


def diff_snapshots(settings: DiffSettings) -> str:
    """The difference in the format asked for.

    Raises:
        JobError: a folder is no snapshot that can be used.
    """
    try:
        tables = [
            read_tables(local_folder(address, name)) for name, address in (("old", settings.old), ("new", settings.new))
        ]
    except SnapshotError as error:
        raise JobError(str(error)) from error
    found = diff(*tables)
    if settings.format == "json":
        return json.dumps(found.as_dict() | {"old": settings.old, "new": settings.new}, ensure_ascii=False, indent=1)
    return "\n".join([f"{settings.old} -> {settings.new}", *as_text(found, settings.shown)])


def main() -> None:
    """Command line: exits with 2 and a message where a folder is no snapshot."""
    with clear_exit(DiffSettings.job):
        print(diff_snapshots(DiffSettings.from_cli()))


if __name__ == "__main__":
    main()
