"""Scripts of catalogues that nobody made for the check: every number in their words has a place to come from."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from koubo.catalog.live import EMPTY
from koubo.catalog.snapshot import Snapshot, build_snapshot
from koubo.catalog.store import CatalogView
from koubo.catalog.tables import load_catalog
from koubo.reading import read
from koubo.script.brief import BriefRequest, make_brief
from koubo.script.compose import ComposedSection
from koubo.script.plan import plan
from koubo.script.render import render
from koubo.script.script import Script
from koubo.voices.mining import mine_catalog
from tests.truth.campaign import OCCASIONS, checked
from tests.truth.shop_model import Shop, deal_of, item_of
from tests.truth.spoken_truth import Report

ROOT = Path(__file__).parents[2]
AT = datetime.fromisoformat("2026-11-24T19:00:00+08:00")


def spoken(folder: Path, out: Path, limit: int) -> Report:
    """Compose and render a long script for products of a catalogue, and check them."""
    catalog = load_catalog(folder, None)
    view = CatalogView(Snapshot.load(build_snapshot(catalog, None, None, out, mine_catalog(catalog))), EMPTY)
    items = {p.id: item_of(p, catalog.reviews, catalog.questions) for p in catalog.products}
    shop = Shop(items, {promotion.id: deal_of(promotion) for promotion in catalog.promotions})
    report = Report()
    for number, product_id in enumerate(list(items)[:limit]):
        occasion = OCCASIONS[number % len(OCCASIONS)]
        request = BriefRequest(product_id=product_id, seconds=200, seed=number, occasion=occasion)
        brief = make_brief(view.product(product_id, AT), request)
        sections = tuple(ComposedSection(s.kind, s.planned, "planned", "by_design") for s in plan(brief).sections)
        script = Script("s", brief, number, sections, AT)
        report.add(checked(render(script, view.product(product_id, AT), AT, read), script, shop))
    return report


def test_the_example_shop(tmp_path: Path) -> None:
    report = spoken(ROOT / "examples" / "catalog", tmp_path, 100)
    assert report.faults == []
    assert report.checked["title or brief"] > 30 and report.checked["paid"] + report.checked["现价 from"] > 20


@pytest.mark.trouble
@pytest.mark.parametrize("name", ["mall", "shopxo", "yanxuan"])
def test_real_shops(name: str, shared_data: Path, tmp_path: Path) -> None:
    assert spoken(shared_data / "catalog" / name, tmp_path, 250).faults == []
