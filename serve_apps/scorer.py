"""The Scorer deployment: the rubric, for whole scripts and for choosing among a section's candidates."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from ray import serve

from cluster.sentence_encoder import SentenceEncoder
from koubo.rubric.score import score
from koubo.rubric.scorecard import Scorecard, ScoredScript, ScoredSection
from koubo.script.brief import Brief
from koubo.script.compose import Completed, Verdict
from koubo.script.plan import SectionPlan
from koubo.script.relevance import relevance
from serve_apps.parts import PartState


class Embeddings:
    """Embedder of the domain, on a sentence encoder in a thread of its own."""

    def __init__(self, source: str) -> None:
        """Load the model of a source on one thread. Raises ModelSourceError for a source that is not known."""
        self._encoder = SentenceEncoder(source, threads=1)

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `koubo.protocols.Embedder`."""
        return await asyncio.to_thread(self._encoder.encode, texts)


class Scorer:
    """ScorerPart by rules and statistics; the judge is off.

    Args:
        embedder: source of the sentence encoder that tells whether a section is about its product.
    """

    def __init__(self, embedder: str) -> None:
        self._embedder = Embeddings(embedder)

    async def pick(self, brief: Brief, section: SectionPlan, completed: Sequence[Completed]) -> tuple[Verdict, ...]:
        """The rubric's total of each candidate as its section would be said, and how relevant its own words are."""
        near = await relevance(self._embedder, brief, section, [candidate.words for candidate in completed])
        return tuple(
            Verdict(_section_total(brief, section, candidate.text), one)
            for candidate, one in zip(completed, near, strict=True)
        )

    async def score(self, text: ScoredScript, brief: Brief | None) -> Scorecard:
        """All seven criteria with their evidence."""
        return score(text, brief)

    async def state(self) -> PartState:
        """Always ok; says that nothing judges."""
        return PartState("ok", "judge: off")


def _section_total(brief: Brief, section: SectionPlan, text: str) -> float:
    said = brief.filled(text)
    return score(ScoredScript((ScoredSection(section.kind, said, said),)), brief).total


deployment = serve.deployment(Scorer, name="Scorer", max_ongoing_requests=4, max_queued_requests=256)
