"""Readings that a language model chooses where the rules hardly know; where it has no answer, the rules stand."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

from ray.util.metrics import Counter

from koubo.protocols import ChoiceQuestion, Chooser
from koubo.reading import Decisions, Span, UnsupportedLanguage, read, read_all_with
from serve_apps.engine import EngineAway
from serve_apps.parts import PartState, ReadTexts
from serve_apps.settings import ChooserSettings


class NamedChooser(Chooser, Protocol):
    """A chooser that says which model answers."""

    @property
    def model(self) -> str:
        """The model that answered last; empty before the first answer."""

    async def state(self) -> PartState:
        """How its engine is."""


class ReadingChooser:
    """Reads texts with a model in the cascade, and counts what it was asked and where the rules stood in for it.

    Args:
        chooser: the model.
        settings: how thin a margin is asked about, how long is waited, how many answers are remembered.
    """

    def __init__(self, chooser: NamedChooser, settings: ChooserSettings) -> None:
        self._chooser = chooser
        self._settings = settings
        self._decisions = Decisions(chooser.model, settings.cache)
        self._asked = Counter("koubo_chooser_spans", "Spans that the model was asked about.")
        self._fallbacks = Counter(
            "koubo_chooser_fallbacks", "Requests in which rules stood in for the model.", tag_keys=("reason",)
        )

    async def read(self, texts: Sequence[str], pinned: Sequence[Sequence[Span]]) -> ReadTexts:
        """One reading a text, in order; never waits longer than `timeout_s`."""
        try:
            return await asyncio.wait_for(self._with_model(texts, pinned), self._settings.timeout_s)
        except TimeoutError:
            reason, words = "late", f"no answer within {self._settings.timeout_s:g} s"
        except EngineAway as error:
            reason, words = "away", str(error)
        except UnsupportedLanguage:
            raise
        except ValueError as error:
            reason, words = "odd", str(error)
        self._fallbacks.inc(tags={"reason": reason})
        return by_rules(texts, pinned, f"{reason}: {words}")

    async def state(self) -> PartState:
        """How the engine is, which model answered last, and how many of its answers are remembered."""
        state = await self._chooser.state()
        model = self._chooser.model or "not asked yet"
        return PartState(state.status, f"{state.detail}; {model}; {len(self._decisions)} answers remembered")

    async def _with_model(self, texts: Sequence[str], pinned: Sequence[Sequence[Span]]) -> ReadTexts:
        questions = _Questions(self._chooser, self._decisions)
        readings = await read_all_with(texts, questions, self._settings.margin, self._decisions, pinned)
        if questions.asked:
            self._asked.inc(questions.asked)
        if not questions.unanswered:
            return ReadTexts(readings, "model")
        self._fallbacks.inc(tags={"reason": "unanswered"})
        return ReadTexts(readings, "model", f"unanswered: {questions.unanswered} of {questions.asked} spans")


def by_rules(texts: Sequence[str], pinned: Sequence[Sequence[Span]], fallback: str | None = None) -> ReadTexts:
    """Texts read by the rules alone."""
    return ReadTexts(tuple(read(text, known) for text, known in zip(texts, pinned, strict=True)), "rules", fallback)


class _Questions:
    """A chooser that counts the questions of one request and those that had no answer.

    Answers are remembered as those of the model that gave them: its name is set before they are put away.
    """

    def __init__(self, chooser: NamedChooser, decisions: Decisions) -> None:
        self._chooser = chooser
        self._decisions = decisions
        self.asked = self.unanswered = 0

    async def choose(self, questions: Sequence[ChoiceQuestion]) -> Sequence[Sequence[float] | None]:
        answers = await self._chooser.choose(questions)
        self._decisions.version = self._chooser.model
        self.asked += len(questions)
        self.unanswered += sum(answer is None for answer in answers)
        return answers
