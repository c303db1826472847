"""The Scorer deployment: the rubric, for whole scripts and for choosing among a section's candidates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from ray import serve

from cluster.sentence_encoder import AsyncEncoder, SentenceEncoder
from koubo.rubric.pick import verdicts
from koubo.rubric.score import score
from koubo.rubric.scorecard import Scorecard, ScoredScript
from koubo.script.brief import Brief
from koubo.script.compose import Completed, Verdict
from koubo.script.plan import SectionPlan
from serve_apps.parts import PartState


class Scorer:
    """ScorerPart by rules and statistics; the judge is off.

    Args:
        embedder: source of the sentence encoder that tells whether a section is about its product.
    """

    def __init__(self, embedder: str) -> None:
        self._embedder = AsyncEncoder(SentenceEncoder(embedder, threads=1))

    async def pick(self, brief: Brief, section: SectionPlan, completed: Sequence[Completed]) -> tuple[Verdict, ...]:
        """The rubric's total of each candidate as its section would be said, and how relevant its own words are."""
        return await verdicts(self._embedder, brief, section, completed)

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors of texts, shape (len(texts), 512)."""
        return await self._embedder.embed(texts)

    async def score(self, text: ScoredScript, brief: Brief | None) -> Scorecard:
        """All seven criteria with their evidence."""
        return score(text, brief)

    async def state(self) -> PartState:
        """Always ok; says that nothing judges."""
        return PartState("ok", "judge: off")


deployment = serve.deployment(Scorer, name="Scorer", max_ongoing_requests=4, max_queued_requests=256)
