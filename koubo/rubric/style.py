"""How a text sounds: format, oral style, richness. Statistics only; nothing here knows the product."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from koubo.rubric.scorecard import Criterion, CriterionScore, Evidence, ScoredScript
from koubo.rubric.settings import Rubric

CHARS_PER_SECOND = 4.5
ORDER = ("hook", "need", "selling_points", "proof", "offer", "closing")
NEEDED = ("hook", "selling_points", "offer", "closing")
_LITTER = re.compile(
    r"\{[^}]*\}|\*\*|(?<!\w)[#*_]+|[`|]|<[^>]+>|https?://\S+|【[^】]*】|\[[^\]]*\]|[\U0001F300-\U0001FAFF]|\\n|^\d+[.、]",
    re.MULTILINE,
)
_CLAUSE = re.compile(r"[，。！？!?；;、,\s]+")
_SENTENCE = re.compile(r"[。！？!?\n]+")
_SAID = re.compile("[\u4e00-\u9fffA-Za-z0-9]")


def clamp(value: float) -> float:
    """Keep a score between 0 and 1."""
    return round(max(0.0, min(1.0, value)), 4)


def sentences(text: str) -> list[str]:
    """Split a text into sentences without their marks."""
    return [part.strip() for part in _SENTENCE.split(text) if part.strip()]


def said(text: str) -> int:
    """Count the characters that take time to say."""
    return len(_SAID.findall(text))


def format_score(text: ScoredScript, seconds: int | None) -> CriterionScore:
    """Score sections in their order, a clean text, and the length asked for (``seconds``; None: any)."""
    evidence = [
        Evidence(m.group(), "litter", "not sayable: markup, slot, link or symbol")
        for m in _LITTER.finditer(text.written)
    ]
    score = 1.0 - 0.2 * len(evidence)
    if not text.written.strip():
        return CriterionScore(Criterion.FORMAT, 0.0, (Evidence("", "empty", "there is no text"),))
    if text.written.strip()[-1] not in "。！？!?”~～":
        evidence.append(Evidence(text.written.strip()[-8:], "end", "the last sentence is not finished"))
        score -= 0.1
    for found, cost in (_sections(text, seconds), _length(text, seconds)):
        evidence += found
        score -= cost
    return CriterionScore(Criterion.FORMAT, clamp(score), tuple(evidence))


def _sections(text: ScoredScript, seconds: int | None) -> tuple[list[Evidence], float]:
    """Name missing sections, and sections out of order."""
    kinds = [section.kind for section in text.sections if section.kind is not None]
    if len(kinds) < 2:
        return [], 0.0
    needed = NEEDED if seconds is None or seconds >= 18 else ("hook", "offer", "closing")
    found = [Evidence(kind, "missing_section", "a script needs it") for kind in needed if kind not in kinds]
    firsts = [ORDER.index(kind) for kind in dict.fromkeys(kinds) if kind in ORDER]
    if firsts != sorted(firsts):
        found.append(Evidence(" ".join(kinds), "order", "sections do not follow " + " ".join(ORDER)))
    return found, 0.25 * len(found)


def _length(text: ScoredScript, seconds: int | None) -> tuple[list[Evidence], float]:
    """Compare the spoken length with the one asked for; up to 15% off costs nothing."""
    if seconds is None:
        return [], 0.0
    is_seconds = said(text.spoken) / CHARS_PER_SECOND
    off = abs(is_seconds - seconds) / seconds
    if off <= 0.15:
        return [], 0.0
    return [Evidence(f"{is_seconds:.0f} s", "length", f"{seconds} s were asked for")], min(0.5, off)


def oral_style_score(text: ScoredScript, rubric: Rubric) -> CriterionScore:
    """Score short clauses, spoken words, the audience spoken to, particles."""
    spoken = text.spoken
    clauses = [part for part in _CLAUSE.split(spoken) if part]
    if not clauses:
        return CriterionScore(Criterion.ORAL_STYLE, 0.0, ())
    mean = sum(map(said, clauses)) / len(clauses)
    long = [part for part in clauses if said(part) > rubric.long_clause]
    bookish = _bookish(spoken, rubric)
    address = sum(spoken.count(word) for word in rubric.address)
    particles = sum(spoken.count(mark) for mark in rubric.particles)
    hundred = max(said(spoken), 1) / 100
    parts = (
        (0.35, clamp(1.25 - mean / (4 * rubric.clause_characters) - len(long) / len(clauses))),
        (0.30, clamp(1 - 0.6 * len(bookish) / max(hundred, 1))),
        (0.20, clamp(address / max(1.0, hundred))),
        (0.15, clamp(particles / hundred / rubric.particles_per_100)),
    )
    evidence = [Evidence(word, "bookish", "written, not said") for word in bookish]
    evidence += [Evidence(part, "long_clause", f"{said(part)} characters without a breath") for part in long]
    evidence += [] if address else [Evidence("", "no_address", "nobody is spoken to")]
    note = f"{mean:.1f} characters a clause, {address} addresses, {particles} particles"
    evidence.append(Evidence("", "statistics", note))
    return CriterionScore(Criterion.ORAL_STYLE, clamp(sum(w * s for w, s in parts)), tuple(evidence))


def _bookish(text: str, rubric: Rubric) -> list[str]:
    for word in rubric.not_bookish:
        text = text.replace(word, "□" * len(word))
    found: list[str] = []
    for word in sorted(rubric.bookish, key=len, reverse=True):
        found += [word] * text.count(word)
        text = text.replace(word, "□" * len(word))
    return found


def richness_score(text: ScoredScript) -> CriterionScore:
    """Score distinct characters and pairs (distinct-1, distinct-2), and sentences that return."""
    letters = _SAID.findall(text.written)
    if len(letters) < 2:
        return CriterionScore(Criterion.RICHNESS, 0.0, ())
    pairs = [one + two for one, two in pairwise(letters)]
    first, second = len(set(letters)) / len(letters), len(set(pairs)) / len(pairs)
    repeated = _repeated(sentences(text.written))
    share = sum(count - 1 for _, count in repeated) / max(len(sentences(text.written)), 1)
    expected = 0.95 - 0.1 * min(len(letters), 1000) / 400  # longer texts say characters again
    score = clamp(1 - 2.2 * max(0.0, expected - second)) - 1.5 * share
    evidence = [
        Evidence("", "distinct", f"distinct-1 {first:.2f}, distinct-2 {second:.2f} of {len(letters)} characters")
    ]
    evidence += [Evidence(words, "repeated", f"said {count} times") for words, count in repeated]
    return CriterionScore(Criterion.RICHNESS, clamp(score), tuple(evidence))


def _repeated(parts: Sequence[str]) -> list[tuple[str, int]]:
    return [(words, count) for words, count in Counter(parts).items() if count > 1 and len(words) > 3]
