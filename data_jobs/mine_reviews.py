"""Mine what buyers ask, praise and complain of: reviews and questions of a catalogue into aspects, Parquet rows out.

  python -m data_jobs.mine_reviews --catalog /data/shop --out /data/aspects

The catalogue folder is the one of data_jobs.build_graph; its tables reviews and questions are read. Every product gives
one row for each aspect and sense (positive, negative, asked): product_id, aspect, polarity, count (distinct reviews),
reviews, opinion (the most frequent words), quotes (lines that may be read aloud), source. Open the result with
polars.read_parquet("OUT/*.parquet").

A quote holds no personal data, abuse, number, price, platform, shop or staff, and nothing that advertising law forbids;
why lines are refused is counted in the report. Complaints are kept for replies and never enter a script. A template
that was copied counts once, a filler that the shop's system wrote not at all.

The aspects and their words are a table to edit: copy koubo/voices/data/aspects.yaml and give it as --aspects.

Products are dealt out to parts by their ids, and a part is named by what it was made of. Killed or run again, the job
mines only the parts that are missing or whose reviews, products or aspects changed. The same input gives the same rows.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, ClassVar
from zlib import crc32

import fsspec
import polars as pl
import ray
from fsspec.implementations.local import LocalFileSystem
from pydantic import Field

from cluster.settings import JobSettings
from data_jobs.job import (
    AbsolutePath,
    ErrorRow,
    JobError,
    JobReport,
    clear_exit,
    join,
    make_folder,
    write_errors,
    write_table,
)
from data_jobs.mining.mined_part import RECORDS, mine_part
from data_jobs.progress import Progress
from data_jobs.schemas import ASPECTS, part_paths
from data_jobs.session import connect
from koubo.catalog.errors import CatalogError
from koubo.catalog.headers import HeaderMapping
from koubo.catalog.records import Question, Review
from koubo.catalog.tables import Catalog, load_catalog
from koubo.voices.lexicon import LexiconError, Lexicons, load_lexicons
from koubo.voices.mining import recipe

NOTHING = "part-nothing.parquet"
"""The one part of a catalogue without reviews and questions: a table all the same."""
MINED = ("reviews", "questions")
"""Tables whose bad rows are this job's errors; those of products are told by build_graph."""


class ReviewSettings(JobSettings):
    """Settings of the job; what is not given comes from the profile."""

    job: ClassVar[str] = "data_jobs.mine_reviews"

    catalog: AbsolutePath = Field(description="Folder of the catalogue's tables: reviews.jsonl, questions.jsonl ...")
    mapping: AbsolutePath | None = Field(None, description="YAML file {table: {column: field}} for your own headers.")
    aspects: AbsolutePath | None = Field(None, description="Table of aspects instead of the one that comes with Koubo.")
    out: AbsolutePath = Field(description="Folder for the Parquet parts: an absolute path or a URI.")
    part_rows: int = Field(5000, ge=1, description="Reviews of a part, about: what a kill can cost a task.")
    num_cpus: float = Field(1, gt=0, description="Logical CPUs a task reserves.")


def mine_reviews(settings: ReviewSettings) -> dict[str, Any]:
    """Run the job on the Ray cluster of this process; returns its report.

    Raises:
        JobError: the catalogue, the header mapping or the aspect table cannot be used.
    """
    report = JobReport(settings.job, settings=settings.model_dump(mode="json"))
    try:
        aspects = _aspects(settings)
        lexicons = load_lexicons(aspects, settings.aspects or "")
        mapping = None if settings.mapping is None else HeaderMapping.from_file(_local(settings.mapping))
        catalog = load_catalog(_local(settings.catalog), mapping)
    except (CatalogError, LexiconError, OSError, UnicodeDecodeError) as error:
        raise JobError(str(error)) from error
    make_folder(settings.out)
    parts = dict(_parts(catalog, lexicons, settings.part_rows, recipe(aspects)))
    held = {path.rsplit("/", 1)[-1] for path in part_paths(settings.out)}
    todo = {name: rows for name, rows in parts.items() if name not in held}
    report.count("parts", len(parts))
    report.count("parts_unchanged", len(parts) - len(todo))
    if todo:
        connect(settings.profile)
        _mine_all(settings, todo, aspects, report)
    if not parts:
        write_table(join(settings.out, NOTHING), pl.DataFrame(schema=ASPECTS))
    _drop_stale(settings.out, held - parts.keys() - {NOTHING})
    return _finish(settings, catalog, report)


def _local(address: str) -> Path:
    fs, place = fsspec.core.url_to_fs(address)
    if not isinstance(fs, LocalFileSystem):
        scheme = address.split("://")[0]
        raise JobError(f"{address}: this job reads folders and files, not {scheme}://; mount it, or copy it")
    return Path(place)


def _aspects(settings: ReviewSettings) -> str | None:
    """The text of the aspect table: tasks may run where its file is not."""
    return None if settings.aspects is None else _local(settings.aspects).read_text(encoding="utf-8")


def _parts(catalog: Catalog, lexicons: Lexicons, part_rows: int, made_by: str) -> Iterator[tuple[str, pl.DataFrame]]:
    """Name and RECORDS of each part. A product is in one part: so its counts need no exchange between tasks."""
    families = {product.id: lexicons.family_of(product) for product in catalog.products}
    rows = [*map(_review_row, catalog.reviews), *(_question_row(q) for q in catalog.questions if q.product_id)]
    if not rows:
        return
    table = pl.DataFrame(rows, schema=RECORDS, orient="row")
    number = _power_above(len(table) / part_rows)
    parts = {product_id: crc32(product_id.encode()) % number for product_id in families}
    placed = table.with_columns(
        family=pl.col("product_id").replace_strict(families),
        part=pl.col("product_id").replace_strict(parts, return_dtype=pl.Int64),
    ).sort("part", "product_id", maintain_order=True)
    for part in placed.partition_by("part", maintain_order=True, include_key=False):
        yield _name(part, made_by), part


def _power_above(number: float) -> int:
    """The power of two at or above: a shop that grows a little keeps its parts."""
    return 1 << (max(1, math.ceil(number)) - 1).bit_length()


def _review_row(review: Review) -> tuple[Any, ...]:
    return ("review", review.product_id, "", review.id, review.text, review.rating, review.place, review.row)


def _question_row(question: Question) -> tuple[Any, ...]:
    return ("question", question.product_id, "", question.id, question.question, None, question.place, question.row)


def _name(part: pl.DataFrame, made_by: str) -> str:
    """Of its content: the same rows written as JSON, since the buffers of a slice may hold other rows too."""
    return f"part-{hashlib.sha256((made_by + part.write_ndjson()).encode()).hexdigest()[:24]}.parquet"


def _mine_all(settings: ReviewSettings, todo: dict[str, pl.DataFrame], aspects: str | None, report: JobReport) -> None:
    progress = Progress("mine_reviews", sum(map(len, todo.values())))
    for summary in _run(settings, todo, aspects):
        counts = Counter(json.loads(summary["counts"]))
        for name, number in sorted(counts.items()):
            report.count(name, number)
        progress.add(counts["reviews"] + counts["questions"])


def _run(settings: ReviewSettings, todo: dict[str, pl.DataFrame], aspects: str | None) -> Iterable[dict[str, Any]]:
    """The plan: one block a part -> mine_part (tasks), which writes it. Only its counts come to the driver."""
    blocks = [rows.with_columns(part=pl.lit(name)).rechunk().to_arrow() for name, rows in todo.items()]
    mined = ray.data.from_arrow(blocks).map_batches(
        mine_part,
        fn_kwargs={"out": settings.out, "aspects": aspects},
        batch_size=None,
        batch_format="pyarrow",
        num_cpus=settings.num_cpus,
    )
    return mined.iter_rows()


def _drop_stale(out: str, names: Iterable[str]) -> None:
    """Delete parts of reviews that are no longer so; done last, so that a killed run loses none."""
    for name in names:
        fs, place = fsspec.core.url_to_fs(join(out, name))
        fs.rm_file(place)


def _finish(settings: ReviewSettings, catalog: Catalog, report: JobReport) -> dict[str, Any]:
    refused = [error for error in catalog.errors if Path(error.file).name.startswith(MINED)]
    rows = [
        ErrorRow(e.file, str(e.row), e.field, e.value, f"{'left out' if e.kept else 'refused'} {e.field}: {e.reason}")
        for e in refused
    ]
    for row in rows:
        report.error(row.reason)
    write_errors(settings.out, rows)
    return report.finish(settings.out)


def main() -> None:
    """Command line: exits with 2 and a message where the job cannot start."""
    with clear_exit(ReviewSettings.job):
        mine_reviews(ReviewSettings.from_cli())


if __name__ == "__main__":
    main()
