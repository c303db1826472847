"""Of a rewritten sentence only what is a candidate in its place is taken."""

from __future__ import annotations

import asyncio
from typing import Any

from koubo.protocols import ChoiceQuestion
from koubo.reading import lattice
from koubo.reading.asking import question
from serve_apps.engine_choosers import RewritingChooser
from serve_apps.parts import PartState
from serve_apps.weighing import Rewritten

TEXT = "卫生巾423，第2件99元。库存只剩120件了，型号GT610。"
FIRST, SECOND = "卫生巾423，第2件99元。", "库存只剩120件了，型号GT610。"


class Engine:
    """Says sentences as it is told to."""

    def __init__(self, said: dict[str, str | None]) -> None:
        self.said = said
        self.asked: list[tuple[str, Any]] = []

    async def ask(self, method: str, argument: Any) -> Any:
        self.asked.append((method, argument))
        return Rewritten("model-1", tuple(self.said[sentence] for sentence in argument))

    async def state(self) -> PartState:
        return PartState("ok")


def chosen(said: dict[str, str | None]) -> tuple[dict[str, str | None], Engine]:
    """For each ambiguous span of TEXT the candidate that leads, or None where the model has no answer."""
    engine = Engine(said)
    chooser = RewritingChooser(engine)
    questions: list[ChoiceQuestion] = [question(TEXT, c) for c in lattice(TEXT) if len(c.options) > 1]
    answers = asyncio.run(chooser.choose(questions))
    assert chooser.model == "model-1"
    leading = [a and q.candidates[a.index(max(a))] for q, a in zip(questions, answers, strict=True)]
    return {TEXT[q.start : q.end]: one for q, one in zip(questions, leading, strict=True)}, engine


def test_a_rewritten_sentence_decides_its_spans_and_is_written_once() -> None:
    found, engine = chosen({FIRST: "卫生巾四二三，第二件九十九块。", SECOND: "库存只剩一百二十件了，型号GT六一零"})
    assert found == {"423": "四二三", "2": "二", "99元": "九十九块", "120": "一百二十", "GT610": "GT六一零"}
    assert engine.asked == [("rewrite", [FIRST, SECOND])]


def test_what_is_no_candidate_or_stands_in_a_changed_sentence_is_left_to_the_rules() -> None:
    found, _ = chosen({FIRST: "卫生巾四百二十四，第二件九十九元。", SECOND: None})
    assert found == {"423": None, "2": "二", "99元": "九十九元", "120": None, "GT610": None}
    found, _ = chosen({FIRST: "快来买吧，便宜得很。", SECOND: "库存只剩一百二十件了，型号GT六一零，赠品多多"})
    assert found == {"423": None, "2": None, "99元": None, "120": "一百二十", "GT610": None}
