"""Read the text of pictures with PaddleOCR: a folder or a manifest in, Parquet rows out.

  python -m data_jobs.ocr_images --images /data/pictures --out /data/ocr
  python -m data_jobs.ocr_images --images s3://shop/manifest.parquet --out s3://shop/ocr --profile gpu

--images is a folder (subfolders are read too), one picture, or a table (.jsonl, .parquet, .csv) with the columns
path and, if ids are wanted, image_id. It may have stamp: a text that changes with the picture, such as its hash. A
products table with a list of images in each row will do too. A path may be an address in a store (s3, gs, az, abfs,
oss, hdfs, ...) or on the web (http, https). Refused, as refused_address: addresses of other kinds, addresses chained
with ::, and those that lead into a private network, but for the hosts of --private-hosts.

Every picture gives one row: image_id, lines (text, box, score, height, font_ratio), text in reading order, width,
height, error, stamp (which state of the picture was read), digest (SHA-256 of its bytes), note. A picture that cannot
be read has its reason in `error`; one that was read though something about it is peculiar (animated, CMYK, very tall,
named .jpg and a PNG) has it in `note`; the job goes on. Very tall pages are read in slices. Byte-identical pictures
are read once and have a row each.

Killed or run again, the job reads only what is missing from --out, pictures replaced since they were read (another
size or time of writing), and pictures that failed for a reason that can pass: missing_file, web_missing (HTTP 404 or
410), no_permission, unreadable_file, unreachable, refused_address, ocr_failed, worker_died. Their old rows are taken
out first, so that no picture ever has two. A worker or node that dies is replaced and its pictures are read again; a
picture that kills every worker gets an error row. Open the result with polars.read_parquet("OUT/*.parquet");
_report.json has counts, rates and which worker read how many, _errors/ the pictures that failed and, as "read though
...", the peculiar ones.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from typing import Any, ClassVar

import polars as pl
from pydantic import Field

from data_jobs.job import AbsolutePath, ErrorRow, JobReport, clear_exit, make_folder, write_errors
from data_jobs.manifest import read_manifest
from data_jobs.ocr.actor import OcrTask
from data_jobs.ocr.copies import MADE_BY
from data_jobs.ocr.ledger import finished, lost_work
from data_jobs.ocr.paddle import PaddleConfig
from data_jobs.ocr.run import OcrPlan, read_all
from data_jobs.ocr.web_settings import WebSettings
from data_jobs.parts import claim, remaining, settle
from data_jobs.schemas import OCR, read_table
from data_jobs.session import connect


class OcrSettings(WebSettings):
    """Settings of the job; what is not given comes from the profile."""

    job: ClassVar[str] = MADE_BY

    images: AbsolutePath = Field(description="Folder, picture or table of pictures: an absolute path or a URI.")
    out: AbsolutePath = Field(description="Folder for the Parquet parts: an absolute path or a URI.")
    prune: bool = Field(False, description="Take rows of pictures out of --out that --images no longer has.")
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
    recognition_batch: int = Field(1, ge=1, description="Lines recognized together; a GPU wants many, a CPU one.")
    part_rows: int = Field(32, ge=1, description="Pictures of a part at most: what a kill can cost an actor.")
    max_side: int = Field(960, ge=64, description="Longer side, in pixels, that the detector sees.")
    max_pixels: int = Field(50_000_000, ge=1, description="Larger pictures are refused before they are decoded.")
    recycle_after: int = Field(1000, ge=1, description="Pictures after which an actor makes its predictor anew.")
    passes: int = Field(3, ge=1, description="Times the job goes through what dead workers and nodes left unread.")
    stall_s: float = Field(1800, gt=0, description="Seconds without a finished block after which the job stops.")
    fetch_ahead: int = Field(4, ge=1, description="Pictures an actor fetches at once, ahead of the one it reads.")


def ocr_pictures(settings: OcrSettings) -> dict[str, Any]:
    """Run the job on the Ray cluster of this process; returns its report.

    Raises:
        JobError: nothing to read at `images`, `out` holds rows of other settings or cannot be written, or no worker
            starts.
    """
    report = JobReport(settings.job, settings=settings.model_dump(mode="json"))
    manifest, errors = read_manifest(settings.images)
    make_folder(settings.out)
    claim(settings.out, _recipe(settings))
    _count_before(settings, manifest, report)
    if len(remaining(manifest, settings.out)):
        connect(settings.profile)
        read_all(_plan(settings), manifest, report)
        nothing_stale = manifest.clear()  # what failed in this run is for the next one
        report.count("doubled", settle(nothing_stale, settings.out, settings.job)["doubled"])
    finished(settings.out)
    return _finish(settings, report, errors)


def _count_before(settings: OcrSettings, manifest: pl.DataFrame, report: JobReport) -> None:
    report.count("pictures", len(manifest))
    taken_out = settle(manifest, settings.out, settings.job, settings.prune)
    for why in ("replaced", "retried", "doubled", "gone"):
        report.count(why, taken_out[why])
    report.count("already_read", len(manifest) - len(remaining(manifest, settings.out)))
    report.count("lost_by_kill", lost_work(settings.out))


def _recipe(settings: OcrSettings) -> dict[str, Any]:
    """The settings that change what is read."""
    shaping = {"engine", "detection", "recognition", "recognition_batch", "max_side", "max_pixels"}
    return {**settings.model_dump(include=shaping), "models": settings.models_from or settings.models.ocr}


def _plan(settings: OcrSettings) -> OcrPlan:
    named_alike = {field.name for field in fields(OcrPlan)} - {"task"}
    return OcrPlan(_task(settings), **settings.model_dump(include=named_alike))


def _task(settings: OcrSettings) -> OcrTask:
    config = PaddleConfig(
        detection=settings.detection,
        recognition=settings.recognition,
        engine=settings.engine,
        device=settings.device,
        threads=settings.threads,
        max_side=settings.max_side,
        recognition_batch=settings.recognition_batch,
        recycle_after=settings.recycle_after,
    )
    return OcrTask(
        paddle=config,
        models=settings.models_from or settings.models.ocr,
        max_pixels=settings.max_pixels,
        web=settings.web,
        fetch_ahead=settings.fetch_ahead,
        out=settings.out,
    )


def _finish(settings: OcrSettings, report: JobReport, errors: list[ErrorRow]) -> dict[str, Any]:
    table = read_table(settings.out, OCR, settings.job, ["image_id", "error", "note"])
    failed, noted = table.drop_nulls("error"), table.drop_nulls("note")
    unread = [ErrorRow(settings.images, i, "picture", i, e) for i, e in failed.select("image_id", "error").iter_rows()]
    notes = [(i, note) for i, each in noted.select("image_id", "note").iter_rows() for note in each.split("; ")]
    read = [ErrorRow(settings.images, i, "picture", i, f"read though {note}") for i, note in notes]
    for error in (*errors, *unread):
        report.error(error.reason)
    report.count("noted", len(noted))
    report.more["notes"] = dict(Counter(note.split(":")[0] for _, note in notes))
    write_errors(settings.out, [*errors, *unread, *read])
    return report.finish(settings.out)


def main() -> None:
    """Command line: exits with 2 and a message where the job cannot start."""
    with clear_exit(OcrSettings.job):
        ocr_pictures(OcrSettings.from_cli())


if __name__ == "__main__":
    main()
