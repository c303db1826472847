"""The Ray actor that writes scripts: products in, SCRIPTS rows out, composed by the code that serving uses."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
from ray.util.metrics import Counter

from cluster.endpoint_model import EndpointModel
from cluster.models import endpoint, parse, resolve
from cluster.sentence_encoder import AsyncEncoder, SentenceEncoder
from cluster.writers import EndpointWriter
from data_jobs.schemas import SCRIPTS
from data_jobs.writing.engine_writer import EngineWriter
from data_jobs.writing.script_rows import failed_row, script_row
from data_jobs.writing.task import WritingTask
from koubo.catalog.live import EMPTY, LiveView
from koubo.catalog.live_sqlite import SqliteLiveStore
from koubo.catalog.snapshot import Snapshot
from koubo.catalog.store import CatalogView
from koubo.protocols import Writer
from koubo.reading import read
from koubo.rubric.assess import assessor
from koubo.rubric.pick import verdicts
from koubo.rubric.score import scored
from koubo.script.brief import Brief, make_brief
from koubo.script.compose import Completed, Verdict, compose
from koubo.script.exemplars import Exemplars
from koubo.script.plan import SectionPlan, plan
from koubo.script.render import render
from koubo.script.script import Script


class WriteScripts:
    """Rows of product_id and made_from in, SCRIPTS rows out; the products of a batch are composed at the same time."""

    def __init__(self, task: WritingTask) -> None:
        """Load the snapshot, the encoder and the writer."""
        self._task = task
        self._view = CatalogView(Snapshot.load(Path(task.snapshot)), _live(task.live))
        self._embedder = AsyncEncoder(SentenceEncoder(task.embedder, task.threads))
        self._exemplars = Exemplars(task.exemplars, self._embedder)
        self._assessor = assessor(self._embedder)
        self._loop = asyncio.new_event_loop()
        self._writer = self._loop.run_until_complete(_writer(task))
        self._count = Counter("koubo_scripts_written", "Scripts that a job wrote, by outcome.", tag_keys=("outcome",))

    def __call__(self, batch: pa.Table) -> pa.Table:
        """Write the scripts of a batch."""
        rows = self._loop.run_until_complete(self._all(batch.to_pylist()))
        if isinstance(self._writer, EngineWriter) and self._writer.engine.errored:
            # Planned by this actor, the rest of the catalogue would look written; Ray starts another one.
            raise RuntimeError("the engine of this actor died")
        for row in rows:
            self._count.inc(tags={"outcome": "failed" if row["error"] else "written"})
        return pl.DataFrame(rows, schema=SCRIPTS).to_arrow()

    async def _all(self, products: Sequence[dict[str, str]]) -> list[dict[str, Any]]:
        return list(await asyncio.gather(*(self._one(row["product_id"], row["made_from"]) for row in products)))

    async def _one(self, product_id: str, made_from: str) -> dict[str, Any]:
        try:
            return await self._written(product_id, made_from)
        except Exception as error:  # whatever is wrong with one product is told in its row, and tried again next time
            return failed_row(product_id, made_from, f"{type(error).__name__}: {error}")

    async def _written(self, product_id: str, made_from: str) -> dict[str, Any]:
        request = self._task.request.model_copy(update={"product_id": product_id})
        live = self._view.product(product_id, _now())
        brief = make_brief(live, request)
        planned = plan(brief)
        composing = compose(brief, planned, self._writer, self._pick, self._exemplars, budget=self._task.budget)
        sections = tuple([section async for section in composing])
        script = Script(made_from, brief, planned.seed, sections, live.at)
        rendered = render(script, live, live.at, read)
        return script_row(script, rendered, await self._assessor.assess(scored(rendered), brief))

    async def _pick(self, brief: Brief, section: SectionPlan, completed: Sequence[Completed]) -> Sequence[Verdict]:
        return await verdicts(self._embedder, brief, section, completed)


def _live(file: str | None) -> LiveView:
    return EMPTY if file is None else SqliteLiveStore(Path(file)).view()


async def _writer(task: WritingTask) -> Writer | None:
    """The writer, started in the loop that will ask it."""
    if task.writer is None:
        return None
    if parse(task.writer).kind == "openai":
        return EndpointWriter(EndpointModel(endpoint(task.writer), task.budget.seconds), task.sampling)
    return EngineWriter(str(resolve(task.writer)), task.engine, task.sampling)


def _now() -> datetime:
    return datetime.now().astimezone()
