"""One scorecard: seven criteria by rules and statistics, and a judge's opinions where there is one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from koubo.protocols import JudgeResult
from koubo.rubric.closing import closing_score
from koubo.rubric.credibility import credibility_score
from koubo.rubric.format import format_score
from koubo.rubric.host_style import HostStyle, default_host_style, load_host_style
from koubo.rubric.likely_breaches import LikelyBreaches, default_likely_breaches, load_likely_breaches
from koubo.rubric.likeness import Likeness
from koubo.rubric.oral_style import oral_style_score
from koubo.rubric.points import selling_points_score
from koubo.rubric.richness import richness_score
from koubo.rubric.safety import Breach, Rule, RuleError, find_breaches, load_rules, rules
from koubo.rubric.scorecard import Criterion, CriterionScore, Evidence, Scorecard, ScoredScript, ScoredSection, clamp
from koubo.rubric.sentences import sentences
from koubo.rubric.settings import Rubric, default_rubric, load_rubric
from koubo.script.brief import Brief
from koubo.script.render import RenderedScript

BY_RULES_ALONE = frozenset({Criterion.SAFETY, Criterion.CREDIBILITY})
"""A judge's opinion never makes a script safe or true."""


@dataclass(frozen=True, slots=True)
class Standards:
    """What texts are scored by: the rubric, the safety rules, hosts' style, and what is like breaches."""

    rubric: Rubric
    safety: Sequence[Rule]
    hosts: HostStyle
    likely: LikelyBreaches


def default_standards() -> Standards:
    """The files that come with Koubo."""
    return load_standards()


def load_standards(
    rubric: Path | None = None, safety: Path | None = None, hosts: Path | None = None, likely: Path | None = None
) -> Standards:
    """Read an operator's files; None is the one that comes with Koubo.

    Raises `RubricError`, `RuleError` or `LikelyBreachesError` naming file and field.
    """
    try:
        found = None if safety is None else load_rules(safety)
    except OSError as error:
        raise RuleError(f"{safety}: {error.strerror}") from error
    return Standards(
        default_rubric() if rubric is None else load_rubric(rubric),
        rules() if found is None else found,
        default_host_style() if hosts is None else load_host_style(hosts),
        default_likely_breaches() if likely is None else load_likely_breaches(likely),
    )


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
    standards: Standards | None = None,
    heard: Sequence[ScoredScript] = (),
    likeness: Likeness | None = None,
) -> Scorecard:
    """Score a text against seven criteria; with a brief its numbers, claims and points are held against the facts.

    ``heard`` are the scripts spoken before it in a stream: what they said is not said again for nothing. ``likeness``
    None: meanings were not compared (see `koubo.rubric.assess`). ``judge`` None is off; a judge that failed is named
    with its error and changes no score.
    """
    by = standards or default_standards()
    breaches = _breaches(text, by.safety)
    told = (
        format_score(text, brief.request if brief else None, by.rubric),
        oral_style_score(text, by.rubric, by.hosts),
        credibility_score(text, brief, by.rubric.credibility),
        _safety_score(breaches, tuple(_likely(text, breaches, by)), by.rubric),
        richness_score(text, brief, by.rubric.richness, heard, likeness),
        selling_points_score(text, brief),
        closing_score(text, brief, by.rubric.closing),
    )
    safe = not any(breach.severity == "unsafe" for breach in breaches)
    return with_opinion(Scorecard(told, 0.0, safe, ""), judge, by.rubric)


def with_opinion(card: Scorecard, judge: JudgeResult | None, rubric: Rubric) -> Scorecard:
    """Mix a judge's opinions into the rules' scorecard, and weigh it; None: nobody was asked."""
    criteria = tuple(_judged(one, judge, rubric) for one in card.criteria)
    total = sum(rubric.weights[one.name] * one.score for one in criteria) / sum(rubric.weights.values())
    return replace(card, criteria=criteria, total=round(total, 4), judge=_judge_name(judge))


def _safety_score(breaches: Sequence[Breach], likely: Sequence[Evidence], rubric: Rubric) -> CriterionScore:
    """Score breaches of the advertising law and platform rules, each named with its article, and likely ones."""
    unsafe = sum(breach.severity == "unsafe" for breach in breaches)
    points = 1 - 0.05 * (len(breaches) - unsafe) - rubric.likely_breach.cost * len(likely)
    if unsafe:
        points = min(points, rubric.unsafe_cap) - 0.1 * (unsafe - 1)
    evidence = tuple(Evidence(b.words, f"{b.rule}: {b.law}", f"{b.severity}: {b.note}") for b in breaches)
    return CriterionScore(Criterion.SAFETY, clamp(points), (*evidence, *likely))


def _breaches(text: ScoredScript, among: Sequence[Rule]) -> tuple[Breach, ...]:
    """Breaches in the written form, and in the spoken one those that only sound: 第1 is 第一."""
    written = find_breaches(text.written, among)
    seen = {breach.rule for breach in written}
    return (*written, *(b for b in find_breaches(text.spoken, among) if b.rule not in seen))


def _likely(text: ScoredScript, breaches: Sequence[Breach], by: Standards) -> Iterator[Evidence]:
    """Sentences that are like known breaches and hold none that a rule marks. They name no article: no law is cited."""
    for sentence in sentences(text.written):
        if not any(breach.words in sentence for breach in breaches):
            found = by.likely.found(sentence, by.rubric.likely_breach.marked_from)
            if found is not None:
                yield Evidence(sentence, "likely_breach", found.note)


def _judged(one: CriterionScore, judge: JudgeResult | None, rubric: Rubric) -> CriterionScore:
    """Mix a judge's opinion into a criterion; the evidence says how far it is from the rules."""
    if judge is None or judge.error is not None or one.name in BY_RULES_ALONE:
        return one
    opinion = next((o for o in judge.opinions if o.criterion == one.name), None)
    if opinion is None:
        return one
    mixed = clamp((1 - rubric.judge_share) * one.score + rubric.judge_share * opinion.score)
    apart = f"{opinion.score:.2f}, the rules {one.score:.2f} ({opinion.score - one.score:+.2f}): {opinion.reason}"
    return replace(one, score=mixed, evidence=(*one.evidence, Evidence("", "judge", apart)))


def _judge_name(judge: JudgeResult | None) -> str:
    if judge is None:
        return "off"
    return judge.model if judge.error is None else f"{judge.model}: {judge.error}"
