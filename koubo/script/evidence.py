"""What a product's own data says, and so bears a claim out: statements, no questions, nothing that is denied."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from koubo.catalog.facts import Fact, FactKind
from koubo.script.choose import NEVER_SAID
from koubo.script.seen import seen
from koubo.script.tables import words

if TYPE_CHECKING:
    from koubo.script.brief import Brief

_HEARSAY = frozenset({FactKind.REVIEW_QUOTE, FactKind.REVIEW_PRAISE, *NEVER_SAID})
"""A buyer's words support no claim of the host."""


def evidence(brief: Brief) -> str:
    """Return the statements of the product's data, one a line, in the plain form in which rules look at text."""
    stated = [brief.title, brief.short_name, brief.brand]
    stated += [line for fact in brief.facts if fact.kind not in _HEARSAY for line in _stated(fact)]
    return "\n".join(map(_line, stated))


def colours(brief: Brief) -> str:
    """Return where the product's data names its colours: title, colour attributes and SKUs; empty without any."""
    kinds = (FactKind.ATTRIBUTE, FactKind.IMAGE_ATTRIBUTE, FactKind.SKU_PRICE)
    named = [fact.label + fact.value for fact in brief.facts if fact.kind in kinds]
    return _line("\n".join((brief.title, *named)))


def _stated(fact: Fact) -> Iterator[str]:
    """A question states nothing, nor does the label of what is denied (是否防水: 否) or of a choice not taken."""
    yield fact.value
    if fact.kind is not FactKind.QUESTION_ANSWER and not _denies(fact.value):
        chosen = _pattern("grants").match(fact.value) or not _pattern("choices").search(fact.label)
        if chosen:
            yield f"{fact.label}：{fact.value}"


def _denies(value: str) -> bool:
    return _pattern("refuses").match(value.strip().casefold()) is not None


@cache
def _pattern(key: str) -> re.Pattern[str]:
    return re.compile("|".join(words("claim_patterns.yaml")[key]))


def _line(stated: str) -> str:
    """Words apart stay apart: the plain form would run them together, and 不起球 纯棉 denies no cotton."""
    return seen(re.sub(r"\s+", "，", re.sub(r"(?<=%)\s+", "", stated.strip()))).text
