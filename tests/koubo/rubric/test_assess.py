"""Scoring with an encoder and a judge: what they add is told, and what they may not touch stays."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from koubo.protocols import JudgeOpinion, JudgeRequest, JudgeResult
from koubo.rubric.agreement import Agreement, Pairs
from koubo.rubric.assess import assessor
from koubo.rubric.score import score
from koubo.rubric.scorecard import Criterion, ScoredScript

TEXT = ScoredScript.plain("家人们，这个杯子拿着一点都不烫手。你看，热水倒进去手握着也没事。喜欢的直接拍。")
HEARD = ScoredScript.plain("大家看，这个杯子拿着一点都不烫手。")


class ByFirstSight:
    """An embedder for which sentences about heat are one, and every other its own."""

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = np.eye(len(texts) + 1, dtype=np.float32)[1:]
        for number, text in enumerate(texts):
            if "热水" in text or "烫" in text:
                rows[number] = np.eye(len(texts) + 1, dtype=np.float32)[0]
        return rows


class Opinionated:
    """A judge with one score for everything, even for what it was not asked."""

    def __init__(self, value: float, error: str | None = None) -> None:
        self.value, self.error = value, error
        self.asked: list[JudgeRequest] = []

    async def judge(self, requests: Sequence[JudgeRequest]) -> Sequence[JudgeResult]:
        self.asked += requests
        if self.error:
            return [JudgeResult("judge-7b", error=self.error) for _ in requests]
        opinions = tuple(JudgeOpinion(name.value, self.value, "因为") for name in Criterion)
        return [JudgeResult("judge-7b", opinions) for _ in requests]


def test_sentences_that_say_the_same_in_other_words_cost_richness() -> None:
    plain = asyncio.run(assessor().assess(TEXT, None))
    compared = asyncio.run(assessor(ByFirstSight()).assess(TEXT, None))
    assert compared["richness"].score < plain["richness"].score
    assert any(e.rule == "likeness" and e.note.startswith("off") for e in plain["richness"].evidence)
    alike = [e for e in compared["richness"].evidence if e.rule == "alike"]
    assert [e.words for e in alike] == ["你看，热水倒进去手握着也没事"] and "this script" in alike[0].note


def test_what_an_earlier_script_said_costs_richness() -> None:
    fresh = score(TEXT)
    again = score(TEXT, heard=[HEARD])
    assert again["richness"].score < fresh["richness"].score
    assert "这个杯子拿着一点都不烫手" in {e.words for e in again["richness"].evidence if e.rule == "heard"}
    far = asyncio.run(assessor(ByFirstSight()).assess(ScoredScript.plain("你看，热水倒进去也没事。"), None, [HEARD]))
    assert any(e.rule == "alike" and "an earlier script" in e.note for e in far["richness"].evidence)


def test_a_judges_opinion_is_told_beside_the_rules_and_never_makes_a_text_safe_or_true() -> None:
    text = ScoredScript.plain("全网第一的杯子，只要9块9，直接拍。")
    judge = Opinionated(1.0)
    one = assessor(judge=judge)
    card, rules = asyncio.run(one.assess(text, None)), score(text)
    assert card.judge == "judge-7b" and not card.safe
    assert card["safety"] == rules["safety"] and card["credibility"] == rules["credibility"]
    told = next(e.note for e in card["oral_style"].evidence if e.rule == "judge")
    apart = 1 - rules["oral_style"].score
    assert told == f"1.00, the rules {rules['oral_style'].score:.2f} ({apart:+.2f}): 因为"
    assert one.agreement.criteria[Criterion.ORAL_STYLE].n == 1
    assert judge.asked[0].text == text.written


def test_a_judge_that_fails_is_named_counted_and_changes_nothing() -> None:
    one = assessor(judge=Opinionated(1.0, "late: no answer within 1 s"))
    card, rules = asyncio.run(one.assess(TEXT, None)), score(TEXT)
    assert card.judge == "judge-7b: late: no answer within 1 s" and card.total == rules.total
    assert one.agreement.failed == 1 and not one.agreement.criteria


def test_difference_and_correlation_are_those_of_numpy() -> None:
    rules, judge = [0.1, 0.5, 0.9, 0.4], [0.25, 0.5, 1.0, 0.75]
    pairs = Pairs()
    for one, other in zip(rules, judge, strict=True):
        pairs.add(one, other)
    assert pairs.difference == pytest.approx(np.mean(judge) - np.mean(rules))
    assert pairs.correlation == pytest.approx(np.corrcoef(rules, judge)[0, 1])


def test_two_scripts_or_a_judge_of_one_mind_have_no_correlation() -> None:
    agreement = Agreement()
    for text in (TEXT, HEARD, ScoredScript.plain("首先，该产品旨在提升用户体验。")):
        opinions = (JudgeOpinion("oral_style", 0.5, "一般"),)
        agreement.add(score(text), JudgeResult("m", opinions))
    assert "3 scripts" in agreement.told()["oral_style"] and "no correlation yet" in agreement.told()["oral_style"]
