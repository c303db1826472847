"""A language model in the cascade: it decides thin margins, and where it is away, late or odd the rules stand."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from koubo.protocols import ChoiceQuestion
from koubo.reading import read
from serve_apps.engine import EngineAway
from serve_apps.parts import PartState, ReadTexts
from serve_apps.reader import Reader
from serve_apps.reading_chooser import ReadingChooser
from serve_apps.settings import ChooserSettings

TEXT = "卫生巾423，第2件99元"
BY_MODEL = "卫生巾四二三，第二件九十九元"
SETTINGS = ChooserSettings.model_validate({"source": "hub:a/b", "margin": 0.5, "timeout_s": 0.2})


class Model:
    """A chooser whose favourite reading, delay and failure a test decides."""

    def __init__(self) -> None:
        self.model = ""
        self.named = "model-1"
        self.error: Exception | None = None
        self.delay_s = 0.0
        self.silent = False
        self.asked: list[ChoiceQuestion] = []

    async def choose(self, questions: Sequence[ChoiceQuestion]) -> Sequence[Sequence[float] | None]:
        await asyncio.sleep(self.delay_s)
        if self.error:
            raise self.error
        self.asked += questions
        self.model = self.named
        return [None if self.silent else [float("百" not in c) for c in q.candidates] for q in questions]

    async def state(self) -> PartState:
        return PartState("down" if self.error else "ok", "1 running")


def answers(model: Model, *texts: str, lexicon: Path | None = None, times: int = 1) -> list[ReadTexts]:
    async def run() -> list[ReadTexts]:
        reader = Reader(lexicon, ReadingChooser(model, SETTINGS))
        return [await reader.read(texts) for _ in range(times)]

    return asyncio.run(run())


def test_the_model_decides_what_the_rules_hardly_know_and_is_asked_once() -> None:
    model = Model()
    first, again = answers(model, TEXT, "第2件99元", times=2)
    assert [r.spoken for r in first.readings] == [BY_MODEL, "第二件九十九元"]
    assert (first.chooser, first.fallback) == ("model", None)
    assert again == first and [q.text for q in model.asked] == [TEXT]


def test_the_answers_of_another_model_are_not_taken_for_this_ones() -> None:
    async def run() -> int:
        model = Model()
        reader = Reader(None, ReadingChooser(model, SETTINGS))
        for model.named, text in (("model-1", TEXT), ("model-2", "卫生巾425"), ("model-2", TEXT)):
            await reader.read([text])
        return len([q for q in model.asked if q.text == TEXT])

    assert asyncio.run(run()) == 2


@pytest.mark.parametrize(
    ("changes", "fallback"),
    [
        ({"error": EngineAway("the engine is starting: 1 starting")}, "away: the engine is starting: 1 starting"),
        ({"delay_s": 5.0}, "late: no answer within 0.2 s"),
        ({"error": ValueError("scores [1.0]")}, "odd: scores [1.0]"),
    ],
)
def test_without_the_model_the_rules_stand_and_the_answer_says_why(changes: dict[str, object], fallback: str) -> None:
    model = Model()
    for name, value in changes.items():
        setattr(model, name, value)
    (answer,) = answers(model, TEXT)
    assert answer == ReadTexts((read(TEXT),), "rules", fallback)


def test_a_span_that_cannot_be_asked_about_is_read_by_the_rules() -> None:
    model = Model()
    model.silent = True
    (answer,) = answers(model, TEXT)
    assert answer == ReadTexts((read(TEXT),), "model", "unanswered: 1 of 1 spans")


def test_entries_of_the_lexicon_go_before_the_model(tmp_path: Path) -> None:
    lexicon = tmp_path / "lexicon.yaml"
    lexicon.write_text("readings:\n  - {written: '423', spoken: 四百二三}\n", encoding="utf8")
    model = Model()
    (answer,) = answers(model, TEXT, "卫生巾424", lexicon=lexicon)
    assert [r.spoken for r in answer.readings] == ["卫生巾四百二三，第二件九十九元", "卫生巾四二四"]
    assert [q.text for q in model.asked] == ["卫生巾424"]


def test_the_state_says_which_model_answers() -> None:
    async def run() -> list[PartState | None]:
        model = Model()
        reader = Reader(None, ReadingChooser(model, SETTINGS))
        before = await reader.chooser_state()
        await reader.read([TEXT])
        return [before, await reader.chooser_state(), await Reader().chooser_state()]

    before, after, off = asyncio.run(run())
    assert before == PartState("ok", "1 running; not asked yet; 0 answers remembered")
    assert after == PartState("ok", "1 running; model-1; 1 answers remembered")
    assert off is None
