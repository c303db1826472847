"""What a viewer wants, by rules and word lists: data/intents.yaml, the topics of facts, and the product's own words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from koubo.catalog.answers import default_topics
from koubo.replies.tables import IntentRow, Strength, intent_rows
from koubo.script.expressions import one_of
from koubo.script.folded import flat


class Intent(StrEnum):
    """What a comment asks for. Of two that are as likely, the earlier one here counts."""

    ABUSE = "abuse"
    AFTER_SALES = "after_sales"
    COMPARISON = "comparison"
    PRICE = "price"
    DISCOUNT = "discount"
    SIZE = "size"
    STOCK = "stock"
    SHIPPING = "shipping"
    MATERIAL = "material"
    BUYING = "buying"
    FEATURE = "feature"
    OFF_TOPIC = "off_topic"


WEIGHT: Mapping[Strength, float] = {"sure": 0.9, "likely": 0.7, "hint": 0.4}
"""How much one matched group of patterns says for its intent, 0 to 1. Set by hand, tried on labelled comments."""
TOPIC = 0.7
NAMED = 0.6
"""What it says that the comment asks about a topic of facts, or names a label, a value or an answered question."""
UNKNOWN = 0.3
"""Confidence in off_topic where nothing matched at all."""


@dataclass(frozen=True, slots=True)
class Understood:
    """The intent of a comment, how sure (0 to 1), and the words of the rules that say so."""

    intent: Intent
    confidence: float
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Patterns:
    """The compiled patterns of one intent, by strength, and the topics of facts that mean it."""

    by_strength: Mapping[Strength, re.Pattern[str]]
    topics: frozenset[str]


def understand(
    comment: str, *, names_fact: bool = False, names_option: bool = False, names_other: bool = False
) -> Understood:
    """Return what a comment wants.

    Args:
        comment: as a viewer wrote it.
        names_fact: it names a label, a value or an answered question of the product.
        names_option: it names an option of the product's SKUs (墨绿, 2XL).
        names_other: it names another product.
    """
    text = flat(comment)
    shown = text + " <option>" * names_option + " <other>" * names_other
    found = {intent: _evidence(text, shown, rules) for intent, rules in _compiled().items()}
    if names_fact:
        found[Intent.FEATURE] = {**found[Intent.FEATURE], "a fact of the product": NAMED}
    scores = {intent: _together(evidence.values()) for intent, evidence in found.items()}
    best, second = sorted(scores, key=lambda intent: (-scores[intent], list(Intent).index(intent)))[:2]
    if scores[best] == 0:
        return Understood(Intent.OFF_TOPIC, UNKNOWN, ())
    confidence = scores[best] * (1 - scores[second] / 2)
    return Understood(best, round(confidence, 3), tuple(found[best]))


def _evidence(text: str, shown: str, rules: _Patterns) -> dict[str, float]:
    """Return the words that speak for an intent, each with its weight; of one strength only the first match counts.

    Words that match at two strengths count at the surer.
    """
    weakest_first = reversed(tuple(rules.by_strength.items()))
    matches = {strength: pattern.search(shown) for strength, pattern in weakest_first}
    found = {match.group(): WEIGHT[strength] for strength, match in matches.items() if match}
    asked = default_topics().asked(text) & rules.topics
    return found | {f"topic {topic}": TOPIC for topic in sorted(asked)[:1]}


def _together(weights: Iterable[float]) -> float:
    """Return how likely at least one of independent signs is right (noisy or)."""
    missed = 1.0
    for weight in weights:
        missed *= 1 - weight
    return 1 - missed


@cache
def _compiled() -> Mapping[Intent, _Patterns]:
    rows = intent_rows()
    return {intent: _compile(rows[intent]) for intent in Intent}


def _compile(row: IntentRow) -> _Patterns:
    strengths: tuple[tuple[Strength, Sequence[str]], ...] = (
        ("sure", row.sure),
        ("likely", row.likely),
        ("hint", row.hint),
    )
    by_strength = {name: one_of(patterns) for name, patterns in strengths if patterns}
    return _Patterns(by_strength, frozenset(row.topics))
