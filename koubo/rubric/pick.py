"""How good the candidates of a section are: the rubric's total of the section, and how near the words are to it."""

from __future__ import annotations

from collections.abc import Sequence

from koubo.protocols import Embedder
from koubo.rubric.score import score
from koubo.rubric.scorecard import ScoredScript, ScoredSection
from koubo.script.brief import Brief
from koubo.script.compose import Completed, Verdict
from koubo.script.plan import SectionPlan
from koubo.script.relevance import relevance


async def verdicts(
    embedder: Embedder, brief: Brief, section: SectionPlan, completed: Sequence[Completed]
) -> tuple[Verdict, ...]:
    """Return one verdict a candidate, in order: see `koubo.script.compose.Scorer`."""
    near = await relevance(embedder, brief, section, [candidate.words for candidate in completed])
    totals = (_section_total(brief, section, candidate.text) for candidate in completed)
    return tuple(Verdict(total, one) for total, one in zip(totals, near, strict=True))


def _section_total(brief: Brief, section: SectionPlan, text: str) -> float:
    said = brief.filled(text)
    return score(ScoredScript((ScoredSection(section.kind, said, said),)), brief).total
