"""One scorecard: seven criteria by rules and statistics, and a judge's opinions where there is one."""

from __future__ import annotations

from dataclasses import replace

from koubo.protocols import JudgeResult
from koubo.rubric.claims import credibility_score
from koubo.rubric.safety import Breach, find_breaches
from koubo.rubric.scorecard import Criterion, CriterionScore, Evidence, Scorecard, ScoredScript, ScoredSection
from koubo.rubric.selling import closing_score, selling_points_score
from koubo.rubric.settings import Rubric, default_rubric
from koubo.rubric.style import clamp, format_score, oral_style_score, richness_score
from koubo.script.brief import Brief
from koubo.script.render import RenderedScript

BY_RULES_ALONE = frozenset({Criterion.SAFETY, Criterion.CREDIBILITY})
"""A judge's opinion never makes a script safe or true."""


def scored(rendered: RenderedScript) -> ScoredScript:
    """Take a rendered script for scoring."""
    return ScoredScript(
        tuple(
            ScoredSection(
                section.kind,
                "".join(sentence.written for sentence in section.sentences),
                "".join(sentence.spoken for sentence in section.sentences),
            )
            for section in rendered.sections
        )
    )


def score(
    text: ScoredScript,
    brief: Brief | None = None,
    *,
    judge: JudgeResult | None = None,
    rubric: Rubric | None = None,
) -> Scorecard:
    """Score a text against seven criteria; with a brief its numbers, claims and points are held against the facts.

    ``judge`` None is off; a judge that failed is named with its error and changes no score.
    """
    by = rubric or default_rubric()
    rules = (
        format_score(text, brief.request.seconds if brief else None),
        oral_style_score(text, by),
        credibility_score(text, brief),
        safety_score(text, by),
        richness_score(text),
        selling_points_score(text, brief),
        closing_score(text, brief, by),
    )
    criteria = tuple(_judged(one, judge, by) for one in rules)
    total = sum(by.weights[one.name] * one.score for one in criteria) / sum(by.weights.values())
    safe = not any(breach.severity == "unsafe" for breach in _breaches(text))
    return Scorecard(criteria, round(total, 4), safe, _judge_name(judge))


def safety_score(text: ScoredScript, rubric: Rubric) -> CriterionScore:
    """Score breaches of the advertising law and platform rules; each is named with its article."""
    breaches = _breaches(text)
    unsafe = sum(breach.severity == "unsafe" for breach in breaches)
    points = 1 - 0.05 * (len(breaches) - unsafe)
    if unsafe:
        points = min(points, rubric.unsafe_cap) - 0.1 * (unsafe - 1)
    evidence = tuple(Evidence(b.words, f"{b.rule}: {b.law}", f"{b.severity}: {b.note}") for b in breaches)
    return CriterionScore(Criterion.SAFETY, clamp(points), evidence)


def _breaches(text: ScoredScript) -> tuple[Breach, ...]:
    """Breaches in the written form, and in the spoken one those that only sound: 第1 is 第一."""
    written = find_breaches(text.written)
    seen = {breach.rule for breach in written}
    return (*written, *(b for b in find_breaches(text.spoken) if b.rule not in seen))


def _judged(one: CriterionScore, judge: JudgeResult | None, rubric: Rubric) -> CriterionScore:
    """Mix a judge's opinion into a criterion."""
    if judge is None or judge.error is not None or one.name in BY_RULES_ALONE:
        return one
    opinion = next((o for o in judge.opinions if o.criterion == one.name), None)
    if opinion is None:
        return one
    share = rubric.judge_share
    mixed = clamp((1 - share) * one.score + share * opinion.score)
    said = Evidence("", "judge", f"{opinion.score:.2f}: {opinion.reason}")
    return replace(one, score=mixed, evidence=(*one.evidence, said))


def _judge_name(judge: JudgeResult | None) -> str:
    if judge is None:
        return "off"
    return judge.model if judge.error is None else f"{judge.model}: {judge.error}"
