"""Snapshots swapped under load on real Serve: every lookup is answered, whatever is published meanwhile."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from ray import serve
from ray.serve.handle import DeploymentHandle

from koubo.catalog.increment import Sources, build
from koubo.versions import current, point, publish
from serve_apps.facts import deployment
from serve_apps.settings import AppSettings
from tests.serve_apps.fake_writer import EXAMPLES

CALLERS = 8
WITHIN_S = 15


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXAMPLES, tmp_path / "shop"))


@pytest.fixture
def facts(serve_url: str, shop: Path, tmp_path: Path) -> Iterator[DeploymentHandle]:
    """One replica of Facts on a snapshot of the shop."""
    build(Sources(shop), tmp_path / "snapshots")
    writer = {"source": "openai:http://127.0.0.1:9/v1#none"}
    values = {
        "snapshots": tmp_path / "snapshots",
        "state": tmp_path / "state",
        "writer": writer,
        "snapshot_poll_s": 0.05,
    }
    handle = serve.run(deployment.bind(AppSettings.model_validate(values)), name="swap", route_prefix=None)
    yield handle
    serve.delete("swap")


def add_product(shop: Path, number: int) -> None:
    row = {"id": f"new{number}", "title": f"新品{number}号", "price": "19.90", "category": ["家居", "水具"]}
    with (shop / "products.jsonl").open("a", encoding="utf8") as table:
        table.write(json.dumps(row, ensure_ascii=False) + "\n")


class Load:
    """Asks for products as fast as answers come, from many sides; counts answers and failures."""

    def __init__(self, handle: DeploymentHandle) -> None:
        self.handle = handle
        self.answered = 0
        self.failures: list[str] = []
        self.versions: set[str] = set()
        self.over = False

    async def ask(self) -> None:
        while not self.over:
            try:
                now = datetime.now().astimezone()
                found = await self.handle.options(method_name="product").remote("s01", now)
                self.versions.add(found.version.partition(".")[0])
                self.answered += 1
            except Exception as error:  # whatever a caller would have seen
                self.failures.append(repr(error))


async def seen(handle: DeploymentHandle, product_id: str) -> None:
    """Wait until a product is served."""
    async with asyncio.timeout(WITHIN_S):
        while not await has(handle, product_id):
            await asyncio.sleep(0.05)


async def has(handle: DeploymentHandle, product_id: str) -> bool:
    page = await handle.options(method_name="products").remote(0, 100, datetime.now().astimezone())
    return product_id in [live.product.id for live in page.products]


async def refused(handle: DeploymentHandle, version: str) -> None:
    """Wait until the replica says that it refused a version."""
    async with asyncio.timeout(WITHIN_S):
        while f"refused {version}" not in (await handle.options(method_name="state").remote()).detail:
            await asyncio.sleep(0.05)


def poison(out: Path, scratch: Path) -> str:
    """Put a version in service that was damaged before anybody could load it."""
    whole = current(out)

    def copy(folder: Path) -> None:
        for path in whole.glob("*.parquet"):
            shutil.copy(path, folder)

    version = publish(scratch, copy, {"note": "poisoned"})
    table = scratch / version / "facts.parquet"
    table.write_bytes(table.read_bytes()[:-1] + b"?")
    (scratch / version).rename(out / version)
    point(out, version)
    return version


async def publish_under_load(handle: DeploymentHandle, shop: Path, out: Path) -> tuple[Load, set[str]]:
    load = Load(handle)
    callers = [asyncio.create_task(load.ask()) for _ in range(CALLERS)]
    published = {current(out).name}
    try:
        for number in range(4):
            add_product(shop, number)
            published.add((await asyncio.to_thread(build, Sources(shop), out)).folder.name)
            await seen(handle, f"new{number}")
            await refused(handle, await asyncio.to_thread(poison, out, out.parent / "scratch"))
    finally:
        load.over = True
        await asyncio.gather(*callers)
    return load, published


@pytest.mark.serve
@pytest.mark.ray
def test_no_lookup_fails_while_snapshots_are_published(facts: DeploymentHandle, shop: Path, tmp_path: Path) -> None:
    load, published = asyncio.run(publish_under_load(facts, shop, tmp_path / "snapshots"))
    assert load.failures == []
    assert load.answered > 100
    assert load.versions == published
