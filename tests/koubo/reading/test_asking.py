"""A language model is asked about thin margins only, in one batch, and once for the same question."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from koubo.protocols import ChoiceQuestion
from koubo.reading import Decisions, Lexicon, lattice, lead, read, read_all_with, read_with


class Likelihoods:
    """Answers with the score of its favourite readings and keeps what it was asked."""

    def __init__(self, favourite: str) -> None:
        self.favourite = favourite
        self.asked: list[ChoiceQuestion] = []

    async def choose(self, questions: Sequence[ChoiceQuestion]) -> Sequence[Sequence[float]]:
        self.asked += questions
        return [[0.0 if c == self.favourite else -9.0 for c in q.candidates] for q in questions]


def test_a_language_model_is_asked_once_and_only_where_the_margin_is_thin() -> None:
    text = "卫生巾423，第2件99元"
    thin = [c for c in lattice(text) if lead(c.options) < 0.5]
    assert [c.written for c in thin] == ["423"]
    model = Likelihoods("四百二十三")
    assert asyncio.run(read_with(text, model, 0.5)).spoken == "卫生巾四百二十三，第二件九十九元"
    assert [(q.text, q.start, q.end) for q in model.asked] == [(text, 3, 6)]
    assert asyncio.run(read_with(text, model, 0.0)) == read(text)


def test_texts_are_asked_about_in_one_batch_and_answers_are_remembered() -> None:
    texts = ["卫生巾423", "卫生巾424，第2件99元", "卫生巾423"]
    model, decisions = Likelihoods("四二三"), Decisions("model-1")
    readings = asyncio.run(read_all_with(texts, model, 0.5, decisions))
    assert [r.spoken[:6] for r in readings] == ["卫生巾四二三", "卫生巾四百二", "卫生巾四二三"]
    assert len(model.asked) == len(decisions) == 2
    assert asyncio.run(read_all_with(texts, model, 0.5, decisions)) == readings and len(model.asked) == 2
    asyncio.run(read_all_with(texts, model, 0.5, Decisions("model-2")))
    assert len(model.asked) == 4


def test_where_the_model_has_no_answer_the_rules_choose_and_it_is_asked_again() -> None:
    class Silent(Likelihoods):
        async def choose(self, questions: Sequence[ChoiceQuestion]) -> Sequence[Sequence[float] | None]:
            self.asked += questions
            return [None for _ in questions]

    model, decisions = Silent(""), Decisions("m")
    for times in (1, 2):
        assert asyncio.run(read_with("卫生巾423", model, 0.5, decisions)) == read("卫生巾423")
        assert (len(model.asked), len(decisions)) == (times, 0)


def test_nobody_is_asked_about_what_is_pinned() -> None:
    text = "卫生巾423和424"
    pinned = Lexicon({"423": "四二三"}).pins(text)
    model = Likelihoods("四百二十四")
    (reading,) = asyncio.run(read_all_with([text], model, 0.5, None, [pinned]))
    assert reading.spoken == "卫生巾四二三和四百二十四" and reading.spans[0] == pinned[0]
    assert [(q.text, q.start, q.end) for q in model.asked] == [(text, 7, 10)]


def test_the_memory_keeps_what_was_used_last() -> None:
    one, two, three = (ChoiceQuestion(text, 0, 1, ("一", "二")) for text in "abc")
    decisions = Decisions("m", size=2)
    decisions.put(one, [0, 1])
    decisions.put(two, [0, 1])
    assert decisions.get(one) == (0, 1)
    decisions.put(three, [0, 1])
    assert (decisions.get(two), len(decisions)) == (None, 2)
    with pytest.raises(ValueError, match="size 0"):
        Decisions("m", size=0)


@pytest.mark.parametrize("scores", [[[0.0]], [[0.0, 1.0, 2.0]], [[float("nan"), 0.0]], [], [[0.0, 1.0], [0.0, 1.0]]])
def test_an_answer_that_does_not_fit_is_an_error_and_not_a_reading(scores: list[list[float]]) -> None:
    class Odd:
        async def choose(self, questions: Sequence[ChoiceQuestion]) -> Sequence[Sequence[float]]:
            return scores

    with pytest.raises(ValueError):
        asyncio.run(read_with("卫生巾423", Odd(), 0.5, Decisions("m")))
