"""Read the text of pictures with PaddleOCR: a folder or a manifest in, Parquet rows out.

  python -m data_jobs.ocr_images --images /data/pictures --out /data/ocr
  python -m data_jobs.ocr_images --images s3://shop/manifest.parquet --out s3://shop/ocr --profile gpu

--images is a folder (subfolders are read too), one picture, or a table (.jsonl, .parquet, .csv) with the columns
path and, if ids are wanted, image_id. It may have stamp: a text that changes with the picture, such as its hash.

Every picture gives one row: image_id, lines (text, box, score, height), text in reading order, width, height, error,
stamp (which state of the picture was read).
A picture that cannot be read has its reason in `error`; the job goes on. Very tall pages are read in slices.
Killed or run again, the job reads only what is missing from --out, and pictures replaced since they were read (another
size or time of writing): their old rows are taken out first, so that no picture ever has two. Open the result with
polars.read_parquet("OUT/*.parquet"); _report.json has counts and rates, _errors/ the pictures that failed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

import polars as pl
import pyarrow as pa
import ray
from pydantic import Field

from cluster.settings import JobSettings
from data_jobs.job import AbsolutePath, ErrorRow, JobReport, clear_exit, make_folder, write_errors
from data_jobs.manifest import read_manifest
from data_jobs.ocr_actor import OcrPages, OcrTask
from data_jobs.paddle import PaddleConfig
from data_jobs.parts import claim, drop_replaced, remaining, write_part
from data_jobs.progress import Progress
from data_jobs.schemas import OCR, read_table
from data_jobs.session import connect, thread_limits


class OcrSettings(JobSettings):
    """Settings of the job; what is not given comes from the profile."""

    job: ClassVar[str] = "data_jobs.ocr_images"

    images: AbsolutePath = Field(description="Folder, picture or table of pictures: an absolute path or a URI.")
    out: AbsolutePath = Field(description="Folder for the Parquet parts: an absolute path or a URI.")
    models_from: str | None = Field(None, description="Source of the models instead of the profile's models.ocr.")
    engine: str = Field("onnxruntime", description="Engine of PaddleOCR: onnxruntime or paddle.")
    device: str = Field("cpu", description="What PaddleOCR runs on: cpu or gpu.")
    detection: str = Field("PP-OCRv6_small_det", description="Name of the detection model.")
    recognition: str = Field("PP-OCRv6_small_rec", description="Name of the recognition model.")
    actors_min: int = Field(1, ge=1, description="OCR actors kept at least.")
    actors_max: int = Field(2, ge=1, description="OCR actors at most; fewer where there is less to read.")
    actors_initial: int = Field(2, ge=1, description="OCR actors started together.")
    num_cpus: float = Field(1, ge=0, description="Logical CPUs an actor reserves.")
    num_gpus: float = Field(0, ge=0, description="GPUs an actor reserves; 0.25 puts four on one.")
    threads: int = Field(1, ge=1, description="Threads of an actor's engine.")
    batch_size: int = Field(4, ge=1, description="Pictures an actor is given at a time.")
    part_rows: int = Field(32, ge=1, description="Pictures of a part at most: what a kill can cost an actor.")
    max_side: int = Field(960, ge=64, description="Longer side, in pixels, that the detector sees.")
    max_pixels: int = Field(50_000_000, ge=1, description="Larger pictures are refused before they are decoded.")
    recycle_after: int = Field(1000, ge=1, description="Pictures after which an actor makes its predictor anew.")


def ocr_pictures(settings: OcrSettings) -> dict[str, Any]:
    """Run the job on the Ray cluster of this process; returns its report.

    Raises:
        JobError: nothing to read at `images`, or `out` holds rows of other settings.
    """
    report = JobReport(settings.job, settings=settings.model_dump(mode="json"))
    manifest, errors = read_manifest(settings.images)
    make_folder(settings.out)
    claim(settings.out, _recipe(settings))
    report.count("pictures", len(manifest))
    report.count("replaced", drop_replaced(manifest, settings.out, settings.job))
    todo = remaining(manifest, settings.out)
    report.count("already_read", len(manifest) - len(todo))
    if len(todo):
        connect(settings.profile)
        _read_all(settings, todo, report)
    return _finish(settings, report, errors)


def _recipe(settings: OcrSettings) -> dict[str, Any]:
    """The settings that change what is read."""
    shaping = settings.model_dump(include={"engine", "detection", "recognition", "max_side", "max_pixels"})
    return {**shaping, "models": settings.models_from or settings.models.ocr}


def _read_all(settings: OcrSettings, todo: pl.DataFrame, report: JobReport) -> None:
    progress = Progress("ocr_images", len(todo))
    for part in _run(settings, todo):
        report.count("read_now", part["rows"])
        report.count("lines", part["lines"])
        progress.add(part["rows"], note=f"{part['errors']} of the last {part['rows']} failed" if part["errors"] else "")


def _run(settings: OcrSettings, todo: pl.DataFrame) -> Iterable[dict[str, Any]]:
    """The plan: manifest -> OcrPages (actors) -> write_ocr_part (tasks). Only a part's summary comes to the driver."""
    blocks = _blocks(todo, settings)
    pool = min(settings.actors_max, len(blocks))
    pages = ray.data.from_arrow(blocks).map_batches(
        OcrPages,
        fn_constructor_args=(_task(settings),),
        batch_size=settings.batch_size,
        batch_format="pyarrow",
        compute=ray.data.ActorPoolStrategy(
            min_size=min(settings.actors_min, pool),
            max_size=pool,
            initial_size=min(settings.actors_initial, pool),
        ),
        num_cpus=settings.num_cpus,
        num_gpus=settings.num_gpus,
        runtime_env={"env_vars": thread_limits(settings.threads)},
    )
    parts = pages.map_batches(
        write_ocr_part, fn_kwargs={"out": settings.out}, batch_size=None, batch_format="pyarrow", num_cpus=0.1
    )
    return parts.iter_rows()


def _blocks(todo: pl.DataFrame, settings: OcrSettings) -> list[pa.Table]:
    """The manifest in blocks: a few for every actor, so that none waits long for the last, none above `part_rows`."""
    rows = max(1, min(settings.part_rows, len(todo) // (4 * settings.actors_max)))
    return [block.to_arrow() for block in todo.iter_slices(rows)]


def _task(settings: OcrSettings) -> OcrTask:
    config = PaddleConfig(
        detection=settings.detection,
        recognition=settings.recognition,
        engine=settings.engine,
        device=settings.device,
        threads=settings.threads,
        max_side=settings.max_side,
        recycle_after=settings.recycle_after,
    )
    return OcrTask(config, settings.models_from or settings.models.ocr, settings.max_pixels)


def write_ocr_part(rows: pa.Table, out: str) -> dict[str, list[int]]:
    """Write OCR rows as one part of the table; gives its counts of rows, lines and errors."""
    table = pl.DataFrame(pl.from_arrow(rows)).cast(OCR)
    write_part(out, table)
    lines = int(table["lines"].list.len().sum())
    return {"rows": [len(table)], "lines": [lines], "errors": [int(table["error"].is_not_null().sum())]}


def _finish(settings: OcrSettings, report: JobReport, errors: list[ErrorRow]) -> dict[str, Any]:
    table = read_table(settings.out, OCR, settings.job, ["image_id", "error"]).drop_nulls("error")
    unread = [ErrorRow(settings.images, i, "picture", i, str(e)) for i, e in table.iter_rows()]
    for error in (*errors, *unread):
        report.error(error.reason)
    write_errors(settings.out, [*errors, *unread])
    return report.finish(settings.out)


def main() -> None:
    """Command line: exits with 2 and a message where the job cannot start."""
    with clear_exit(OcrSettings.job):
        ocr_pictures(OcrSettings.from_cli())


if __name__ == "__main__":
    main()
