"""What changes while a stream runs: price per SKU, stock, promotions. Overrides the snapshot (see `store`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from koubo.catalog.records import Promotion

LiveKey = tuple[str, str | None]
"""(product_id, sku_id); sku_id None is the product as a whole."""


class LiveError(Exception):
    """A live value that cannot be stored; the message names the field and the value."""


class ChangeKind(StrEnum):
    """What a change was about."""

    PRICE = "price"
    STOCK = "stock"
    PROMOTION = "promotion"
    PROMOTION_DELETED = "promotion_deleted"


@dataclass(frozen=True, slots=True)
class LiveChange:
    """One line of the audit trail: who changed what, when, from what to what (as text; promotions as JSON)."""

    version: int
    at: datetime
    actor: str
    kind: ChangeKind
    product_id: str | None
    sku_id: str | None
    promotion_id: str | None
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class NewPrice:
    """Price in yuan of one SKU, or with sku_id None of the whole product: then earlier live prices of its SKUs end."""

    product_id: str
    sku_id: str | None
    price: Decimal


@dataclass(frozen=True, slots=True)
class NewStock:
    """Pieces left of one SKU (an earlier live stock of the whole product ends), or with sku_id None of the product."""

    product_id: str
    sku_id: str | None
    stock: int


@dataclass(frozen=True, slots=True)
class LiveView:
    """All live values as of one version: consistent, never changing."""

    version: int
    prices: Mapping[LiveKey, Decimal]
    stocks: Mapping[LiveKey, int]
    promotions: Mapping[str, Promotion]
    deleted_promotions: frozenset[str]


EMPTY = LiveView(0, {}, {}, {}, frozenset())
"""No live values: the snapshot alone."""


class LiveStore(Protocol):
    """Durable live values, shared by several processes. A write returns its version once nothing can lose it."""

    def apply(self, updates: Sequence[NewPrice | NewStock], actor: str) -> int:
        """Write prices and stocks in this order, all or none: no view holds only some of them."""

    def put_promotion(self, promotion: Promotion, actor: str) -> int:
        """Add a promotion, or replace the one with its id, in the snapshot too."""

    def delete_promotion(self, promotion_id: str, actor: str) -> int:
        """End a promotion, live or in the snapshot, whether or not it is known."""

    def promotions(self) -> Mapping[str, Promotion]:
        """The live promotions by id."""

    def view(self) -> LiveView:
        """All live values as of now."""

    def changes_since(self, version: int) -> Sequence[LiveChange]:
        """The changes after this version, oldest first."""

    def version(self) -> int:
        """Version of the last change; 0 before the first."""
