"""How good the candidates of a section are: the rubric's total of the section, and how near the words are to it."""

from __future__ import annotations

from collections.abc import Sequence

from koubo.protocols import Embedder
from koubo.rubric.score import Standards, default_standards, score
from koubo.rubric.scorecard import Criterion, Scorecard, ScoredScript, ScoredSection
from koubo.rubric.sentences import sentences
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

    A candidate that breaks a safety rule of ``standards`` (an operator's own) is refused by it, and so is one whose own
    words are like known breaches: that costs only words.
    """
    by = standards or default_standards()
    near = await relevance(embedder, brief, section, [candidate.words for candidate in completed])
    return tuple(_verdict(brief, section, one, like, by) for one, like in zip(completed, near, strict=True))


def _verdict(brief: Brief, section: SectionPlan, candidate: Completed, near: float, by: Standards) -> Verdict:
    card = _section_card(brief, section, candidate.text, by)
    return Verdict(card.total, near, _refusal(card) or _likely(brief.filled(candidate.words), by))


def _refusal(card: Scorecard) -> Refusal | None:
    """The first breach that keeps a text off air."""
    breaches = (one for one in card[Criterion.SAFETY].evidence if one.note.startswith("unsafe"))
    found = None if card.safe else next(breaches, None)
    return None if found is None else Refusal("unsafe", found.words, found.rule)


def _likely(words: str, by: Standards) -> Refusal | None:
    """The first sentence that is like known breaches."""
    for sentence in sentences(words):
        if found := by.likely.found(sentence, by.rubric.likely_breach.refused_from):
            return Refusal("likely_breach", sentence, found.note)
    return None


def _section_card(brief: Brief, section: SectionPlan, text: str, standards: Standards) -> Scorecard:
    said = brief.filled(text)
    return score(ScoredScript((ScoredSection(section.kind, said, said),)), brief, standards=standards)
