"""The Scorer deployment: the rubric, for whole scripts and for choosing among a section's candidates."""

from __future__ import annotations

from collections.abc import Sequence

from ray import serve

from koubo.rubric.score import score
from koubo.rubric.scorecard import Scorecard, ScoredScript, ScoredSection
from koubo.script.brief import Brief
from koubo.script.plan import SectionPlan
from koubo.script.slots import SLOT, Slot
from serve_apps.parts import PartState


class Scorer:
    """ScorerPart by rules and statistics; the judge is off."""

    async def pick(
        self, brief: Brief, section: SectionPlan, said_before: str, texts: Sequence[str]
    ) -> tuple[float, ...]:
        """The rubric's total of each candidate as its section would be said, slots filled from the brief."""
        return tuple(self._section_total(brief, section, text) for text in texts)

    async def score(self, text: ScoredScript, brief: Brief | None) -> Scorecard:
        """All seven criteria with their evidence."""
        return score(text, brief)

    async def state(self) -> PartState:
        """Always ok; says that nothing judges."""
        return PartState("ok", "judge: off")

    def _section_total(self, brief: Brief, section: SectionPlan, text: str) -> float:
        said = SLOT.sub(lambda match: brief.available.get(Slot(match[1]), ""), text)
        return score(ScoredScript((ScoredSection(section.kind, said, said),)), brief).total


deployment = serve.deployment(Scorer, name="Scorer", max_ongoing_requests=4, max_queued_requests=256)
