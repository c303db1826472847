"""The Ray actor that describes pages: OCR row and picture in, topic, filter, look and vector out."""

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
from data_jobs.look import GRID, colour_layout, perceptual_hash
from data_jobs.page_filters import FilterLimits, filter_reason
from data_jobs.picture import PictureError, open_picture
from data_jobs.topics import Meanings, TopicTable, decide, scores, similarities

TEXT_LIMIT = 600
"""Characters of a page that its embedding is made from: the encoder's cost grows with them, its topic does not."""
LAYOUT = GRID * GRID * 3
DESCRIBED = pl.Schema(
    {
        "image_id": pl.String(),
        "text": pl.String(),
        "topic": pl.String(),
        "reason": pl.String(),
        "pixels": pl.Int64(),
        "hash": pl.UInt64(),
        "look": pl.List(pl.Float32()),
        "vector": pl.List(pl.Float32()),
    }
)


@dataclass(frozen=True, slots=True)
class DescribeTask:
    """What an actor is started with. `look_weight` is the length of the look in a vector whose text has length 1."""

    embedder: str
    threads: int
    topics: TopicTable
    limits: FilterLimits
    max_pixels: int
    look_weight: float


class DescribePages:
    """Rows of the OCR table with `path` in, DESCRIBED rows out."""

    def __init__(self, task: DescribeTask) -> None:
        """Load the embedder and embed the topics' examples."""
        self._task = task
        self._embedder = SentenceEncoder(task.embedder, task.threads)
        self._meanings = embed_examples(task.topics, self._embedder)

    def __call__(self, batch: pa.Table) -> pa.Table:
        """Describe a batch of pages."""
        pages = batch.to_pylist()
        meanings = self._embedder.encode([page["text"][:TEXT_LIMIT] for page in pages])
        rows = [
            describe(page, meaning, self._task, self._meanings) for page, meaning in zip(pages, meanings, strict=True)
        ]
        return pl.DataFrame(rows, schema=DESCRIBED).to_arrow()


def embed_examples(table: TopicTable, embedder: SentenceEncoder) -> Meanings:
    """Vectors of the example sentences of the topics that have any."""
    return Meanings({t: embedder.encode(words.examples) for t, words in table.topics.items() if words.examples})


def describe(
    page: Mapping[str, Any], meaning: NDArray[np.float32], task: DescribeTask, meanings: Meanings
) -> dict[str, Any]:
    """The DESCRIBED row of one page; a picture that cannot be opened any more is unreadable."""
    lines = [(line["text"], line["height"]) for line in page["lines"]]
    image, error = (None, page["error"]) if page["error"] else _open(page["path"], task.max_pixels)
    width, height = page["width"] or 0, page["height"] or 0
    look = colour_layout(image) if image else np.zeros(LAYOUT, np.float32)
    counted = scores(task.topics, lines, similarities(meanings, meaning))
    return {
        "image_id": page["image_id"],
        "text": page["text"],
        "topic": decide(task.topics, page["text"], counted),
        "reason": filter_reason(task.limits, width, height, lines, error),
        "pixels": width * height,
        "hash": perceptual_hash(image) if image else 0,
        "look": look,
        "vector": np.concatenate([meaning, (look - 0.5) * (task.look_weight / np.sqrt(LAYOUT) * 2)]).astype(np.float32),
    }


def _open(path: str | None, max_pixels: int) -> tuple[Image.Image | None, str | None]:
    if path is None:
        return None, "missing_file: OCR has it, --images has not"
    try:
        return open_picture(path, max_pixels), None
    except PictureError as error:
        return None, str(error)
