"""How good the candidates of a section are: the rubric's total of the section, and how near the words are to it."""

from __future__ import annotations

from collections.abc import Sequence

from koubo.protocols import Embedder
from koubo.rubric.score import Standards, default_standards, score
from koubo.rubric.scorecard import Scorecard, ScoredScript, ScoredSection
from koubo.script.brief import Brief
from koubo.script.compose import Completed, Verdict
from koubo.script.plan import SectionPlan
from koubo.script.relevance import relevance

UNSAFE = -1.0
"""Relevance of what must not be said."""


async def verdicts(
    embedder: Embedder,
    brief: Brief,
    section: SectionPlan,
    completed: Sequence[Completed],
    standards: Standards | None = None,
) -> tuple[Verdict, ...]:
    """Return one verdict a candidate, in order: see `koubo.script.compose.Scorer`.

    A candidate that breaks a safety rule of ``standards`` (an operator's own) is as irrelevant as can be, so refused.
    """
    by = standards or default_standards()
    near = await relevance(embedder, brief, section, [candidate.words for candidate in completed])
    cards = (_section_card(brief, section, candidate.text, by) for candidate in completed)
    return tuple(Verdict(card.total, one if card.safe else UNSAFE) for card, one in zip(cards, near, strict=True))


def _section_card(brief: Brief, section: SectionPlan, text: str, standards: Standards) -> Scorecard:
    said = brief.filled(text)
    return score(ScoredScript((ScoredSection(section.kind, said, said),)), brief, standards=standards)
