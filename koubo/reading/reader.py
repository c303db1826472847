"""Read a text: find the spans, choose a reading for each, keep what is already known."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from koubo.reading.confidence import confidence
from koubo.reading.finder import find, sentences
from koubo.reading.language import UnsupportedLanguage, cantonese
from koubo.reading.spans import Choice, FastChooser, Option, Reading, Span


def read(text: str, pinned: Sequence[Span] = (), *, chooser: FastChooser | None = None) -> Reading:
    """Read a written text aloud.

    ``pinned`` are spans of this text that arrive with ``spoken`` set: they are kept as they are, and the rest is read
    around them. ``chooser`` replaces the rules' own choice among the readings of a span. Raises ``ValueError`` where
    pinned spans overlap, leave the text, or do not stand where they say, and ``UnsupportedLanguage`` (a ``ValueError``)
    where a sentence is Cantonese.
    """
    known, choices = choices_around(text, pinned)
    return assemble(text, known, [decide(choice, text, chooser) for choice in choices])


def choices_around(text: str, pinned: Sequence[Span]) -> tuple[tuple[Span, ...], Iterator[Choice]]:
    """Return the pinned spans in order, and the choices of the text around them. Raises as ``read`` does."""
    check_language(text)
    known = _checked(text, pinned)
    return known, find(text, [(s.start, s.end) for s in known])


def check_language(text: str) -> None:
    """Raise ``UnsupportedLanguage`` for the first sentence of a text that cannot be read."""
    if not cantonese(text):
        return
    for sentence in sentences(text):
        marks = cantonese(sentence[0])
        if marks:
            raise UnsupportedLanguage(sentence[0], sentence.start(), marks)


def lattice(text: str) -> tuple[Choice, ...]:
    """Return every span of the text with all its sayable readings, best first by rule score."""
    return tuple(find(text))


def _checked(text: str, pinned: Sequence[Span]) -> tuple[Span, ...]:
    """Put pinned spans in order and refuse those that cannot be kept."""
    ordered = tuple(sorted(pinned, key=lambda s: s.start))
    at = 0
    for span in ordered:
        if not (at <= span.start < span.end <= len(text)) or text[span.start : span.end] != span.written:
            raise ValueError(
                f"pinned span {span.start}..{span.end} {span.written!r} overlaps another or does not stand there; "
                "give the offsets in characters of this text"
            )
        at = span.end
    return ordered


def decide(choice: Choice, text: str, chooser: FastChooser | None = None) -> Span:
    """Choose the reading of a span: the rules' first one, or the one that a chooser weighs most."""
    if chooser is not None:
        return settle(choice, chooser.scores(text, choice))
    first, *others = choice.options
    sure = confidence(choice.options)
    return Span(
        choice.start, choice.end, choice.written, first.spoken, first.kind, sure, tuple(o.spoken for o in others)
    )


def settle(choice: Choice, scores: Sequence[float]) -> Span:
    """Make a span of a choice and one natural-log weight for each of its options.

    Its confidence is the weights' share of the kind that was chosen. Raises ``ValueError`` where a weight is missing,
    is not a number, or is infinite.
    """
    if len(scores) != len(choice.options) or not all(map(math.isfinite, scores)):
        raise ValueError(
            f"scores {list(scores)} for the {len(choice.options)} readings of {choice.written!r}: give one finite "
            "number for each"
        )
    shares = normalised(scores)
    best = max(range(len(shares)), key=shares.__getitem__)
    chosen = choice.options[best]
    others = tuple(o.spoken for i, o in enumerate(choice.options) if i != best)
    sure = sum(share for share, option in zip(shares, choice.options, strict=True) if option.kind is chosen.kind)
    return Span(choice.start, choice.end, choice.written, chosen.spoken, chosen.kind, round(min(sure, 1.0), 4), others)


def normalised(scores: Sequence[float]) -> list[float]:
    """Turn natural-log weights into shares that add up to 1."""
    if len(scores) == 1:
        return [1.0]
    top = max(scores)
    weights = [math.exp(score - top) for score in scores]
    total = sum(weights)
    return [weight / total for weight in weights]


def lead(options: Sequence[Option]) -> float:
    """Return by how much the best option leads the second, as normalised shares (0 to 1)."""
    if len(options) < 2:
        return 1.0
    first, second = sorted(normalised([o.score for o in options]), reverse=True)[:2]
    return first - second


def assemble(text: str, known: Sequence[Span], decided: Iterable[Span]) -> Reading:
    """Put a reading together from pinned spans and decided ones, each in order; what reads as it stands is no span."""
    changed = [span for span in decided if span.spoken != span.written]
    spans = tuple(sorted((*known, *changed), key=lambda s: s.start) if known else changed)
    parts = []
    at = 0
    for span in spans:
        parts.append(text[at : span.start])
        parts.append(span.spoken)
        at = span.end
    parts.append(text[at:])
    return Reading(text, "".join(parts), spans)
