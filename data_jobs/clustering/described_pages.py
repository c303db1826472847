"""The Ray actor that describes pages: OCR row and picture in, filter, vector and fingerprint out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray
from PIL import Image

from cluster.sentence_encoder import SentenceEncoder
from data_jobs.clustering.fingerprint import FINGERPRINT, fingerprint
from data_jobs.clustering.keypoints import KeypointFinder
from data_jobs.clustering.look import look
from data_jobs.clustering.page_filters import FilterLimits, filter_reason
from data_jobs.ocr.fetch import Fetcher
from data_jobs.ocr.picture_file import PictureError, passing
from data_jobs.ocr.picture_web import WebLimits

TEXT_LIMIT = 600
"""Characters of a page that its embedding is made from: the encoder's cost grows with them, its topic does not."""
BLANK = Image.new("RGB", (16, 16), "white")
DESCRIBED = pl.Schema(
    {
        "opened": pl.Boolean(),
        "unseen": pl.String(),
        "reason": pl.String(),
        "vector": pl.List(pl.Float32()),
        **FINGERPRINT,
    }
)
"""FINGERPRINT, and whether the picture could be opened, why one that OCR has read cannot be for now or null, the filter
it fails or null, its vector for k-means."""


@dataclass(frozen=True, slots=True)
class DescribeTask:
    """What an actor is started with. `look_weight` is the length of the look in a vector whose text has length 1."""

    embedder: str
    threads: int
    limits: FilterLimits
    max_pixels: int
    look_weight: float
    web: WebLimits


class DescribePages:
    """Rows of the OCR table with `path` in, DESCRIBED rows out."""

    def __init__(self, task: DescribeTask) -> None:
        """Load the embedder."""
        self._task = task
        self._embedder = SentenceEncoder(task.embedder, task.threads)
        self._finder, self._fetcher = KeypointFinder(), Fetcher(task.web)

    def __call__(self, batch: pa.Table) -> pa.Table:
        """Describe a batch of pages."""
        pages = batch.to_pylist()
        meanings = self._embedder.encode([page["text"][:TEXT_LIMIT] for page in pages])
        rows = [
            describe(page, meaning, self._task, self._finder, self._fetcher)
            for page, meaning in zip(pages, meanings, strict=True)
        ]
        return pl.DataFrame(rows, schema=DESCRIBED).to_arrow()


def describe(
    page: Mapping[str, Any],
    meaning: NDArray[np.float32],
    task: DescribeTask,
    finder: KeypointFinder,
    fetcher: Fetcher,
) -> dict[str, Any]:
    """The DESCRIBED row of one page.

    A picture that OCR has read and that cannot be fetched for a reason that can pass is judged by its text alone; one
    that is gone from where it was, or whose bytes are of no use any more, is unreadable.
    """
    lines = [(line["text"], line["height"]) for line in page["lines"]]
    image, error = (None, page["error"]) if page["error"] else _open(page["path"], fetcher, task.max_pixels)
    unseen = error if not page["error"] and _may_come_back(error) else None
    reason = filter_reason(task.limits, page["width"] or 0, page["height"] or 0, lines, None if unseen else error)
    shown, print_ = (image, page["lines"]) if image else (BLANK, [])
    return {
        "opened": image is not None,
        "unseen": unseen,
        "reason": reason,
        "vector": np.concatenate([meaning, task.look_weight * look(shown)]).astype(np.float32),
        **fingerprint(page["image_id"], page["path"] or "", shown, print_, reason is None, finder),
    }


def _open(path: str | None, fetcher: Fetcher, max_pixels: int) -> tuple[Image.Image | None, str | None]:
    if path is None:
        return None, "missing_file: OCR has it, --images has not"
    try:
        return fetcher.open(path, max_pixels), None
    except PictureError as error:
        return None, str(error)


def _may_come_back(error: str | None) -> bool:
    """Whether the picture is likely still there: a file that is missing was taken away by whoever keeps the folder."""
    return error is not None and passing(error) and not error.startswith("missing_file")
