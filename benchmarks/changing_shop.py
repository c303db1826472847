"""A shop whose prices and promotions change within the hour: what a script was written for, and what is true later."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path

from koubo.catalog.build import tables_of
from koubo.catalog.live import EMPTY, LiveKey
from koubo.catalog.pictures import NO_PICTURES
from koubo.catalog.records import Product, Promotion, parse_promotion
from koubo.catalog.snapshot import Snapshot
from koubo.catalog.store import CatalogView
from koubo.catalog.tables import load_catalog
from koubo.voices.mining import mine_catalog

WRITTEN_AT = datetime.fromisoformat("2026-11-11T20:00:00+08:00")
LATER = WRITTEN_AT + timedelta(hours=1)
ENDS = WRITTEN_AT + timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class ChangingShop:
    """The shop when scripts are written, and an hour later: every promotion has ended, every other price went up."""

    products: tuple[Product, ...]
    before: CatalogView
    after: CatalogView


def changing_shop(folders: Sequence[Path], count: int) -> ChangingShop:
    """The first ``count`` products of catalogues, those of the first folder first; each has a promotion of its own.

    Raises:
        CatalogError: a folder that holds no catalogue.
        ValueError: fewer products than asked for.
    """
    shops = [_snapshot(folder) for folder in folders]
    found = [(shop, product) for shop in shops for product in shop.products(0, len(shop))]
    if len(found) < count:
        raise ValueError(f"{len(found)} products in {', '.join(map(str, folders))}; {count} asked for")
    merged = _Merged(dict(islice(((product.id, (shop, product)) for shop, product in found), count)))
    products = tuple(product for _, product in merged.known.values())
    promotions = {p.id: p for number, product in enumerate(products) for p in _promotions(number, product)}
    running = replace(EMPTY, version=1, promotions=promotions)
    dearer: dict[LiveKey, Decimal] = {
        (product.id, None): (product.price * Decimal("1.1")).quantize(Decimal("0.1")) for product in products[::2]
    }
    return ChangingShop(
        products, CatalogView(merged, running), CatalogView(merged, replace(running, version=2, prices=dearer))
    )


@dataclass(frozen=True, slots=True)
class _Merged:
    """Products of several snapshots as one, without the promotions of their tables."""

    known: dict[str, tuple[Snapshot, Product]]
    version: str = "benchmark"

    def product(self, product_id: str) -> Product:
        return self.known[product_id][1]

    def facts(self, product_id: str) -> tuple[object, ...]:
        return self.known[product_id][0].facts(product_id)

    def promotions_of(self, product_id: str) -> tuple[Promotion, ...]:
        return ()


def _snapshot(folder: Path) -> Snapshot:
    catalog = load_catalog(folder)
    return Snapshot(folder.name, tables_of(catalog, NO_PICTURES, mine_catalog(catalog)))


def _promotions(number: int, product: Product) -> Iterator[Promotion]:
    """One of three kinds, in turn."""
    price = product.price
    kinds = (
        {"kind": "coupon", "threshold": None, "amount_off": _share(price, "0.1")},
        {"kind": "flash_price", "price": _share(price, "0.85")},
        {"kind": "threshold_discount", "threshold": str(price), "amount_off": _share(price, "0.15")},
    )
    if price >= 5:
        yield parse_promotion(
            {
                **kinds[number % len(kinds)],
                "id": f"promotion-{product.id}",
                "product_ids": [product.id],
                "stacking_group": "benchmark",
                "eligibility": {"kind": "everyone"},
                "starts_at": (WRITTEN_AT - timedelta(hours=1)).isoformat(),
                "ends_at": ENDS.isoformat(),
            }
        )


def _share(price: Decimal, share: str) -> str:
    return str((price * Decimal(share)).quantize(Decimal("1")) if price >= 20 else round(price * Decimal(share), 1))
