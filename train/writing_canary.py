"""Whether a model writes sections that may be said: scripts for a few products of a shop, composed as in service."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from koubo.catalog.build import tables_of
from koubo.catalog.errors import CatalogError
from koubo.catalog.live import EMPTY
from koubo.catalog.pictures import NO_PICTURES
from koubo.catalog.snapshot import Snapshot
from koubo.catalog.store import CatalogView
from koubo.catalog.tables import load_catalog
from koubo.script.brief import Brief, BriefRequest, make_brief
from koubo.script.compose import Budget, Completed, Verdict, compose
from koubo.script.exemplars import Exemplars
from koubo.script.plan import SectionPlan, plan
from koubo.script.prompt import trained
from koubo.voices.mining import mine_catalog
from train.sampling_writer import GatheringWriter
from train.settings import TrainError

PRODUCTS = 8
PATIENCE_S = 3600.0
"""Nobody listens while a model is tried."""
MOMENT = datetime(2026, 11, 11, 12, tzinfo=UTC)
"""Briefs are of one moment, so that every model is asked the same."""


def usable_sections(complete: Callable[[Sequence[str]], list[str]], shop: Path) -> tuple[int, int]:
    """How many sections of scripts the model wrote usably, of how many it was asked for; one candidate each.

    Args:
        complete: gives a completion a prompt.
        shop: folder of a catalogue; scripts are written for its first products.

    Raises:
        TrainError: the catalogue cannot be used.
    """
    return asyncio.run(_composed(_briefs(shop), GatheringWriter(trained, complete)))


async def _composed(briefs: Sequence[Brief], writer: GatheringWriter) -> tuple[int, int]:
    scripts = await asyncio.gather(*(_sources(brief, writer) for brief in briefs))
    asked = [usable for script in scripts for usable in script]
    return sum(asked), len(asked)


async def _sources(brief: Brief, writer: GatheringWriter) -> list[bool]:
    """For each section that the model was asked for, whether its text is taken."""
    composing = compose(
        brief, plan(brief), writer, _take, Exemplars(()), budget=Budget(candidates=1, seconds=PATIENCE_S)
    )
    sections = [section async for section in composing if section.reason != "by_design"]
    failed = next((section.error for section in sections if section.error), None)
    if failed:
        raise TrainError(f"--roles write: the model could not be asked: {failed}")
    return [section.source == "model" for section in sections]


async def _take(brief: Brief, section: SectionPlan, completed: Sequence[Completed]) -> Sequence[Verdict]:
    """Every candidate that passed the check."""
    return [Verdict(1.0, 1.0) for _ in completed]


def _briefs(shop: Path) -> list[Brief]:
    try:
        catalog = load_catalog(shop)
    except CatalogError as error:
        raise TrainError(f"--shop {error}") from error
    view = CatalogView(Snapshot(shop.name, tables_of(catalog, NO_PICTURES, mine_catalog(catalog))), EMPTY)
    products = islice(catalog.products, PRODUCTS)
    return [make_brief(view.product(product.id, MOMENT), BriefRequest(product_id=product.id)) for product in products]
