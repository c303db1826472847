"""What a reading is made of: spans aligned with the written text, and the candidates they were chosen from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from koubo.reading import ssml
from koubo.reading.kinds import Kind


@dataclass(frozen=True, slots=True)
class Option:
    """One sayable reading of a span. ``score`` is a natural-log weight of the rules; higher is better."""

    kind: Kind
    spoken: str
    score: float


@dataclass(frozen=True, slots=True)
class Choice:
    """A span with every distinct reading it could have, best first. Offsets are characters of the written text."""

    start: int
    end: int
    written: str
    options: tuple[Option, ...]


class FastChooser(Protocol):
    """Scores the options of one choice in its context: one natural-log weight an option, in their order."""

    def scores(self, text: str, choice: Choice) -> list[float]:
        """Return ``len(choice.options)`` weights; the greatest is chosen."""
        ...


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of written text and what is said for it.

    ``start`` and ``end`` are characters of the written text, ``confidence`` (0 to 1) is the probability that people
    accept the reading (see ``koubo.reading.confidence``), ``alternatives`` are the other readings, best first.
    """

    start: int
    end: int
    written: str
    spoken: str
    kind: Kind
    confidence: float = 1.0
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Caption:
    """A piece of a caption line: what is shown, and what is said while it is shown."""

    shown: str
    spoken: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A text, how it is said, and the alignment: ``spoken`` is ``text`` with each span replaced, in order."""

    text: str
    spoken: str
    spans: tuple[Span, ...]

    def pieces(self) -> Iterator[tuple[str, Span | None]]:
        """Yield the text in order: ``(stretch, None)`` for what is said as written, ``(written, span)`` for a span."""
        at = 0
        for span in self.spans:
            if at < span.start:
                yield self.text[at : span.start], None
            yield span.written, span
            at = span.end
        if at < len(self.text):
            yield self.text[at:], None

    def captions(self) -> tuple[Caption, ...]:
        """Give the caption segments with both forms; joined, ``shown`` is the text and ``spoken`` the reading."""
        return tuple(Caption(shown, shown if span is None else span.spoken) for shown, span in self.pieces())

    def ssml(self) -> str:
        """Give W3C SSML 1.1 in which each span is ``<sub alias="spoken">written</sub>``.

        Characters that XML 1.0 forbids are left out, since no SSML document can hold them.
        """
        marked = (ssml.plain(t) if span is None else ssml.substituted(t, span.spoken) for t, span in self.pieces())
        return ssml.document("".join(marked))
