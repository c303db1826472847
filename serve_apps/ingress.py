"""The Ingress deployment: the HTTP routes, on the other deployments behind handles.

It starts without waiting for any of them, so scripts are answered with planned sections while an engine warms up.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import cast

import numpy as np
from fastapi import FastAPI
from numpy.typing import NDArray
from ray import serve
from ray.serve.config import BackpressureConfig
from ray.serve.handle import DeploymentHandle

from cluster.models import endpoint
from koubo.catalog.answers import Answer
from koubo.catalog.paths import GraphPath
from koubo.catalog.records import Promotion
from koubo.catalog.related import Related
from koubo.catalog.store import LiveProduct
from koubo.reading import MerchantReader
from koubo.rubric.scorecard import Scorecard, ScoredScript
from koubo.script.brief import Brief
from koubo.script.compose import Budget, Completed, Verdict
from koubo.script.exemplars import OWN_LINES, Exemplars, load_exemplars
from koubo.script.plan import SectionPlan
from serve_apps.engine import Engine
from serve_apps.generation import EndpointPart, VllmWriter
from serve_apps.handles import Remote
from serve_apps.parts import LiveUpdate, PartState, ProductPage, ReadTexts, WriterPart
from serve_apps.reply_desk import ReplyDesk
from serve_apps.reply_log import SqliteReplyLog
from serve_apps.routes import build_api
from serve_apps.script_store import SqliteScriptStore
from serve_apps.settings import AppSettings
from serve_apps.stage import SqliteStage
from serve_apps.studio import Parts, Studio
from serve_apps.writing_counts import WritingCounts

SCRIPTS_FILE = "scripts.sqlite"
REPLIES_FILE = "replies.sqlite"
STAGE_FILE = "stage.sqlite"


class RemoteFacts(Remote):
    """FactsPart behind a handle."""

    async def product(self, product_id: str, at: datetime) -> LiveProduct:
        """See `FactsPart.product`."""
        return cast(LiveProduct, await self.ask("product", product_id, at))

    async def products(self, offset: int, limit: int, at: datetime) -> ProductPage:
        """See `FactsPart.products`."""
        return cast(ProductPage, await self.ask("products", offset, limit, at))

    async def answers(self, product_id: str, comment: str, n: int, at: datetime) -> tuple[Answer, ...]:
        """See `FactsPart.answers`."""
        return cast(tuple[Answer, ...], await self.ask("answers", product_id, comment, n, at))

    async def related(self, product_id: str, n: int) -> tuple[Related, ...]:
        """See `FactsPart.related`."""
        return cast(tuple[Related, ...], await self.ask("related", product_id, n))

    async def complementary(self, product_id: str, n: int, at: datetime) -> tuple[Related, ...]:
        """See `FactsPart.complementary`."""
        return cast(tuple[Related, ...], await self.ask("complementary", product_id, n, at))

    async def path(self, start: str, end: str) -> GraphPath | None:
        """See `FactsPart.path`."""
        return cast(GraphPath | None, await self.ask("path", start, end))

    async def update(self, product_id: str, update: LiveUpdate, actor: str) -> int:
        """See `FactsPart.update`."""
        return cast(int, await self.ask("update", product_id, update, actor))

    async def promotions(self) -> tuple[Promotion, ...]:
        """See `FactsPart.promotions`."""
        return cast(tuple[Promotion, ...], await self.ask("promotions"))

    async def promotion(self, promotion_id: str) -> Promotion:
        """See `FactsPart.promotion`."""
        return cast(Promotion, await self.ask("promotion", promotion_id))

    async def put_promotion(self, promotion: Promotion, actor: str) -> int:
        """See `FactsPart.put_promotion`."""
        return cast(int, await self.ask("put_promotion", promotion, actor))

    async def delete_promotion(self, promotion_id: str, actor: str) -> int:
        """See `FactsPart.delete_promotion`."""
        return cast(int, await self.ask("delete_promotion", promotion_id, actor))

    async def state(self) -> PartState:
        """See `FactsPart.state`."""
        return cast(PartState, await self.ask("state"))


class RemoteReader(Remote):
    """ReaderPart behind a handle."""

    async def read(self, texts: Sequence[str]) -> ReadTexts:
        """See `ReaderPart.read`."""
        return cast(ReadTexts, await self.ask("read", texts))

    async def state(self) -> PartState:
        """See `ReaderPart.state`."""
        return cast(PartState, await self.ask("state"))

    async def chooser_state(self) -> PartState | None:
        """See `ReaderPart.chooser_state`."""
        return cast(PartState | None, await self.ask("chooser_state"))


class RemoteScorer(Remote):
    """ScorerPart behind a handle.

    Args:
        handle: of the deployment.
        timeout_s: longest wait for an answer.
        judge_s: how much longer a whole script may wait, for its judge.
    """

    def __init__(self, handle: DeploymentHandle, timeout_s: float, judge_s: float) -> None:
        super().__init__(handle, "scorer", timeout_s)
        self._judging = Remote(handle, "scorer", timeout_s + judge_s)

    async def pick(self, brief: Brief, section: SectionPlan, completed: Sequence[Completed]) -> tuple[Verdict, ...]:
        """See `ScorerPart.pick`."""
        return cast(tuple[Verdict, ...], await self.ask("pick", brief, section, completed))

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `koubo.protocols.Embedder`."""
        return cast(NDArray[np.float32], await self.ask("embed", texts))

    async def score(self, text: ScoredScript, brief: Brief | None, heard: Sequence[ScoredScript] = ()) -> Scorecard:
        """See `ScorerPart.score`."""
        return cast(Scorecard, await self._judging.ask("score", text, brief, heard))

    async def state(self) -> PartState:
        """See `ScorerPart.state`."""
        return cast(PartState, await self.ask("state"))


class Ingress:
    """The routes on a Studio whose parts are deployments.

    Args:
        settings: of the application.
        facts, reader, scorer: their deployments.
        engine: the engine's deployment, or None when an endpoint writes.
    """

    def __init__(
        self,
        settings: AppSettings,
        facts: DeploymentHandle,
        reader: DeploymentHandle,
        scorer: DeploymentHandle,
        engine: DeploymentHandle | None,
    ) -> None:
        wait = settings.lookup_timeout_s
        parts = Parts(
            RemoteFacts(facts, "facts", wait),
            RemoteReader(reader, "reader", wait),
            RemoteScorer(scorer, wait, settings.judge.timeout_s if settings.judge else 0.0),
            _writer(settings, engine),
        )
        self.studio = make_studio(settings, parts)
        self.desk = make_desk(settings, parts)

    async def __serve_build_asgi_app__(self) -> FastAPI:
        return build_api(self.studio, self.desk)


def make_studio(settings: AppSettings, parts: Parts) -> Studio:
    """A studio with its scripts in the state folder and the writer's budget."""
    writer = settings.writer
    budget = Budget(candidates=writer.candidates, seconds=writer.section_timeout_s, max_tokens=writer.max_tokens)
    exemplars = Exemplars(load_exemplars(settings.exemplars or OWN_LINES), parts.scorer)
    scripts = SqliteScriptStore(settings.state / SCRIPTS_FILE)
    read = MerchantReader(settings.lexicon)
    return Studio(parts, scripts, exemplars, budget, read, approved_only=settings.approved_only, counts=WritingCounts())


def make_desk(settings: AppSettings, parts: Parts) -> ReplyDesk:
    """A reply desk with its log and its stage in the state folder."""
    log, stage = SqliteReplyLog(settings.state / REPLIES_FILE), SqliteStage(settings.state / STAGE_FILE)
    return ReplyDesk(parts.facts, log, stage, MerchantReader(settings.lexicon))


def _writer(settings: AppSettings, engine: DeploymentHandle | None) -> WriterPart:
    if engine is None:
        return EndpointPart(endpoint(settings.writer.source), settings.writer)
    return VllmWriter(Engine(engine, serve.get_replica_context().app_name), settings.writer)


deployment = serve.deployment(
    serve.ingress()(Ingress),
    name="Ingress",
    max_ongoing_requests=64,
    max_queued_requests=256,
    backpressure_config=BackpressureConfig(status_code=429, retry_after_s=1),
)
