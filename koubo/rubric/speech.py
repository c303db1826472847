"""How a text speaks, in numbers: what is measured of hosts, and of a text that is held against them.

Rates are per hundred said characters (hanzi, letters, digits of the spoken form).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from koubo.rubric.sentences import clauses, count_words, said, sentences, whole_sentences
from koubo.rubric.settings import SpeechWords

Worse = Literal["high", "low"]


@dataclass(frozen=True, slots=True)
class Feature:
    """One number of a text. ``worse`` says on which side of the hosts a text sounds less like one; ``rate`` whether it
    counts per hundred characters.
    """

    worse: Worse
    rate: bool
    measure: Callable[[str, SpeechWords], float]


def _clause_length(text: str, _: SpeechWords) -> float:
    parts = clauses(text)
    return sum(map(said, parts)) / max(len(parts), 1)


def _long_clauses(text: str, words: SpeechWords) -> float:
    """Share of the characters that stand in clauses longer than a breath."""
    parts = [said(part) for part in clauses(text)]
    return sum(length for length in parts if length > words.long_clause) / max(sum(parts), 1)


def _sentence_length(text: str, _: SpeechWords) -> float:
    parts = sentences(text)
    return sum(map(said, parts)) / max(len(parts), 1)


def _questions(text: str, _: SpeechWords) -> float:
    parts = whole_sentences(text)
    return sum(part.rstrip("”」").endswith(("？", "?")) for part in parts) / max(len(parts), 1)


def _rate(of: Callable[[SpeechWords], tuple[Sequence[str], Sequence[str]]]) -> Callable[[str, SpeechWords], float]:
    def measure(text: str, words: SpeechWords) -> float:
        return 100 * len(count_words(text, *of(words))) / max(said(text), 1)

    return measure


FEATURES: Mapping[str, Feature] = {
    "clause_length": Feature("high", False, _clause_length),
    "long_clauses": Feature("high", False, _long_clauses),
    "sentence_length": Feature("high", False, _sentence_length),
    "questions": Feature("low", False, _questions),
    "addresses": Feature("low", True, _rate(lambda words: (words.address, ()))),
    "pronouns": Feature("low", True, _rate(lambda words: (words.pronouns, ()))),
    "particles": Feature("low", True, _rate(lambda words: (tuple(words.particles), words.not_particles))),
    "colloquial": Feature("low", True, _rate(lambda words: (words.colloquial, ()))),
    "connectives": Feature("high", True, _rate(lambda words: (words.connectives, ()))),
    "bookish": Feature("high", True, _rate(lambda words: (words.bookish, (*words.not_bookish, *words.connectives)))),
}


def measure(text: str, words: SpeechWords) -> dict[str, float]:
    """Return every feature of a spoken text, by name."""
    return {name: feature.measure(text, words) for name, feature in FEATURES.items()}


def windows(text: str, size: int) -> list[str]:
    """Cut a text between clauses into pieces of about ``size`` said characters; what is left over is dropped."""
    found, at, start, length = [], 0, 0, 0
    for clause in clauses(text):
        at = text.index(clause, at) + len(clause)
        length += said(clause)
        if length >= size:
            end = at + 1  # with the mark after it
            found.append(text[start:end])
            start, length = end, 0
    return found
