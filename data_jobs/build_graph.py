"""Builds the catalogue's graph: tables, and what their pictures say, into a published snapshot of facts.

    python -m data_jobs.build_graph --catalog /data/shop --out /data/snapshots
    python -m data_jobs.build_graph --catalog /data/shop --ocr /out/ocr --clusters /out/clusters --out /data/snapshots
    python -m data_jobs.build_graph --catalog /data/shop --reviews /out/aspects --out /data/snapshots

The catalogue folder holds products, and reviews, questions and promotions where there are any, as JSONL, CSV (UTF-8 or
GB18030), Parquet or xlsx. Headers may be Chinese; --mapping names a YAML file for headers of your own. Rows that cannot
be used are written to OUT/_errors/errors.parquet, and the job goes on.

A snapshot is a new version folder below OUT, named by its content; OUT/CURRENT names the one in service. The same input
gives the same version. A snapshot that fails its checks is not published, and the one in service stays.

The work is plain polars in one process, also where it is submitted as a Ray job: a catalogue's text is small beside its
pictures (a million products are some gigabytes), and a snapshot is checked and published as a whole.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Self
from urllib.parse import unquote, urlsplit

import polars as pl
from pydantic import Field, model_validator

from cluster.settings import JobSettings
from data_jobs.job import AbsolutePath, ErrorRow, JobError, JobReport, clear_exit, make_folder, write_errors
from data_jobs.schemas import ASPECTS, CLUSTERS, OCR, read_table
from koubo.catalog.build import publish_tables, tables_of
from koubo.catalog.errors import CatalogError, RowError
from koubo.catalog.headers import HeaderMapping
from koubo.catalog.pictures import NO_PICTURES, PictureFacts, join_pictures
from koubo.catalog.review_facts import AspectRow, aspects_by_product
from koubo.catalog.schema import SnapshotError
from koubo.catalog.tables import Catalog, load_catalog

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
    reviews: AbsolutePath | None = Field(None, description="Output folder of data_jobs.mine_reviews.")
    out: AbsolutePath = Field(description="Folder of the snapshots; the version in service is named in its CURRENT.")

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
        catalog = load_catalog(_local(settings.catalog, "catalog"), _mapping(settings))
        pictures = _pictures(settings, catalog)
        out = _local(settings.out, "out")
        make_folder(str(out))
        folder = publish_tables(tables_of(catalog, pictures, _aspects(settings)), out)
    except (CatalogError, SnapshotError) as error:
        raise JobError(str(error)) from error
    _count(report, folder, catalog)
    _write_errors(settings, report, (*catalog.errors, *pictures.errors))
    report.settings |= {"version": folder.name}
    return report.finish(settings.out) | {"version": folder.name, "folder": str(folder)}


def _local(address: str, field: str) -> Path:
    """The folder of an absolute path or a file:// address."""
    parts = urlsplit(address)
    if parts.scheme not in ("", "file"):
        raise JobError(
            f"{field}: {address}: this job reads and writes folders, not {parts.scheme}://; mount it, or copy it"
        )
    return Path(unquote(parts.path) if parts.scheme else address)


def _mapping(settings: GraphSettings) -> HeaderMapping | None:
    return None if settings.mapping is None else HeaderMapping.from_file(_local(settings.mapping, "mapping"))


def _pictures(settings: GraphSettings, catalog: Catalog) -> PictureFacts:
    if settings.ocr is None:
        return NO_PICTURES
    pages = read_table(settings.ocr, OCR, "data_jobs.ocr_images")
    clusters = read_table(settings.clusters, CLUSTERS, "data_jobs.cluster_images") if settings.clusters else None
    return join_pictures(catalog.products, pages, clusters)


def _aspects(settings: GraphSettings) -> dict[str, tuple[AspectRow, ...]]:
    if settings.reviews is None:
        return {}
    return aspects_by_product(read_table(settings.reviews, ASPECTS, "data_jobs.mine_reviews").iter_rows(named=True))


def _count(report: JobReport, folder: Path, catalog: Catalog) -> None:
    report.count("products", len(catalog.products))
    for name in ("reviews", "questions", "promotions", "facts", "nodes", "edges"):
        report.count(name, int(pl.scan_parquet(folder / f"{name}.parquet").select(pl.len()).collect().item()))
    pictures = pl.read_parquet(folder / "facts.parquet", columns=["source", "place"]).filter(
        pl.col("source") == "image"
    )
    report.count("picture_facts", pictures.height)
    report.count("pictures", pictures["place"].n_unique())


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
