"""Whether a fact is the kind of answer that a question wants: 多久 wants a time, and 刷头*3 is none."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

from koubo.catalog.answers import default_topics
from koubo.catalog.facts import Fact, FactKind
from koubo.replies.measures import measures
from koubo.replies.tables import expected, predicates
from koubo.script.expressions import one_of
from koubo.script.folded import flat, plain

_MONTHS = re.compile("([0-9]+)个月(?!内)")
"""Of a child: an age is no size of what is sold."""
_FILLER = re.compile(r"[吗呢啊呀吧哦哈嘛么了的是这个那有没不请问可以能会要用\s，。！,.?!~]+")


def is_expected(comment: str, fact: Fact) -> bool:
    """Say whether a fact has what every answer to the comment's kind of question has; see data/intents.yaml.

    It has a word of what is asked (起球, 透), and where it is an answered question, the comment has the question's.
    """
    text, words = flat(comment), _words(fact)
    answer = plain(fact.value).casefold() if fact.kind is FactKind.QUESTION_ANSWER else words
    if not all(holds.search(answer) for asks, holds in _kinds() if asks.search(text)):
        return False
    asked = _predicates_in(text)
    if asked and len(left_open(comment, (fact,))) == len(asked):
        return False
    return fact.kind is not FactKind.QUESTION_ANSWER or _asks_the_same(text, flat(fact.label))


def left_open(comment: str, facts: tuple[Fact, ...]) -> frozenset[str]:
    """Return what the comment asks of the goods and none of these facts speaks of: 缩水 in 掉色缩水吗."""
    words = " ".join(map(_words, facts))
    return frozenset(name for name in _predicates_in(flat(comment)) if not _compiled()[name].search(words))


def _words(fact: Fact) -> str:
    return plain(f"{fact.label} {fact.value}").casefold()


def _asks_the_same(comment: str, question: str) -> bool:
    """Say whether a comment has the predicates and the measures of a question, and shares a topic or words with it."""
    own = _predicates_in(question)
    if not own <= _predicates_in(comment) or _other_measure(comment, question):
        return False
    topics = default_topics()
    return bool(own or topics.asked(comment) & topics.asked(question) or _bigrams(comment) & _bigrams(question))


def _other_measure(comment: str, question: str) -> bool:
    """Say whether both name a measure of one kind, and never the same: 2米的床 is not asked in 1.5m的床买哪个."""
    told, asked = _measured(question), _measured(comment)
    return bool({kind for kind, _ in told} & {kind for kind, _ in asked}) and told.isdisjoint(asked)


def _measured(text: str) -> frozenset[tuple[str, Decimal]]:
    sized = (value for measure in measures(text) if measure.unit for value in measure.values)
    return frozenset((*sized, *(("months", Decimal(months)) for months in _MONTHS.findall(text))))


def _bigrams(text: str) -> frozenset[str]:
    rest = _FILLER.sub("", text)
    return frozenset(rest[place : place + 2] for place in range(len(rest) - 1))


def _predicates_in(text: str) -> frozenset[str]:
    return frozenset(name for name, pattern in _compiled().items() if pattern.search(text))


@cache
def _compiled() -> dict[str, re.Pattern[str]]:
    return {pattern: re.compile(pattern) for pattern in predicates()}


@cache
def _kinds() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    return tuple((one_of(row.asks), one_of(row.holds)) for row in expected().values())
