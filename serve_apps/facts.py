"""The Facts deployment: the snapshot in service with the live values over it, both followed while it runs.

A replica reads from memory. Two threads follow CURRENT and the live store and replace the view as a whole, so a
request sees one consistent pair and none is dropped. A snapshot that fails its checks is refused, said in `state`, and
the one in service stays. Every write goes through the live store; the replica that wrote sees it at once, the others
within a poll.
"""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ray import serve

from koubo.catalog.answers import Answer, answers
from koubo.catalog.live import LiveStore, NewPrice, NewStock
from koubo.catalog.live_sqlite import SqliteLiveStore
from koubo.catalog.paths import GraphPath
from koubo.catalog.records import Promotion
from koubo.catalog.related import Related
from koubo.catalog.snapshot import Snapshot, SnapshotError
from koubo.catalog.store import CatalogView, LiveProduct
from koubo.versions import VersionWatcher
from serve_apps.parts import LiveUpdate, PartState, ProductPage
from serve_apps.problems import FieldProblem, NotFound, Unavailable, Unprocessable
from serve_apps.settings import AppSettings
from serve_apps.storing import stored

log = logging.getLogger("ray.serve")

LIVE_FILE = "live.sqlite"


@dataclass(frozen=True, slots=True)
class InService:
    """What requests are answered from: one snapshot, and the same snapshot under one version of the live values."""

    snapshot: Snapshot
    view: CatalogView


class Facts:
    """FactsPart in memory.

    Args:
        snapshots: root of published snapshots.
        store: the live values.
    """

    def __init__(self, snapshots: Path, store: LiveStore) -> None:
        self._root = snapshots
        self._store = store
        self._watcher = VersionWatcher(snapshots)
        self._refresh_lock = threading.Lock()
        self._live = store.view()
        self._service: InService | None = None
        self._refused = ""
        self.refresh_snapshot()

    def refresh_snapshot(self) -> bool:
        """Load the snapshot in service if it is another than the one held; a poisoned one is refused.

        Returns whether a snapshot was taken into service.
        """
        folder = self._watcher.changed()
        if folder is None:
            return False
        try:
            loaded = Snapshot.load(folder)
        except SnapshotError as error:
            self._refused = f"refused {folder.name}: {error}"
            log.error("snapshot %s; the one in service stays", self._refused)
            return False
        with self._refresh_lock:
            self._service, self._refused = InService(loaded, CatalogView(loaded, self._live)), ""
        log.info("snapshot %s in service", folder.name)
        return True

    def refresh_live(self) -> None:
        """Take over live values that changed."""
        with self._refresh_lock:
            if self._store.version() == self._live.version:
                return
            self._live = self._store.view()
            if self._service is not None:
                loaded = self._service.snapshot
                self._service = InService(loaded, CatalogView(loaded, self._live))

    async def product(self, product_id: str, at: datetime) -> LiveProduct:
        """See `FactsPart.product`."""
        with _found("product", product_id):
            return self._in_service().view.product(product_id, at)

    async def products(self, offset: int, limit: int, at: datetime) -> ProductPage:
        """See `FactsPart.products`."""
        service = self._in_service()
        found = service.snapshot.products(offset, limit)
        return ProductPage(len(service.snapshot), tuple(service.view.product(p.id, at) for p in found))

    async def answers(self, product_id: str, comment: str, n: int, at: datetime) -> tuple[Answer, ...]:
        """See `FactsPart.answers`."""
        return answers((await self.product(product_id, at)).facts, comment, n)

    async def related(self, product_id: str, n: int) -> tuple[Related, ...]:
        """See `FactsPart.related`."""
        with _found("product", product_id):
            return self._in_service().snapshot.related(product_id, n)

    async def complementary(self, product_id: str, n: int, at: datetime) -> tuple[Related, ...]:
        """See `FactsPart.complementary`."""
        running = (await self.product(product_id, at)).promotions
        with _found("product", product_id):
            return self._in_service().snapshot.complementary(product_id, n, running)

    async def path(self, start: str, end: str) -> GraphPath | None:
        """See `FactsPart.path`."""
        with _found("node", f"{start} or {end}"):
            return self._in_service().snapshot.path(start, end)

    async def update(self, product_id: str, update: LiveUpdate, actor: str) -> int:
        """See `FactsPart.update`."""
        live = await self.product(product_id, datetime.now().astimezone())
        unknown = [
            FieldProblem(field=f"skus.{i}.id", message=f"product {product_id!r} has no SKU {sku.id!r}")
            for i, sku in enumerate(update.skus)
            if sku.id not in live.sku_prices
        ]
        if unknown:
            raise Unprocessable("; ".join(f"{u.field}: {u.message}" for u in unknown), errors=unknown)
        return await self._write(lambda: self._store.apply(_values(product_id, update), actor))

    async def promotions(self) -> tuple[Promotion, ...]:
        """See `FactsPart.promotions`."""
        service = self._in_service()
        live = service.view.live
        replaced = live.deleted_promotions | live.promotions.keys()
        kept = (p for p in service.snapshot.promotions() if p.id not in replaced)
        return tuple(sorted((*kept, *live.promotions.values()), key=lambda p: p.id))

    async def promotion(self, promotion_id: str) -> Promotion:
        """See `FactsPart.promotion`."""
        for promotion in await self.promotions():
            if promotion.id == promotion_id:
                return promotion
        raise NotFound(f"promotion {promotion_id!r}: there is none with this id")

    async def put_promotion(self, promotion: Promotion, actor: str) -> int:
        """See `FactsPart.put_promotion`."""
        known = self._in_service().snapshot
        unknown = [
            FieldProblem(field=f"product_ids.{i}", message=f"product {product_id!r}: not in the snapshot in service")
            for i, product_id in enumerate(promotion.product_ids or ())
            if product_id not in known
        ]
        if unknown:
            raise Unprocessable("; ".join(f"{u.field}: {u.message}" for u in unknown), errors=unknown)
        return await self._write(lambda: self._store.put_promotion(promotion, actor))

    async def delete_promotion(self, promotion_id: str, actor: str) -> int:
        """See `FactsPart.delete_promotion`."""
        await self.promotion(promotion_id)
        return await self._write(lambda: self._store.delete_promotion(promotion_id, actor))

    async def state(self) -> PartState:
        """See `FactsPart.state`."""
        if self._service is None:
            return PartState("down", self._refused or f"{self._root}: no snapshot is published yet")
        detail = f"snapshot {self._service.snapshot.version}, live values {self._service.view.live.version}"
        return PartState("ok", "; ".join(filter(None, (detail, self._refused))))

    async def _write(self, write: Callable[[], int]) -> int:
        version = await stored("live values", write)
        await stored("live values", self.refresh_live)
        return version

    def _in_service(self) -> InService:
        if self._service is None:
            why = self._refused or "no snapshot is published yet; run data_jobs.build_graph"
            raise Unavailable(f"{self._root}: {why}", retry_after_s=5)
        return self._service


@contextmanager
def _found(what: str, name: str) -> Iterator[None]:
    """Turn the KeyError of a lookup into NotFound."""
    try:
        yield
    except KeyError as error:
        raise NotFound(f"{what} {name!r}: not in the snapshot in service") from error


def _values(product_id: str, update: LiveUpdate) -> list[NewPrice | NewStock]:
    """Product first: its price ends earlier prices of its SKUs."""
    told = [(None, update.price, update.stock), *((sku.id, sku.price, sku.stock) for sku in update.skus)]
    prices = [NewPrice(product_id, sku_id, price) for sku_id, price, _ in told if price is not None]
    stocks = [NewStock(product_id, sku_id, stock) for sku_id, _, stock in told if stock is not None]
    return [*prices, *stocks]


class FactsReplica(Facts):
    """Facts as a deployment: follows snapshot and live values by itself."""

    def __init__(self, settings: AppSettings) -> None:
        settings.state.mkdir(parents=True, exist_ok=True)
        super().__init__(settings.snapshots, SqliteLiveStore(settings.state / LIVE_FILE))
        # What is there by now stays, so the collector need not walk it. Later snapshots are tables, which it skips, and
        # they go as soon as the last request has let go of them: no collection stops the replica after a swap.
        gc.collect()
        gc.freeze()
        self._stop = threading.Event()
        self._followers = [
            self._follow("snapshot", self.refresh_snapshot, settings.snapshot_poll_s),
            self._follow("live values", self.refresh_live, settings.live_poll_s),
        ]

    def check_health(self) -> None:
        """Raises RuntimeError when the replica no longer follows what it serves; Serve then replaces it."""
        dead = [thread.name for thread in self._followers if not thread.is_alive()]
        if dead:
            raise RuntimeError(f"no longer following {', '.join(dead)}")

    def _follow(self, name: str, refresh: Callable[[], object], period_s: float) -> threading.Thread:
        thread = threading.Thread(target=self._loop, args=(name, refresh, period_s), name=name, daemon=True)
        thread.start()
        return thread

    def _loop(self, name: str, refresh: Callable[[], object], period_s: float) -> None:
        while not self._stop.wait(period_s):
            try:
                refresh()
            except Exception:  # a store that is away for a moment: said, and tried again
                log.exception("following %s", name)


deployment = serve.deployment(
    FactsReplica, name="Facts", max_ongoing_requests=64, max_queued_requests=512, health_check_period_s=5
)
