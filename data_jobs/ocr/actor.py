"""The Ray actor that reads pictures: it opens them and writes its parts itself, so that only addresses travel."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import polars as pl
import pyarrow as pa
import ray
from ray.actor import ActorHandle
from ray.exceptions import RayError
from ray.util.metrics import Counter, Histogram

from cluster.models import resolve
from data_jobs.ocr.copies import COPY
from data_jobs.ocr.fetch import Fetched, Fetcher
from data_jobs.ocr.paddle import PaddleConfig, PaddleReader
from data_jobs.ocr.page import failed, read_page
from data_jobs.ocr.picture import disguise
from data_jobs.ocr.picture_web import WebLimits
from data_jobs.parts import write_part
from data_jobs.schemas import OCR

SECONDS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60]
BLOCK_READ = pl.Schema(
    {
        "rows": pl.Int64(),
        "lines": pl.Int64(),
        "errors": pl.List(pl.String()),
        "copies": pl.List(pl.Struct(COPY)),
        "failure": pl.String(),
    }
)
"""What the driver is told of a block: rows written, lines in them, reasons of errors, copies that were not read, and
why the part could not be written ("" where it was)."""


@dataclass(frozen=True, slots=True)
class OcrTask:
    """What an actor is started with: predictor, source of its models, limits, and where its parts go."""

    paddle: PaddleConfig
    models: str
    max_pixels: int
    web: WebLimits
    fetch_ahead: int
    out: str


class OcrPages:
    """Blocks of the manifest in, parts of the OCR table written; one predictor, warm before the first block."""

    def __init__(self, task: OcrTask, ledger: ActorHandle) -> None:
        """Resolve the models on this node, load them, and report to the ledger."""
        self._task, self._ledger = task, ledger
        self._fetcher = Fetcher(task.web, task.fetch_ahead)
        self._reader = PaddleReader(replace(task.paddle, folder=str(resolve(task.models))))
        self._reader.warm()
        here = ray.get_runtime_context()
        self._me = (here.get_node_id(), os.getpid())
        ledger.arrive.remote(*self._me, here.get_accelerator_ids().get("GPU", []))
        self._pages = Counter("koubo_ocr_pages", description="Pictures done, by outcome.", tag_keys=("outcome",))
        self._recycled = Counter("koubo_ocr_recycles", description="Predictors made anew.")
        self._seconds = Histogram("koubo_ocr_page_seconds", description="Seconds a picture took.", boundaries=SECONDS)

    def __call__(self, batch: pa.Table) -> pa.Table:
        """Read a block of pictures (one row, see `as_one_row`) and write it as one part; gives a row of BLOCK_READ."""
        rows, copies = [], []
        for picture, fetched in self._fetcher.fetch_all(batch["pictures"][0].as_py()):
            if self._is_mine(picture["image_id"], fetched):
                rows.append(self._read(picture, fetched))
            else:
                copies.append(_copy(picture, fetched))
                self._pages.inc(tags={"outcome": "copy"})
        return self._write(pl.DataFrame(rows, schema=OCR), copies)

    def _is_mine(self, image_id: str, fetched: Fetched) -> bool:
        if fetched.digest is None:
            return True
        try:
            return bool(ray.get(self._ledger.claim.remote(*self._me, image_id, fetched.digest)))
        except RayError:  # the ledger is lost or on its way back: reading a picture twice is no harm
            return True

    def _read(self, picture: Mapping[str, Any], fetched: Fetched) -> dict[str, Any]:
        started, recycles = time.perf_counter(), self._reader.recycles
        image_id, path = picture["image_id"], picture["path"]
        if fetched.error is not None:
            row = failed(image_id, fetched.error)
        else:
            limits = (self._task.paddle.max_side, self._task.max_pixels)
            row = read_page(image_id, path, fetched.content, self._reader.lines, *limits)
        self._observe(row["error"], time.perf_counter() - started)
        if self._reader.recycles > recycles:
            self._recycled.inc(self._reader.recycles - recycles)
            self._ledger.recycled.remote(*self._me, self._reader.recycles)
        return row | {"stamp": picture["stamp"], "digest": fetched.digest}

    def _observe(self, error: str | None, seconds: float) -> None:
        self._pages.inc(tags={"outcome": error.split(":")[0] if error else "read"})
        self._seconds.observe(seconds)

    def _tell_written(self, number: int) -> None:
        with suppress(RayError):
            ray.get(self._ledger.wrote.remote(number))

    def _write(self, table: pl.DataFrame, copies: Sequence[Mapping[str, Any]]) -> pa.Table:
        failure = ""
        try:
            if len(table):
                write_part(self._task.out, table)
                self._tell_written(int(table["digest"].count()))
        except Exception as error:  # the driver stops the job for it; raised here, Ray would read the block again
            failure, table = f"{type(error).__name__}: {error}", table.clear()
        told = {
            "rows": len(table),
            "lines": int(table["lines"].list.len().sum()),
            "errors": [error.split(":")[0] for error in table["error"].drop_nulls()],
            "copies": copies,
            "failure": failure,
        }
        return pl.DataFrame([told], schema=BLOCK_READ).to_arrow()


def _copy(picture: Mapping[str, Any], fetched: Fetched) -> dict[str, Any]:
    """A row of COPY."""
    return {
        "image_id": picture["image_id"],
        "stamp": picture["stamp"],
        "digest": fetched.digest,
        "disguise": disguise(fetched.content, picture["path"]),
    }
