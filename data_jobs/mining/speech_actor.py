"""The Ray actor that reads transcripts: a file in, its sentences with function and reason out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import fsspec
import polars as pl
import pyarrow as pa
from ray.util.metrics import Counter

from cluster.sentence_encoder import SentenceEncoder
from data_jobs.schemas import EXEMPLARS
from koubo.voices.exemplars import function_refusal, lines_of
from koubo.voices.functions import function_of, nearness, planned_lines
from koubo.voices.transcripts import TranscriptError, read_transcript

UNREAD = "unread"
"""Reason of the one row that a file gives which holds no speech."""


@dataclass(frozen=True, slots=True)
class SpeechTask:
    """What an actor is started with; see the job's settings."""

    embedder: str
    threads: int
    names: tuple[str, ...]
    persona: str
    confidence: float
    file_bytes: int


class ReadSpeech:
    """Rows with `file` and `path` in, EXEMPLARS rows out."""

    def __init__(self, task: SpeechTask) -> None:
        """Load the embedder and embed the planned lines of each function."""
        self._task = task
        self._encoder = SentenceEncoder(task.embedder, task.threads)
        self._planned = {name: self._encoder.encode(lines) for name, lines in planned_lines().items()}
        self._lines = Counter("koubo_speech_lines", description="Lines of hosts, by outcome.", tag_keys=("outcome",))

    def __call__(self, batch: pa.Table) -> pa.Table:
        """Read a batch of files."""
        rows = [row for file in batch.to_pylist() for row in self._rows(file["file"], file["path"])]
        for row in rows:
            self._lines.inc(tags={"outcome": row["reason"].split(":")[0] if row["reason"] else "kept"})
        return pl.DataFrame(rows, schema=EXEMPLARS).to_arrow()

    def _rows(self, file: str, path: str) -> list[dict[str, Any]]:
        try:
            return list(self._read(file, path))
        except (OSError, UnicodeDecodeError, TranscriptError) as error:
            return [dict.fromkeys(EXEMPLARS) | {"id": file, "file": file, "reason": f"{UNREAD}: {error}"}]

    def _read(self, file: str, path: str) -> Iterator[dict[str, Any]]:
        speeches = read_transcript(file, read_text(path, self._task.file_bytes))
        lines = [(speech, line) for speech in speeches for line in lines_of(speech, self._task.names)]
        near = nearness(self._encoder.encode([line.sentence.text for _, line in lines]), self._planned)
        for (speech, line), close in zip(lines, near, strict=True):
            text = line.sentence.text
            function, confidence = function_of(text, close.tolist(), speech.function)
            yield {
                "id": f"said-{hashlib.sha256(text.encode()).hexdigest()[:12]}",
                "function": function,
                "text": text,
                "persona": speech.persona or self._task.persona,
                "confidence": confidence,
                "file": file,
                "place": speech.place,
                "start": line.sentence.start,
                "reason": line.reason or function_refusal(text, function, confidence, self._task.confidence),
            }


def read_text(path: str, most: int) -> str:
    """The text of a file: UTF-8 (with or without BOM), else GB18030.

    Raises:
        TranscriptError: it is larger than `most` bytes.
        UnicodeDecodeError: it is neither.
    """
    with fsspec.open(path, "rb") as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise TranscriptError(f"larger than {most} bytes")
    try:
        return str(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return str(content.decode("gb18030"))
