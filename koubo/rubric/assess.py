"""Scoring with the slow parts: a sentence encoder compares meanings, a judge gives its opinion, the rules decide."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from koubo.protocols import Embedder, Judge, JudgeRequest, JudgeResult
from koubo.rubric.agreement import Agreement
from koubo.rubric.likeness import Likeness, likeness_of
from koubo.rubric.score import Standards, default_standards, score, with_opinion
from koubo.rubric.scorecard import Scorecard, ScoredScript
from koubo.script.brief import Brief


@dataclass(frozen=True, slots=True)
class Assessor:
    """Scores whole scripts. ``embedder`` or ``judge`` None: that part is off, and the scorecard says so.

    ``agreement`` counts how far the judge is from the rules, over all scripts that it judged.
    """

    standards: Standards
    agreement: Agreement
    embedder: Embedder | None = None
    judge: Judge | None = None

    async def assess(self, text: ScoredScript, brief: Brief | None, heard: Sequence[ScoredScript] = ()) -> Scorecard:
        """Return the scorecard of a text; see `koubo.rubric.score.score`."""
        likeness, opinion = await asyncio.gather(self._likeness(text, heard), self._opinion(text, brief))
        by_rules = score(text, brief, standards=self.standards, heard=heard, likeness=likeness)
        if opinion is None:
            return by_rules
        self.agreement.add(by_rules, opinion)
        return with_opinion(by_rules, opinion, self.standards.rubric)

    async def _likeness(self, text: ScoredScript, heard: Sequence[ScoredScript]) -> Likeness | None:
        return None if self.embedder is None else await likeness_of(self.embedder, text, heard)

    async def _opinion(self, text: ScoredScript, brief: Brief | None) -> JudgeResult | None:
        if self.judge is None:
            return None
        return (await self.judge.judge([JudgeRequest(text.written, brief.lines() if brief else ())]))[0]


def assessor(
    embedder: Embedder | None = None, judge: Judge | None = None, standards: Standards | None = None
) -> Assessor:
    """Return an assessor, by the files that come with Koubo where no others are given."""
    return Assessor(standards or default_standards(), Agreement(), embedder, judge)
