"""The studio: what the routes ask for, put together from the parts. Knows neither HTTP nor Ray."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from koubo.catalog.store import LiveProduct
from koubo.reading import MerchantReader, UnsupportedLanguage
from koubo.rubric.score import scored
from koubo.rubric.scorecard import Scorecard, ScoredScript
from koubo.script.brief import Brief, BriefRequest, UnfitWords, make_brief
from koubo.script.compose import Budget, ComposedSection, compose
from koubo.script.exemplars import Exemplars
from koubo.script.plan import Plan, plan
from koubo.script.render import RenderedScript, RenderedSection, render
from koubo.script.rewrite import Composers, rewrite
from koubo.script.script import Script
from serve_apps.library import Change, ScriptLibrary, refusals
from serve_apps.parts import FactsPart, PartState, ReaderPart, ScorerPart, WriterPart
from serve_apps.problems import FieldProblem, NotApproved, ServiceError, Unprocessable
from serve_apps.script_store import KeptScript, ScriptStore

_BANS_ALL = FieldProblem(field="banned", message="the phrases leave nothing that can be said; ban fewer")


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


@dataclass(frozen=True, slots=True)
class Draft:
    """A script that is about to be composed: its id, brief and plan."""

    script_id: str
    brief: Brief
    plan: Plan


@dataclass(frozen=True, slots=True)
class Composed:
    """A committed section, its number in the script, and how it reads at the moment of committing."""

    number: int
    section: ComposedSection
    rendered: RenderedScript

    @property
    def as_rendered(self) -> RenderedSection:
        """The rendered section; one without sentences where nothing of it is true."""
        section = self.section
        empty = RenderedSection(self.number, section.kind, section.source, section.reason, ())
        return next(iter(self.rendered.sections), empty)


@dataclass(frozen=True, slots=True)
class Done:
    """A script that is composed and kept, how it reads now, and its scorecard, or why the scorer gave none."""

    kept: KeptScript
    rendered: RenderedScript
    card: Scorecard | None
    unscored: str | None = None


class Counts(Protocol):
    """Where what becomes of scripts is counted."""

    def add(self, section: ComposedSection) -> None:
        """A section is committed."""

    def kept(self, scored: bool) -> None:
        """A script is kept."""


class Studio:
    """Composes, keeps, renders and scores scripts.

    Args:
        parts: deployments, or the same classes in process.
        scripts: where scripts are kept.
        exemplars: host lines that show the writer the style.
        budget: of one section.
        read: how scripts are read aloud; by the rules when absent.
        approved_only: render no drafts.
        counts: told of each section that is committed and each script that is kept.
    """

    def __init__(
        self,
        parts: Parts,
        scripts: ScriptStore,
        exemplars: Exemplars,
        budget: Budget,
        read: MerchantReader | None = None,
        *,
        approved_only: bool = False,
        counts: Counts | None = None,
    ) -> None:
        self.parts = parts
        self.library = ScriptLibrary(scripts)
        self.approved_only = approved_only
        self._counts = counts
        self._exemplars = exemplars
        self._budget = budget
        self._read = read or MerchantReader()

    async def write(self, request: BriefRequest, actor: str) -> Done:
        """Compose a script, keep it, and render and score it with the values of the moment when it was done.

        What changed while it was composed is neither spoken nor scored as it was: both hold the same values.

        Raises:
            NotFound: the product is unknown.
            ServiceError: facts cannot be had. A writer or scorer that is away is no error: sections are planned, and a
                script is kept without a scorecard.
        """
        draft = await self.draft(request)
        sections: tuple[ComposedSection, ...] = tuple([section async for section in self._compose(draft)])
        return await self._finish(draft, sections, actor)

    async def draft(self, request: BriefRequest) -> Draft:
        """Make the brief and the plan of a script that is to be composed. Raises as `write` does."""
        brief = _brief(await self.parts.facts.product(request.product_id, now()), request)
        planned = plan(brief)
        if not planned.sections:
            raise Unprocessable("banned: the phrases leave nothing that can be said; ban fewer", errors=[_BANS_ALL])
        return Draft(uuid.uuid4().hex, brief, planned)

    async def stream(self, draft: Draft, actor: str) -> AsyncGenerator[Composed | Done, None]:
        """Compose a script and yield each section as it is committed, rendered by the live values of that moment.

        The last one yielded is the script, kept and scored. Closing the iterator ends the composing; then, and after an
        error, no script is kept. Raises as `write` does.
        """
        sections: list[ComposedSection] = []
        async with aclosing(self._compose(draft)) as composing:
            async for section in composing:
                yield await self._early(draft, len(sections), section)
                sections.append(section)
        yield await self._finish(draft, tuple(sections), actor)

    async def render(self, script_id: str, at: datetime | None) -> tuple[KeptScript, RenderedScript]:
        """A kept script as it is to be spoken at a moment, now when None.

        Raises NotFound, and NotApproved for a draft where only approved scripts are rendered.
        """
        moment = at or now()
        kept, live = await self.renderable(script_id, moment)
        return kept, render(kept.script, live, moment, self._read)

    async def renderable(self, script_id: str, at: datetime) -> tuple[KeptScript, LiveProduct]:
        """A kept script that may be rendered, and its product at a moment. Raises as `render` does."""
        kept = await self.library.get(script_id)
        if self.approved_only and kept.script.status != "approved":
            raise NotApproved(
                f"script {script_id!r}: revision {kept.revision.number} is a draft, and only approved scripts are "
                "rendered here (setting approved_only); review it, then PUT /v1/scripts/{script_id}/approval"
            )
        return kept, await self.parts.facts.product(kept.script.brief.product_id, at)

    async def rewrite(self, script_id: str, section: int | None, change: Change) -> KeptScript:
        """Compose a kept script again, or one section of it, around its pinned sentences; the new revision.

        Raises NotFound, Refused, and ChangedMeanwhile, also where it was changed while it was composed.
        """
        kept = await self.library.seen(script_id, change.seen)
        live = await self.parts.facts.product(kept.script.brief.product_id, now())
        composers = Composers(self.parts.writer, self.parts.scorer.pick, self._exemplars, self._budget)
        with refusals(change.field):
            changed = await rewrite(kept.script, live, composers, section)
        return await self.library.follow(kept, changed, change)

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

    async def _compose(self, draft: Draft) -> AsyncGenerator[ComposedSection, None]:
        parts = self.parts
        composing = compose(
            draft.brief, draft.plan, parts.writer, parts.scorer.pick, self._exemplars, budget=self._budget
        )
        async with aclosing(composing):
            async for section in composing:
                if self._counts is not None:
                    self._counts.add(section)
                yield section

    async def _early(self, draft: Draft, number: int, section: ComposedSection) -> Composed:
        """Render a section on its own: nothing that it says depends on another one."""
        at = now()
        live = await self.parts.facts.product(draft.brief.product_id, at)
        alone = Script(draft.script_id, draft.brief, draft.plan.seed, (section,), at)
        rendered = render(alone, live, at, self._read)
        placed = tuple(replace(found, position=number) for found in rendered.sections)
        return Composed(number, section, replace(rendered, sections=placed))

    async def _finish(self, draft: Draft, sections: tuple[ComposedSection, ...], actor: str) -> Done:
        """Render and score a composed script, and keep it."""
        done, request = now(), draft.brief.request
        script = Script(draft.script_id, draft.brief, draft.plan.seed, sections, done)
        live = await self.parts.facts.product(request.product_id, done)
        rendered = render(script, live, done, self._read)
        card, unscored = None, None
        try:
            card = await self.parts.scorer.score(scored(rendered), _brief(live, request))
        except ServiceError as error:
            unscored = str(error)
        kept = KeptScript(await self.library.add(script, actor), script)
        if self._counts is not None:
            self._counts.kept(scored=card is not None)
        return Done(kept, rendered, card, unscored)


def _brief(live: LiveProduct, request: BriefRequest) -> Brief:
    """The brief of a product. Raises Unprocessable where its name is in a language that is not read, or the request
    gives words to be spoken that the product's facts do not bear out."""
    try:
        return make_brief(live, request)
    except UnsupportedLanguage as error:
        raise Unprocessable(f"product {live.product.id!r}: {error}") from error
    except UnfitWords as error:
        raise Unprocessable(str(error), errors=[FieldProblem(field=error.field, message=str(error))]) from error


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
