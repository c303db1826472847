"""Safety: where a text breaks one of the curated rules, each of which cites the law it rests on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from koubo.rubric.plain_text import PlainText, plain_text
from koubo.rubric.safety_rules import Rule, RuleError, Severity, load_rules, rules

__all__ = ["Breach", "Rule", "RuleError", "Severity", "find_breaches", "load_rules", "rules"]

_SENTENCE = re.compile(r"[^。！？\n]+")
_NEAR = 40
"""Parts that make a breach together stand within so many characters; farther apart they speak of different things."""
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Breach:
    """Words of a text that break a rule (``start``, ``end``: characters of the text)."""

    rule: str
    law: str
    severity: Severity
    note: str
    words: str
    start: int
    end: int


def find_breaches(text: str, among: Sequence[Rule] | None = None) -> tuple[Breach, ...]:
    """Return every breach in a text, in order; of two breaches of one rule that overlap, the first and longer."""
    plain = plain_text(text)
    found = [
        Breach(rule.id, rule.law, rule.severity, rule.note, text[start:end], start, end)
        for rule in (rules() if among is None else among)
        for start, end in (plain.span(*span) for span in _of_rule(rule, plain))
    ]
    return tuple(sorted(found, key=lambda b: (b.start, b.rule)))


def _of_rule(rule: Rule, plain: PlainText) -> list[Span]:
    """Find the breaches of one rule, as stretches of the plain form."""
    text = plain.text
    spans = [m.span() for pattern in rule.patterns for m in pattern.finditer(text)]
    spans += [span for parts in rule.together for span in _together(parts, text)]
    if not spans:
        return []
    harmless = [m.span() for pattern in rule.harmless for m in pattern.finditer(text)]
    harmless += _excused(rule.unless, text) if rule.unless else []
    return _apart(span for span in spans if not any(_overlap(span, other) for other in harmless))


def _together(parts: Sequence[re.Pattern[str]], text: str) -> Iterator[Span]:
    """Sentences in which every part occurs: from the first found to the last."""
    if all(part.search(text) for part in parts):
        for sentence in _SENTENCE.finditer(text):
            found = [part.search(text, *sentence.span()) for part in parts]
            spans = [one.span() for one in found if one]
            if len(spans) == len(parts):
                start, end = min(start for start, _ in spans), max(end for _, end in spans)
                if end - start <= _NEAR:
                    yield start, end


def _excused(unless: Sequence[re.Pattern[str]], text: str) -> list[Span]:
    """Sentences that hold one of the contexts in which a rule does not apply."""
    spans = [sentence.span() for sentence in _SENTENCE.finditer(text)]
    return [span for span in spans if any(context.search(text, *span) for context in unless)]


def _apart(spans: Iterator[Span]) -> list[Span]:
    """Of stretches that overlap keep the first, the longer of two that begin together."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda one: (one[0], -one[1])):
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
    return kept


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]
