"""The Ray actor that reads pictures: it opens them itself, so that only addresses and text travel between nodes."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import partial

import polars as pl
import pyarrow as pa
from ray.util.metrics import Counter, Histogram

from cluster.models import resolve
from data_jobs.paddle import PaddleConfig, PaddleReader
from data_jobs.page import read_page
from data_jobs.schemas import OCR

SECONDS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60]


@dataclass(frozen=True, slots=True)
class OcrTask:
    """What an actor is started with: the predictor's configuration, the source of its models, the size limit."""

    paddle: PaddleConfig
    models: str
    max_pixels: int


class OcrPages:
    """Rows of the manifest in, rows of the OCR table out; one predictor, warm before the first batch."""

    def __init__(self, task: OcrTask) -> None:
        """Resolve the models on this node and load them."""
        self._task = task
        self._reader = PaddleReader(replace(task.paddle, folder=str(resolve(task.models))))
        self._reader.warm()
        self._pages = Counter("koubo_ocr_pages", description="Pictures read, by outcome.", tag_keys=("outcome",))
        self._seconds = Histogram("koubo_ocr_page_seconds", description="Seconds a picture took.", boundaries=SECONDS)

    def __call__(self, batch: pa.Table) -> pa.Table:
        """Read a batch of pictures, one after the other."""
        read = partial(
            read_page,
            read=self._reader.lines,
            max_side=self._task.paddle.max_side,
            max_pixels=self._task.max_pixels,
        )
        rows = []
        for picture in batch.to_pylist():
            started = time.perf_counter()
            rows.append(read(picture["image_id"], picture["path"]) | {"stamp": picture["stamp"]})
            self._observe(rows[-1]["error"], time.perf_counter() - started)
        return pl.DataFrame(rows, schema=OCR).to_arrow()

    def _observe(self, error: str | None, seconds: float) -> None:
        self._pages.inc(tags={"outcome": error.split(":")[0] if error else "read"})
        self._seconds.observe(seconds)
