"""The judge: a language model that gives its opinion of whole scripts, behind an endpoint or the writer's own engine.

Prompt, schema and reading of the answer are `koubo.rubric.judging`. Nothing raises for a model that is away, late or
answers something else: the result carries the error, the scorecard names it, and the rules stand alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

from ray.util.metrics import Counter, Gauge

from cluster.calls import Call, Completion
from koubo.protocols import JudgeRequest, JudgeResult
from koubo.rubric.agreement import Agreement
from koubo.rubric.judging import JudgeAnswerError, answer_schema, judge_messages, opinions_of, speaks_to_judge
from serve_apps.engine import Asked, EngineAway
from serve_apps.settings import JudgeSettings


class Model(Protocol):
    """A language model that answers a call."""

    name: str

    async def answer(self, call: Call) -> Completion:
        """The answer, or why there is none."""


class EngineModel:
    """The writer's model, in its engine."""

    def __init__(self, engine: Asked, source: str) -> None:
        self._engine = engine
        self.name = source

    async def answer(self, call: Call) -> Completion:
        """One hop."""
        try:
            (done,) = await self._engine.ask("write", [call])
        except EngineAway as error:
            return Completion((), str(error))
        return Completion(done.texts, done.error)


class ModelJudge:
    """Judge over a model; counts what it could not judge, by reason.

    Args:
        model: who is asked.
        settings: how long is waited, how long an answer may be, whether it is held to the schema.
    """

    def __init__(self, model: Model, settings: JudgeSettings) -> None:
        self._model = model
        self._settings = settings
        self._failures = Counter("koubo_judge_failures", "Scripts without a judge's opinion.", tag_keys=("reason",))

    async def judge(self, requests: Sequence[JudgeRequest]) -> Sequence[JudgeResult]:
        """One result a script, in order, all at the same time; never waits longer than `timeout_s`."""
        return await asyncio.gather(*(self._one(request) for request in requests))

    async def _one(self, request: JudgeRequest) -> JudgeResult:
        spoken_to = speaks_to_judge(request.text)
        if spoken_to is not None:
            return self._failed("refused", f"the text speaks to its judge: {spoken_to!r}")
        try:
            done = await asyncio.wait_for(self._model.answer(self._call(request)), self._settings.timeout_s)
        except TimeoutError:
            return self._failed("late", f"no answer within {self._settings.timeout_s:g} s")
        if done.error is not None or not done.texts:
            return self._failed("away", done.error or "no answer")
        try:
            return JudgeResult(self._model.name, opinions_of(done.texts[0]))
        except JudgeAnswerError as error:
            return self._failed("odd", str(error))

    def _call(self, request: JudgeRequest) -> Call:
        return Call(
            said=judge_messages(request),
            n=1,
            max_tokens=self._settings.max_tokens,
            temperature=0,
            seed=0,
            schema=answer_schema() if self._settings.constrained else None,
        )

    def _failed(self, reason: str, words: str) -> JudgeResult:
        self._failures.inc(tags={"reason": reason})
        return JudgeResult(self._model.name, error=f"{reason}: {words}")


class AgreementGauges:
    """Shows how far the judge is from the rules, by criterion."""

    def __init__(self) -> None:
        keys = ("criterion",)
        self._difference = Gauge("koubo_judge_difference", "Mean score of the judge less that of the rules.", keys)
        self._correlation = Gauge("koubo_judge_correlation", "Correlation of the judge's scores with the rules'.", keys)

    def show(self, agreement: Agreement) -> None:
        """Set the gauges to what was counted so far."""
        for name, pairs in agreement.criteria.items():
            self._difference.set(pairs.difference, tags={"criterion": name.value})
            if pairs.correlation is not None:
                self._correlation.set(pairs.correlation, tags={"criterion": name.value})
