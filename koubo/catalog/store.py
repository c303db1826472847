"""A product as it is sold at a moment: the snapshot with the live values over it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from koubo.catalog.facts import Fact
from koubo.catalog.records import Product, Promotion


@dataclass(frozen=True, slots=True)
class LiveProduct:
    """A product at moment `at`, money in yuan.

    `price` is the lowest among the SKUs that can be bought (those not sold out; all of them where everything is), and
    `price_is_range` says that they differ: then it is spoken with 起. `stock` is None where unknown, 0 when sold out.
    `promotions` run at `at` and cover the product. `facts` are by priority, with the live values in them. `version` is
    `SNAPSHOT.LIVE_VERSION`; `not_after` the soonest moment at which a promotion of the product starts or ends.
    """

    product: Product
    price: Decimal
    price_is_range: bool
    sku_prices: Mapping[str, Decimal]
    list_price: Decimal | None
    stock: int | None
    promotions: tuple[Promotion, ...]
    facts: tuple[Fact, ...]
    version: str
    at: datetime
    not_after: datetime | None
