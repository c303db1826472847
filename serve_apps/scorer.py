"""The Scorer deployment: the rubric, for whole scripts and for choosing among a section's candidates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from ray import serve
from ray.serve.handle import DeploymentHandle

from cluster.endpoint_model import EndpointModel
from cluster.models import endpoint
from cluster.sentence_encoder import AsyncEncoder, SentenceEncoder
from koubo.protocols import Judge
from koubo.rubric.assess import assessor
from koubo.rubric.pick import verdicts
from koubo.rubric.score import Standards
from koubo.rubric.scorecard import Scorecard, ScoredScript
from koubo.script.brief import Brief
from koubo.script.compose import Completed, Verdict
from koubo.script.plan import SectionPlan
from serve_apps.engine import Engine
from serve_apps.judge import AgreementGauges, EngineModel, ModelJudge
from serve_apps.parts import PartState
from serve_apps.settings import AppSettings, JudgeSettings


class Scorer:
    """ScorerPart by rules and statistics, and with a judge's opinion where one is given.

    Args:
        embedder: source of the sentence encoder that tells whether a section is about its product, and which
            sentences say the same.
        judge: None is off.
        standards: what texts are scored by; the files that come with Koubo when None.
    """

    def __init__(self, embedder: str, judge: Judge | None = None, standards: Standards | None = None) -> None:
        self._embedder = AsyncEncoder(SentenceEncoder(embedder, threads=1))
        self._assessor = assessor(self._embedder, judge, standards)
        self._gauges = AgreementGauges()

    async def pick(self, brief: Brief, section: SectionPlan, completed: Sequence[Completed]) -> tuple[Verdict, ...]:
        """The rubric's total of each candidate as its section would be said, and how relevant its own words are."""
        return await verdicts(self._embedder, brief, section, completed, self._assessor.standards)

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors of texts, shape (len(texts), 512)."""
        return await self._embedder.embed(texts)

    async def score(self, text: ScoredScript, brief: Brief | None, heard: Sequence[ScoredScript] = ()) -> Scorecard:
        """All seven criteria with their evidence; `heard` are the scripts spoken before it in a stream."""
        card = await self._assessor.assess(text, brief, heard)
        self._gauges.show(self._assessor.agreement)
        return card

    async def state(self) -> PartState:
        """Always ok, for the rules need nobody; says how far a judge agrees with them."""
        if self._assessor.judge is None:
            return PartState("ok", "judge: off")
        agreement = self._assessor.agreement
        told = "; ".join(f"{name}: {words}" for name, words in agreement.told().items())
        return PartState("ok", f"judge: on, {agreement.failed} without an opinion; {told or 'no script judged yet'}")


class ScorerReplica(Scorer):
    """Scorer as a deployment: asks an endpoint or the engine's deployment where settings name a judge."""

    def __init__(self, settings: AppSettings, engine: DeploymentHandle | None = None) -> None:
        judge = None if settings.judge is None else _judge(settings.judge, engine)
        super().__init__(settings.embedder, judge, settings.standards())


def _judge(settings: JudgeSettings, engine: DeploymentHandle | None) -> Judge:
    if settings.source.startswith("openai:") or engine is None:
        return ModelJudge(EndpointModel(endpoint(settings.source), settings.timeout_s), settings)
    asked = Engine(engine, serve.get_replica_context().app_name)
    return ModelJudge(EngineModel(asked, settings.source), settings)


# A script that waits for a judge takes a place and no CPU: sections go on being scored beside several of them.
deployment = serve.deployment(ScorerReplica, name="Scorer", max_ongoing_requests=16, max_queued_requests=256)
