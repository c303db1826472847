"""Whoever writes meanwhile: a rendered script is true of one version, the one that it names."""

from __future__ import annotations

import multiprocessing
import threading
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest

from koubo.catalog.store import CatalogView
from koubo.reading import read
from koubo.script.render import RenderedScript, render
from koubo.script.script import Script
from tests.truth.campaign import Campaign, checked
from tests.truth.other_writer import write
from tests.truth.shop_model import replay

Spoken = list[tuple[Script, RenderedScript]]


def render_until(done: threading.Event, campaign: Campaign, scripts: list[Script]) -> Spoken:
    """Render one script after the other, each from the values of its moment, until told to stop."""
    found: Spoken = []
    while not done.is_set() or len(found) < len(scripts):
        script = scripts[len(found) % len(scripts)]
        view = CatalogView(campaign.snapshot, campaign.store.view())
        live = view.product(script.brief.product_id, campaign.now)
        found.append((script, render(script, live, campaign.now, read)))
    return found


@pytest.mark.parametrize("where", ["a thread", pytest.param("a process", marks=pytest.mark.trouble)])
def test_what_is_rendered_while_another_writes_is_true_of_one_version(where: str, tmp_path: Path) -> None:
    campaign = Campaign(tmp_path, products=6, seed=3)
    start = campaign.shop.frozen()
    scripts = [campaign.stored(product_id, 1) for product_id in start.items]
    prices = {product_id: item.price for product_id, item in start.items.items()}
    spawn = multiprocessing.get_context("spawn")
    writers = ThreadPoolExecutor(1) if where == "a thread" else ProcessPoolExecutor(1, mp_context=spawn)
    done = threading.Event()
    with writers, ThreadPoolExecutor(2) as readers:
        rendering: list[Future[Spoken]] = [readers.submit(render_until, done, campaign, scripts) for _ in range(2)]
        told = writers.submit(write, tmp_path / "live.sqlite", prices, 25, 5).result()
        done.set()
        spoken = [one for future in rendering for one in future.result()]
    shops = {shop.version: shop for shop in replay(start, campaign.store.changes_since(0))}
    versions = {int(rendered.as_of.rpartition(".")[2]) for _, rendered in spoken}
    assert max(shops) == told[-1] and len(versions) > 5
    assert versions <= set(told), "a view held a part of what was written together"
    for script, rendered in spoken:
        assert checked(rendered, script, shops[int(rendered.as_of.rpartition(".")[2])]).faults == []
    campaign.store.close()
