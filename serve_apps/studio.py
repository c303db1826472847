"""The studio: what the routes ask for, put together from the parts. Knows neither HTTP nor Ray."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from koubo.catalog.store import LiveProduct
from koubo.protocols import ExemplarLine
from koubo.reading import MerchantReader, UnsupportedLanguage
from koubo.rubric.score import scored
from koubo.rubric.scorecard import Scorecard, ScoredScript
from koubo.script.brief import Brief, BriefRequest, make_brief
from koubo.script.compose import Budget, ComposedSection, compose
from koubo.script.plan import plan
from koubo.script.render import RenderedScript, render
from koubo.script.script import Script
from serve_apps.parts import FactsPart, PartState, ReaderPart, ScorerPart, WriterPart
from serve_apps.problems import NotFound, ServiceError, Unprocessable
from serve_apps.script_store import ScriptStore


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a studio."""

    facts: FactsPart
    reader: ReaderPart
    scorer: ScorerPart
    writer: WriterPart


class Stated(Protocol):
    """Anything that can say how it is."""

    async def state(self) -> PartState:
        """How it is."""


class Studio:
    """Composes, keeps, renders and scores scripts.

    Args:
        parts: deployments, or the same classes in process.
        scripts: where scripts are kept.
        exemplars: host lines that show the writer the style.
        budget: of one section.
        read: how scripts are read aloud; by the rules when absent.
    """

    def __init__(
        self,
        parts: Parts,
        scripts: ScriptStore,
        exemplars: Sequence[ExemplarLine],
        budget: Budget,
        read: MerchantReader | None = None,
    ) -> None:
        self.parts = parts
        self._scripts = scripts
        self._exemplars = exemplars
        self._budget = budget
        self._read = read or MerchantReader()

    async def write(self, request: BriefRequest) -> tuple[Script, RenderedScript, Scorecard]:
        """Compose a script, keep it, and render and score it with the values of the moment when it was done.

        What changed while it was composed is neither spoken nor scored as it was: both hold the same values.

        Raises:
            NotFound: the product is unknown.
            ServiceError: facts or scores cannot be had. A writer that is away is no error: its sections are planned.
        """
        brief = _brief(await self.parts.facts.product(request.product_id, now()), request)
        planned = plan(brief)
        composing = compose(
            brief, planned, self.parts.writer, self.parts.scorer.pick, self._exemplars, budget=self._budget
        )
        sections: tuple[ComposedSection, ...] = tuple([section async for section in composing])
        script = Script(uuid.uuid4().hex, brief, planned.seed, sections, now())
        done = now()
        _, live = await asyncio.gather(self._keep(script), self.parts.facts.product(request.product_id, done))
        rendered = render(script, live, done, self._read)
        return script, rendered, await self.parts.scorer.score(scored(rendered), make_brief(live, request))

    async def render(self, script_id: str, at: datetime | None) -> tuple[Script, RenderedScript]:
        """A kept script as it is to be spoken at a moment, now when None. Raises NotFound."""
        kept = await asyncio.to_thread(self._scripts.get, script_id)
        if kept is None:
            raise NotFound(f"script {script_id!r}: there is none with this id")
        script = Script.from_json(json.loads(kept))
        moment = at or now()
        live = await self.parts.facts.product(script.brief.product_id, moment)
        return script, render(script, live, moment, self._read)

    async def score(self, text: str, product_id: str | None, heard: Sequence[str] = ()) -> Scorecard:
        """The scorecard of any text, held against a product's facts where one is named, and beside what was heard
        before it. Raises NotFound."""
        brief = None
        if product_id is not None:
            brief = _brief(await self.parts.facts.product(product_id, now()), BriefRequest(product_id=product_id))
        before = [ScoredScript.plain(earlier) for earlier in heard]
        return await self.parts.scorer.score(ScoredScript.plain(text, self._read(text).spoken), brief, before)

    async def health(self) -> dict[str, PartState]:
        """How each part is; one that does not answer is down."""
        parts = self.parts
        named: dict[str, Stated] = {"facts": parts.facts, "reader": parts.reader, "scorer": parts.scorer}
        named["writer"] = parts.writer
        states = asyncio.gather(*(_state(part) for part in named.values()))
        chooser, found = await asyncio.gather(_chooser_state(parts.reader), states)
        return dict(zip(named, found, strict=True)) | ({} if chooser is None else {"chooser": chooser})

    async def _keep(self, script: Script) -> None:
        text = json.dumps(script.to_json(), ensure_ascii=False)
        created = script.created_at.isoformat()
        await asyncio.to_thread(self._scripts.put, script.id, script.brief.product_id, created, text)


def _brief(live: LiveProduct, request: BriefRequest) -> Brief:
    """The brief of a product. Raises Unprocessable where its name is in a language that is not read."""
    try:
        return make_brief(live, request)
    except UnsupportedLanguage as error:
        raise Unprocessable(f"product {live.product.id!r}: {error}") from error


def now() -> datetime:
    """This moment, with its zone."""
    return datetime.now().astimezone()


async def _state(part: Stated) -> PartState:
    try:
        return await part.state()
    except ServiceError as error:
        return PartState("down", str(error))


async def _chooser_state(reader: ReaderPart) -> PartState | None:
    try:
        return await reader.chooser_state()
    except ServiceError as error:
        return PartState("down", str(error))
