"""Whether a fact is the kind of answer that a question wants: 多久 wants a time, and 刷头*3 is none."""

from __future__ import annotations

import re
from functools import cache

from koubo.catalog.facts import Fact, FactKind
from koubo.replies.tables import expected
from koubo.script.folded import flat, plain
from koubo.script.guard_lists import one_of


def is_expected(comment: str, fact: Fact) -> bool:
    """Say whether a fact has what every answer to the comment's kind of question has; see data/intents.yaml."""
    text = flat(comment)
    words = plain(fact.value if fact.kind is FactKind.QUESTION_ANSWER else f"{fact.label} {fact.value}").casefold()
    return all(holds.search(words) for asks, holds in _kinds() if asks.search(text))


@cache
def _kinds() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    return tuple((one_of(row.asks), one_of(row.holds)) for row in expected().values())
