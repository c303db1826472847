"""Builds the catalogue's graph: tables, and what their pictures say, into a published snapshot of facts.

    python -m data_jobs.build_graph --catalog /data/shop --out /data/snapshots
    python -m data_jobs.build_graph --catalog /data/shop --ocr /out/ocr --clusters /out/clusters --out /data/snapshots

The catalogue folder holds products, and reviews, questions and promotions where there are any, as JSONL, CSV (UTF-8 or
GB18030), Parquet or xlsx. Headers may be Chinese; --mapping names a YAML file for headers of your own. Rows that cannot
be used are written to OUT/_errors/errors.parquet, and the job goes on.

A snapshot is a new version folder below OUT, named by its content; OUT/CURRENT names the one in service. The same input
gives the same version. A snapshot that fails its checks is not published, and the one in service stays.

Products whose inputs are those of the snapshot in service are taken over from it, the others are computed: the report
counts them as unchanged, changed and removed. The snapshot is the same, byte for byte, as one built from nothing.

The work is plain polars in one process, also where it is submitted as a Ray job: a catalogue's text is small beside its
pictures (a million products are some gigabytes), and a snapshot is checked and published as a whole.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self

import polars as pl
from pydantic import Field, model_validator

from cluster.settings import JobSettings
from data_jobs.job import (
    AbsolutePath,
    ErrorRow,
    JobError,
    JobReport,
    clear_exit,
    local_folder,
    make_folder,
    write_errors,
)
from data_jobs.schemas import CLUSTERS, OCR, read_table
from koubo.catalog.errors import CatalogError, RowError
from koubo.catalog.headers import HeaderMapping
from koubo.catalog.increment import Built, Sources, build
from koubo.catalog.schema import SnapshotError

SHOWN_ERRORS = 5


class GraphSettings(JobSettings):
    """Settings of `data_jobs.build_graph`."""

    job: ClassVar[str] = "data_jobs.build_graph"

    catalog: AbsolutePath = Field(description="Folder of the catalogue's tables: products.jsonl and the like.")
    mapping: AbsolutePath | None = Field(None, description="YAML file {table: {column: field}} for your own headers.")
    ocr: AbsolutePath | None = Field(None, description="Output folder of data_jobs.ocr_images.")
    clusters: AbsolutePath | None = Field(
        None, description="Output folder of data_jobs.cluster_images: only the pictures that it keeps give facts."
    )
    out: AbsolutePath = Field(description="Folder of the snapshots; the version in service is named in its CURRENT.")
    anew: bool = Field(False, description="Compute every product, also those that did not change.")

    @model_validator(mode="after")
    def _clusters_of_what(self) -> Self:
        if self.clusters and not self.ocr:
            raise ValueError("clusters need the OCR output that they were made from: give --ocr too")
        return self


def build_graph(settings: GraphSettings) -> dict[str, Any]:
    """Run the job; returns its report, with the `version` published and its `folder`.

    Raises:
        JobError: the catalogue, the mapping, or the OCR or cluster output cannot be used, or the snapshot is refused.
    """
    report = JobReport(settings.job, settings=settings.model_dump())
    try:
        sources = _sources(settings)
        out = local_folder(settings.out, "out")
        make_folder(str(out))
        built = build(sources, out, settings.anew)
    except (CatalogError, SnapshotError) as error:
        raise JobError(str(error)) from error
    _count(report, built)
    _write_errors(settings, report, built.errors)
    report.settings |= {"version": built.folder.name}
    return report.finish(settings.out) | {"version": built.folder.name, "folder": str(built.folder)}


def _sources(settings: GraphSettings) -> Sources:
    mapping = None if settings.mapping is None else HeaderMapping.from_file(local_folder(settings.mapping, "mapping"))
    pages = read_table(settings.ocr, OCR, "data_jobs.ocr_images") if settings.ocr else None
    clusters = read_table(settings.clusters, CLUSTERS, "data_jobs.cluster_images") if settings.clusters else None
    return Sources(local_folder(settings.catalog, "catalog"), mapping, pages, clusters)


def _count(report: JobReport, built: Built) -> None:
    for name in ("products", "reviews", "questions", "promotions", "facts", "nodes", "edges"):
        table = pl.scan_parquet(built.folder / f"{name}.parquet")
        report.count(name, int(table.select(pl.len()).collect().item()))
    pictures = pl.scan_parquet(built.folder / "facts.parquet").filter(pl.col("source") == "image").select("place")
    places = pictures.collect().to_series()
    report.count("picture_facts", places.len())
    report.count("pictures", places.n_unique())
    for name in ("changed", "unchanged", "removed"):
        report.count(name, getattr(built, name))


def _write_errors(settings: GraphSettings, report: JobReport, errors: tuple[RowError, ...]) -> None:
    rows = [_error_row(error) for error in errors]
    for row in rows:
        report.error(row.reason)
    write_errors(settings.out, rows)
    for row in rows[:SHOWN_ERRORS]:
        print(f"{row.source} row {row.row}: {row.field} {row.value[:60]!r}: {row.reason}", flush=True)


def _error_row(error: RowError) -> ErrorRow:
    what = "left out" if error.kept else "refused"
    reason = f"{what} {error.field or 'row'}: {error.reason}"
    return ErrorRow(error.file, str(error.row), error.field, error.value, reason)


def main() -> None:
    """Command line: exits with 2 and a message where the job cannot start."""
    with clear_exit(GraphSettings.job):
        build_graph(GraphSettings.from_cli())


if __name__ == "__main__":
    main()
