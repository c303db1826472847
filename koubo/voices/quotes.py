"""Lines of reviews that a host may read aloud: whole sentences of plain praise, nothing about anybody or any shop."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from koubo.catalog.records import Review
from koubo.rubric.safety import find_breaches
from koubo.script.numerals import find_numbers
from koubo.voices.lexicon import AGAIN, WHOLE, Lexicon
from koubo.voices.opinions import Clause
from koubo.voices.polarity import review_score

CHARACTERS = range(8, 37)
GOOD_RATING = 4.0
LEAST_CONTENT = 1.0
"""Score of a review (see `polarity`) from which on its buyer is content on the whole."""
_GOOD_LENGTH = 18
_LEAST_RANK = 1.0
"""Below this a line says nothing of the product that another line would not say of any."""
_SENTENCE = re.compile(r"[^。；;！!？?~～…\n]+")
_SPACE = re.compile(r"\s*[,，]+\s*|(?<=[\u4e00-\u9fff，])\s+(?=[\u4e00-\u9fff])")
_PLAIN = re.compile(r"[\u4e00-\u9fff，、]+")


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence of a review: what may be said of it, the aspects it praises, its rank (larger is better)."""

    text: str
    aspects: tuple[str, ...]
    rank: float


@dataclass(frozen=True, slots=True)
class Lines:
    """The quotable lines of a review, and why each other sentence with praise in it is none."""

    kept: tuple[Line, ...]
    refused: tuple[str, ...]


def quotable_lines(review: Review, clauses: Sequence[Clause], lexicon: Lexicon) -> Lines:
    """The sentences of a review that may be quoted.

    `clauses` are those of the review's text. A review rated below 4, or that complains about as much as it
    praises, gives none.
    """
    if not _content(review, clauses):
        return Lines((), ("complaint",) if any(o.polarity > 0 for c in clauses for o in c.opinions) else ())
    kept: list[Line] = []
    refused: list[str] = []
    for found in _SENTENCE.finditer(review.text):
        within = [c for c in clauses if c.start >= found.start() and c.end <= found.end()]
        if not any(c.opinions for c in within):
            continue
        text = _SPACE.sub("，", found.group()).strip(" ，、,\t\r　")
        if reason := _unclear(within) or refusal(text):
            refused.append(reason)
            continue
        line = _line(text, within, lexicon)
        if line is None:
            refused.append("plain")
        else:
            kept.append(line)
    return Lines(tuple(kept), tuple(refused))


def _content(review: Review, clauses: Sequence[Clause]) -> bool:
    """Whether the buyer is content: by the stars where there are any, else by the words."""
    score = review_score(clauses)
    return score >= LEAST_CONTENT if review.rating is None else review.rating >= GOOD_RATING and score > 0


def refusal(text: str) -> str | None:
    """Why a sentence may not be read on air, by quotes.yaml and the rules of advertising; None if it may."""
    if len(text) not in CHARACTERS:
        return "length"
    if not _PLAIN.fullmatch(text):
        return "characters"
    if find_numbers(text):
        return "number"
    if find_breaches(text):
        return "law"
    return next((reason for reason, pattern in _refused() if pattern.search(text)), None)


def may_be_kept(text: str) -> bool:
    """Whether words of a complaint may be shown to a person who answers it: nobody's data, no abuse."""
    patterns = dict(_refused())
    return not (re.search(r"[0-9A-Za-z@]", text) or patterns["personal"].search(text) or patterns["abuse"].search(text))


def _unclear(clauses: Sequence[Clause]) -> str | None:
    if any(o.polarity < 0 for c in clauses for o in c.opinions):
        return "complaint"
    if any(c.contrast or c.question or c.reproach or c.wish or c.asked for c in clauses):
        return "doubt"
    return None


def _line(text: str, clauses: Sequence[Clause], lexicon: Lexicon) -> Line | None:
    """The line with its rank: aspects of the product, few idle clauses, a handy length; None if it is plain."""
    aspects = tuple(dict.fromkeys(o.aspect for c in clauses for o in c.opinions))
    concrete = [a for a in aspects if a not in (WHOLE, AGAIN) and a in lexicon.of_product]
    said = sum(bool(c.opinions) for c in clauses) / len(clauses)
    length = abs(len(text) - _GOOD_LENGTH) / _GOOD_LENGTH
    rank = min(len(concrete), 3) + said - length
    return Line(text, aspects, round(rank, 3)) if concrete and said >= 0.5 and rank >= _LEAST_RANK else None


@cache
def _refused() -> tuple[tuple[str, re.Pattern[str]], ...]:
    text = files("koubo.voices").joinpath("data", "quotes.yaml").read_text(encoding="utf-8")
    return tuple((reason, _any(patterns)) for reason, patterns in yaml.safe_load(text).items())


def _any(patterns: Sequence[str]) -> re.Pattern[str]:
    """One expression of several; their back references are counted from their own start."""
    return re.compile("|".join(f"(?:{shifted})" for shifted in _shifted(patterns)))


def _shifted(patterns: Sequence[str]) -> Iterator[str]:
    groups = 0
    for pattern in patterns:
        parts = re.split(r"\\(\d)", pattern)  # every second part is the number of a group
        yield "".join(f"\\{int(part) + groups}" if place % 2 else part for place, part in enumerate(parts))
        groups += re.compile(pattern).groups
