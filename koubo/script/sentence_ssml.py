"""The SSML of one sentence: what is said for each number, what is stressed, and the pause after it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from koubo.reading import Reading, ssml


class Stressed(Protocol):
    """A stretch of the written text (characters) that begins and ends outside spans, and its level in SSML."""

    @property
    def start(self) -> int:
        """Where it begins."""

    @property
    def end(self) -> int:
        """Where it ends."""

    @property
    def level(self) -> str:
        """``strong`` or ``moderate``."""


def sentence_ssml(reading: Reading, stressed: Sequence[Stressed], pause: float) -> str:
    """Return a W3C SSML 1.1 document: one ``<s>``, then a ``<break>`` of ``pause`` seconds.

    ``stressed`` are in order and apart. With each ``<sub>`` read as its alias, the text is the reading's spoken form.
    """
    body, at = "", 0
    for stretch in stressed:
        said = _marked(reading, stretch.start, stretch.end)
        body += _marked(reading, at, stretch.start) + f'<emphasis level="{stretch.level}">{said}</emphasis>'
        at = stretch.end
    body += _marked(reading, at, len(reading.text))
    return ssml.document(f'<s>{body}</s><break time="{round(pause * 1000)}ms"/>')


def _marked(reading: Reading, start: int, end: int) -> str:
    """Mark up a stretch of a reading."""
    body, at = "", start
    for span in reading.spans:
        if start <= span.start and span.end <= end:
            body += ssml.plain(reading.text[at : span.start]) + ssml.substituted(span.written, span.spoken)
            at = span.end
    return body + ssml.plain(reading.text[at:end])
