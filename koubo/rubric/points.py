"""Targeted selling points: what is said of this product, and not of any other."""

from __future__ import annotations

import re
from dataclasses import dataclass

from koubo.reading import read
from koubo.rubric.scorecard import Criterion, CriterionScore, Evidence, ScoredScript, clamp
from koubo.rubric.sentences import grams
from koubo.script.brief import Brief
from koubo.script.slots import LABELLED, POINTS
from koubo.script.tables import words

SECONDS_A_POINT = 12
"""A script is expected to bring one point in so many seconds, four at most."""
MOST = 4
SAID = 0.5
"""A point is said when so much of its pairs of characters stand in the text: hosts say it in words of their own."""
_SLOTS = (*POINTS, *LABELLED)
_ITEMS = re.compile(r"[、，,/（）()；;\s]+")
_GENERIC = 3


def selling_points_score(text: ScoredScript, brief: Brief | None) -> CriterionScore:
    """Score how many of the product's points are said; without a brief, how many attributes are spoken of at all."""
    if brief is None:
        return _attributes(text)
    points = points_of(brief)
    brought, wanted = brought_points(text, brief)
    named = _is_named(text.written, brief)
    evidence = [
        Evidence(point, "said" if point in brought else "not_said", "a fact of the product") for point in points
    ]
    if not named:
        evidence.append(Evidence(brief.short_name, "not_named", "the product's name is not said"))
    if not points:
        evidence.append(Evidence("", "no_facts", "the catalogue and its pictures give no selling point to say"))
    share = min(1.0, len(brought) / wanted) if wanted else 0.0
    score = clamp(0.85 * share + 0.15 * named)
    return CriterionScore(Criterion.TARGETED_SELLING_POINTS, score, tuple(evidence))


def points_of(brief: Brief) -> tuple[str, ...]:
    """Return the product's points as they would be said, by priority."""
    return tuple(brief.available[slot] for slot in _SLOTS if slot in brief.available)


def brought_points(text: ScoredScript, brief: Brief) -> tuple[tuple[str, ...], int]:
    """Return the points that are said, and how many a script of that length is to say."""
    known, values = _Known.of(text), {fact.id: fact.value for fact in brief.facts}
    brought = []
    for slot in _SLOTS:
        if slot in brief.available and known.says(values.get(brief.chosen.get(slot, ""), brief.available[slot])):
            brought.append(brief.available[slot])
    return tuple(brought), min(len(points_of(brief)), MOST, max(1, brief.request.seconds // SECONDS_A_POINT))


@dataclass(frozen=True, slots=True)
class _Known:
    """A text in both forms, with its pairs of characters."""

    text: str
    pairs: frozenset[str]

    @classmethod
    def of(cls, text: ScoredScript) -> _Known:
        forms = text.written + "\n" + text.spoken
        return cls(forms, frozenset(grams(text.written, 2)) | frozenset(grams(text.spoken, 2)))

    def says(self, value: str) -> bool:
        """Say whether at least half of the items of a value (黑色、咖色、深灰) are said, as written or as spoken."""
        items = [item for item in _ITEMS.split(value) if grams(item, 1)]
        return bool(items) and 2 * sum(map(self._item, items)) >= len(items)

    def _item(self, item: str) -> bool:
        return item in self.text or any(self._share(form) >= SAID for form in (item, read(item).spoken))

    def _share(self, item: str) -> float:
        pairs = grams(item, 2)
        return sum(pair in self.pairs for pair in pairs) / len(pairs) if pairs else 0.0


def _is_named(written: str, brief: Brief) -> bool:
    """Say whether the product is told by its name or its brand."""
    return (bool(brief.brand) and brief.brand in written) or brief.short_name in written or brief.title in written


def _attributes(text: ScoredScript) -> CriterionScore:
    claims = [claim for claim in words("claims.yaml") if claim in text.written]
    found = tuple(Evidence(claim, "attribute", "no brief to compare with") for claim in claims)
    return CriterionScore(Criterion.TARGETED_SELLING_POINTS, clamp(len(claims) / _GENERIC), found)
