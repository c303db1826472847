"""How good the candidates of a section are: the rubric's total of the section, and how near the words are to it."""

from __future__ import annotations

from collections.abc import Sequence

from koubo.protocols import Embedder
from koubo.rubric.score import Standards, default_standards, score
from koubo.rubric.scorecard import Criterion, Scorecard, ScoredScript, ScoredSection
from koubo.script.brief import Brief
from koubo.script.check import Refusal
from koubo.script.compose import Completed, Verdict
from koubo.script.plan import SectionPlan
from koubo.script.relevance import relevance


async def verdicts(
    embedder: Embedder,
    brief: Brief,
    section: SectionPlan,
    completed: Sequence[Completed],
    standards: Standards | None = None,
) -> tuple[Verdict, ...]:
    """Return one verdict a candidate, in order: see `koubo.script.compose.Scorer`.

    A candidate that breaks a safety rule of ``standards`` (an operator's own) is refused by it.
    """
    by = standards or default_standards()
    near = await relevance(embedder, brief, section, [candidate.words for candidate in completed])
    cards = (_section_card(brief, section, candidate.text, by) for candidate in completed)
    return tuple(Verdict(card.total, one, _refusal(card)) for card, one in zip(cards, near, strict=True))


def _refusal(card: Scorecard) -> Refusal | None:
    """The first breach that keeps a text off air."""
    breaches = (one for one in card[Criterion.SAFETY].evidence if one.note.startswith("unsafe"))
    found = None if card.safe else next(breaches, None)
    return None if found is None else Refusal("unsafe", found.words, found.rule)


def _section_card(brief: Brief, section: SectionPlan, text: str, standards: Standards) -> Scorecard:
    said = brief.filled(text)
    return score(ScoredScript((ScoredSection(section.kind, said, said),)), brief, standards=standards)
