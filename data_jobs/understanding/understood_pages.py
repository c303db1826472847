"""The Ray actor that understands pages by rules and sentence embeddings: OCR rows in, UNDERSTOOD rows out."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray
from ray.util.metrics import Counter, Histogram

from cluster.sentence_encoder import SentenceEncoder
from data_jobs.schemas import UNDERSTOOD
from data_jobs.understanding.sentences import sentences
from data_jobs.understanding.summary import candidates, summarize
from data_jobs.understanding.topics import Meanings, TopicTable, choose, embed_examples, scores, similarities
from koubo.catalog.page_facts import Statement, statements_of_page

TEXT_LIMIT = 600
"""Characters of a page that its meaning is taken from: the encoder's cost grows with them, a page's topic does not."""
SECONDS = [0.01, 0.03, 0.1, 0.3, 1, 3, 10]
MADE = pl.Schema({**UNDERSTOOD, "made_from": pl.String()})
"""The columns of a part: those of the table, and what the row was made from."""


@dataclass(frozen=True, slots=True)
class UnderstandTask:
    """What an actor is started with."""

    embedder: str
    threads: int
    topics: TopicTable


class UnderstandPages:
    """Rows of the OCR table with their `made_from` in, MADE rows out."""

    def __init__(self, task: UnderstandTask) -> None:
        """Load the embedder and embed the topics' examples."""
        self._topics = task.topics
        self._encoder = SentenceEncoder(task.embedder, task.threads)
        self._meanings = embed_examples(task.topics, self._encoder.encode)
        self._pages = Counter("koubo_understood_pages", description="Pages understood, by topic.", tag_keys=("topic",))
        self._seconds = Histogram("koubo_understand_page_seconds", description="Seconds a page.", boundaries=SECONDS)

    def __call__(self, batch: pa.Table) -> pa.Table:
        """Understand a batch of pages."""
        started, pages = time.perf_counter(), batch.to_pylist()
        meanings = self._encoder.encode([page["text"][:TEXT_LIMIT] for page in pages])
        rows = [self._row(page, meaning) for page, meaning in zip(pages, meanings, strict=True)]
        self._seconds.observe((time.perf_counter() - started) / max(1, len(pages)))
        return pl.DataFrame(rows, schema=MADE).to_arrow()

    def _row(self, page: Mapping[str, Any], meaning: NDArray[np.float32]) -> dict[str, Any]:
        row = understand(page, meaning, self._topics, self._meanings, self._encoder)
        self._pages.inc(tags={"topic": row["topic"]})
        return row | {"made_from": page["made_from"]}


def understand(
    page: Mapping[str, Any],
    meaning: NDArray[np.float32],
    topics: TopicTable,
    meanings: Meanings,
    encoder: SentenceEncoder,
) -> dict[str, Any]:
    """The UNDERSTOOD row of an OCR row; `meaning` is the unit vector of its text.

    Never raises for a page: what goes wrong is in the row's `error`, as `reason: detail`.
    """
    if page["error"]:
        return unreadable(page["image_id"], page["error"])
    try:
        lines = page["lines"]
        printed = [(line["text"], line["height"]) for line in lines]
        choice = choose(topics, page["text"], scores(topics, printed, similarities(meanings, meaning)))
        worth = candidates(sentences(lines), topics.silent, choice.topic)
        summary = summarize(worth, encoder.encode([one.text for one in worth]), body_print(lines)) if worth else ""
        return {
            "image_id": page["image_id"],
            "topic": choice.topic,
            "confidence": round(choice.confidence, 3),
            "summary": summary,
            "statements": statement_rows(statements_of_page(lines, choice.topic)),
            "method": "rules",
            "error": None,
        }
    except Exception as error:  # of one page: it must not stop the others
        return unreadable(page["image_id"], f"understanding_failed: {type(error).__name__}: {error}")


def unreadable(image_id: str, error: str) -> dict[str, Any]:
    """The row of a picture that could not be read or understood."""
    nothing = {"topic": "other", "confidence": 0.0, "summary": "", "statements": []}
    return {"image_id": image_id, **nothing, "method": "unreadable", "error": error}


def statement_rows(statements: Sequence[Statement]) -> list[dict[str, Any]]:
    """Statements as `schemas.STATEMENT` structs."""
    return [asdict(said) | {"kind": said.kind.value, "box": [[*point] for point in said.box]} for said in statements]


def body_print(lines: Sequence[Mapping[str, Any]]) -> float:
    """Height in pixels of the page's body print: half of its letters stand in print no higher; 0 without letters."""
    sized = sorted((line["height"], sum(map(str.isalnum, line["text"]))) for line in lines)
    half, seen = sum(letters for _, letters in sized) / 2, 0
    for height, letters in sized:
        seen += letters
        if letters and seen >= half:
            return float(height)
    return 0.0
