"""Domain objects to what goes over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from koubo.catalog.store import LiveProduct
from koubo.rubric.scorecard import Scorecard
from koubo.script.compose import ComposedSection
from koubo.script.cues import SentenceCues, script_cues, script_webvtt
from koubo.script.render import RenderedScript, RenderedSection
from koubo.script.script import Script
from serve_apps.cue_answers import sentence_answers
from serve_apps.parts import LiveUpdate, PartState, ProductPage, SkuUpdate
from serve_apps.schemas import (
    DroppedOut,
    FactOut,
    Health,
    LivePatch,
    PartOut,
    ProductOut,
    ProductPageOut,
    ProductSummary,
    RefusalOut,
    RenderedOut,
    ScorecardOut,
    ScriptAnswer,
    SectionOut,
    SkuOut,
)


def script_answer(script: Script, rendered: RenderedScript, card: Scorecard) -> ScriptAnswer:
    """A new script with its scorecard."""
    fields = dict(rendered_answer(script, rendered))
    return ScriptAnswer(**fields, brief=script.brief.request, scorecard=ScorecardOut.model_validate(card))


def rendered_answer(script: Script, rendered: RenderedScript) -> RenderedOut:
    """A script as rendered, with its cues and what was written, planned and refused when it was composed."""
    cues = script_cues(rendered, script.brief.request)
    return RenderedOut(
        id=script.id,
        product_id=script.brief.product_id,
        created_at=script.created_at,
        as_of=rendered.as_of,
        at=rendered.at,
        not_after=_soonest(rendered),
        seconds=cues.seconds,
        written=rendered.written,
        spoken=rendered.spoken,
        webvtt=script_webvtt(rendered, cues),
        sections=tuple(
            _section(section, script.sections[section.position], given)
            for section, given in zip(rendered.sections, cues.sections, strict=True)
        ),
        planned=sum(s.source == "planned" and s.reason != "by_design" for s in script.sections),
        refused=sum(bool(c.refusals) for s in script.sections for c in s.candidates),
        dropped=tuple(DroppedOut.model_validate(d) for d in rendered.dropped),
        rewritten=tuple(DroppedOut.model_validate(d) for d in rendered.rewritten),
        warnings=rendered.warnings,
        facts=tuple(FactOut.model_validate(f) for f in rendered.facts),
    )


def _section(section: RenderedSection, composed: ComposedSection, cues: Sequence[SentenceCues]) -> SectionOut:
    return SectionOut(
        kind=section.kind,
        source=section.source,
        reason=section.reason,
        error=composed.error,
        written="".join(s.written for s in section.sentences),
        spoken="".join(s.spoken for s in section.sentences),
        sentences=sentence_answers(section, cues),
        candidates=len(composed.candidates),
        refusals=tuple(RefusalOut.model_validate(r) for r in composed.refusals),
    )


def _soonest(rendered: RenderedScript) -> datetime | None:
    ends = (s.not_after for section in rendered.sections for s in section.sentences)
    return min((end for end in ends if end is not None), default=None)


def product_answer(live: LiveProduct) -> ProductOut:
    """A product at a moment, with everything known about it."""
    product = live.product
    return ProductOut(
        **dict(product_summary(live)),
        brief=product.brief,
        unit=product.unit,
        list_price=live.list_price,
        attributes=product.attributes,
        skus=_skus(live),
        promotions=live.promotions,
        facts=tuple(FactOut.model_validate(f) for f in live.facts),
        version=live.version,
        at=live.at,
        not_after=live.not_after,
    )


def _skus(live: LiveProduct) -> tuple[SkuOut, ...]:
    return tuple(
        SkuOut(
            id=sku.id,
            options=sku.options,
            price=live.sku_prices[sku.id],
            list_price=sku.list_price,
            stock=live.sku_stocks[sku.id],
        )
        for sku in live.product.skus
    )


def product_summary(live: LiveProduct) -> ProductSummary:
    """A product in a list."""
    product = live.product
    return ProductSummary(
        id=product.id,
        title=product.title,
        brand=product.brand,
        category=product.category,
        price=live.price,
        price_is_range=live.price_is_range,
        stock=live.stock,
    )


def page_answer(page: ProductPage, offset: int, limit: int) -> ProductPageOut:
    """A page of products."""
    after = offset + len(page.products)
    return ProductPageOut(
        total=page.total,
        offset=offset,
        limit=limit,
        next_offset=after if after < page.total else None,
        products=tuple(product_summary(live) for live in page.products),
    )


def to_update(patch: LivePatch) -> LiveUpdate:
    """The live values that a request brings."""
    return LiveUpdate(patch.price, patch.stock, tuple(SkuUpdate(s.id, s.price, s.stock) for s in patch.skus))


def health_answer(states: dict[str, PartState]) -> Health:
    """ok, degraded where planned sections or rules stand in, down where nothing can be said of a product."""
    parts = {name: PartOut.model_validate(state) for name, state in states.items()}
    needed = all(parts[name].status == "ok" for name in ("facts", "scorer", "reader"))
    status = "down" if not needed else "ok" if all(part.status == "ok" for part in parts.values()) else "degraded"
    return Health(status=status, parts=parts)
