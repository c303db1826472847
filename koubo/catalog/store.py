"""A product as it is sold at a moment: the snapshot with the live values over it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from koubo.catalog.conditions import describe
from koubo.catalog.facts import PRIORITY, Fact, FactKind, Provenance
from koubo.catalog.live import LiveView
from koubo.catalog.records import (
    FlashPrice,
    MemberPrice,
    Product,
    Promotion,
    promotion_is_running,
    promotions_by_product,
)
from koubo.catalog.table_facts import total_stock


@dataclass(frozen=True, slots=True)
class LiveProduct:
    """A product at moment `at`, money in yuan.

    `price` is the lowest among the SKUs that can be bought (those not sold out; all of them where everything is), and
    `price_is_range` says that they differ: then it is spoken with 起. `list_price` is None unless above every price.
    `stock` is None where unknown, 0 when sold out. `promotions` run at `at`, cover the product, and can give something
    (a flash or member price that is below no price is left out). `facts` are by priority, with the live values in them.
    `version` is `SNAPSHOT.LIVE_VERSION`; `not_after` the soonest moment at which one of its promotions starts or ends.
    """

    product: Product
    price: Decimal
    price_is_range: bool
    sku_prices: Mapping[str, Decimal]
    sku_stocks: Mapping[str, int | None]
    list_price: Decimal | None
    stock: int | None
    promotions: tuple[Promotion, ...]
    facts: tuple[Fact, ...]
    version: str
    at: datetime
    not_after: datetime | None


class ProductSource(Protocol):
    """What a view needs of a snapshot (`koubo.catalog.snapshot.Snapshot`)."""

    @property
    def version(self) -> str:
        """Name of the snapshot."""

    def product(self, product_id: str) -> Product:
        """The product's record; raises UnknownProduct."""

    def facts(self, product_id: str) -> tuple[Fact, ...]:
        """The product's facts by priority."""

    def promotions_of(self, product_id: str) -> Iterable[Promotion]:
        """The snapshot's promotions that cover the product, running or not."""


@dataclass(frozen=True, slots=True)
class CatalogView:
    """The snapshot as one version of the live values changes it. Pure: the same arguments give the same answer."""

    snapshot: ProductSource
    live: LiveView
    _live_promotions: Mapping[str | None, list[Promotion]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Sort the live promotions by product, once for all lookups."""
        object.__setattr__(self, "_live_promotions", promotions_by_product(self.live.promotions.values()))

    def product(self, product_id: str, at: datetime) -> LiveProduct:
        """The product as it is sold at this moment (zoned).

        Raises:
            UnknownProduct: a KeyError; the snapshot has no such product.
            ValueError: a moment without a zone.
        """
        if at.tzinfo is None:
            raise ValueError(f"at: {at.isoformat()} has no zone; write 2026-11-11T20:00:00+08:00")
        record = self.snapshot.product(product_id)
        prices = self._prices(record)
        stocks = {sku.id: self.live.stocks.get((product_id, sku.id), sku.stock) for sku in record.skus}
        stock = self.live.stocks.get((product_id, None), total_stock(stocks))
        on_sale = [price for sku, price in prices.items() if stocks.get(sku) != 0] or list(prices.values())
        lowest, highest = (min(on_sale), max(on_sale)) if on_sale else (self._own_price(record),) * 2
        everything = sorted(self._promotions(product_id), key=lambda p: p.id)
        version = f"{self.snapshot.version}.{self.live.version}"
        sold = LiveProduct(
            product=record,
            price=lowest,
            price_is_range=lowest != highest,
            sku_prices=prices,
            sku_stocks=stocks,
            list_price=record.list_price if record.list_price and record.list_price > highest else None,
            stock=stock,
            promotions=tuple(p for p in everything if promotion_is_running(p, at) and _gives(p, highest)),
            facts=(),
            version=version,
            at=at,
            not_after=_next_change(everything, at),
        )
        return replace(sold, facts=tuple(_live_facts(self.snapshot.facts(product_id), sold, self.live)))

    def _own_price(self, record: Product) -> Decimal:
        return self.live.prices.get((record.id, None), record.price)

    def _prices(self, record: Product) -> dict[str, Decimal]:
        """Price of each SKU: its live one, else the product's live one, else the table's."""
        whole = self.live.prices.get((record.id, None))
        return {sku.id: self.live.prices.get((record.id, sku.id), whole or sku.price) for sku in record.skus}

    def _promotions(self, product_id: str) -> Iterator[Promotion]:
        """Those of the snapshot that are neither deleted nor replaced, and the live ones."""
        live = self.live
        for promotion in self.snapshot.promotions_of(product_id):
            if promotion.id not in live.promotions and promotion.id not in live.deleted_promotions:
                yield promotion
        yield from self._live_promotions.get(product_id, ())
        yield from self._live_promotions.get(None, ())


def _gives(promotion: Promotion, highest: Decimal) -> bool:
    return not isinstance(promotion, FlashPrice | MemberPrice) or promotion.price < highest


def _next_change(promotions: Iterable[Promotion], at: datetime) -> datetime | None:
    moments = (moment for p in promotions for moment in (p.starts_at, p.ends_at))
    return min((moment for moment in moments if moment is not None and moment > at), default=None)


def _live_facts(facts: Iterable[Fact], sold: LiveProduct, live: LiveView) -> Iterator[Fact]:
    """The snapshot's facts with today's amounts, and a fact for each running promotion, by priority."""
    today = _amounts(sold)
    found = [_current(fact, today, live.version) for fact in facts]
    known = {fact.id for fact in facts}
    missing = [key for key in today if key[0] == FactKind.STOCK and f"{sold.product.id}:stock" not in known]
    found += [_new_stock(sold, today[key], live.version) for key in missing]
    found += [_promotion_fact(sold, promotion, live) for promotion in sold.promotions]
    yield from sorted((f for f in found if f is not None), key=lambda fact: (fact.priority, fact.id))


def _amounts(sold: LiveProduct) -> dict[tuple[FactKind, str], str]:
    """Value of every fact that changes with time, by kind and label."""
    amounts = {(FactKind.PRICE, "价格"): str(sold.price)}
    amounts |= {(FactKind.SKU_PRICE, sku): str(price) for sku, price in sold.sku_prices.items()}
    if sold.list_price is not None:
        amounts[FactKind.LIST_PRICE, "原价"] = str(sold.list_price)
    if sold.stock is not None:
        amounts[FactKind.STOCK, "库存"] = str(sold.stock)
    return amounts


_CHANGING = frozenset({FactKind.PRICE, FactKind.SKU_PRICE, FactKind.LIST_PRICE, FactKind.STOCK})


def _current(fact: Fact, today: Mapping[tuple[FactKind, str], str], version: int) -> Fact | None:
    """The fact as it is now; None where it is true no more (a list price that is not above the price)."""
    if fact.kind not in _CHANGING:
        return fact
    value = today.get((fact.kind, fact.label))
    if value is None or value == fact.value:
        return None if value is None else fact
    return replace(fact, value=value, provenance=Provenance("live", f"live:{version}", quote=value))


def _new_stock(sold: LiveProduct, value: str, version: int) -> Fact:
    product_id, kind = sold.product.id, FactKind.STOCK
    came = Provenance("live", f"live:{version}", quote=value)
    unit = sold.product.unit or "件"
    return Fact(f"{product_id}:stock", product_id, kind, "库存", value, unit, PRIORITY[kind], None, None, 1.0, came)


def _promotion_fact(sold: LiveProduct, promotion: Promotion, live: LiveView) -> Fact:
    is_live = promotion.id in live.promotions
    words = describe(promotion)
    came = (
        Provenance("live", f"live:{live.version}", quote=words)
        if is_live
        else Provenance("table", promotion.place, promotion.row, quote=words)
    )
    return Fact(
        id=f"{sold.product.id}:promotion:{promotion.id}",
        product_id=sold.product.id,
        kind=FactKind.PROMOTION,
        label=promotion.name or promotion.kind,
        value=words,
        unit=None,
        priority=PRIORITY[FactKind.PROMOTION],
        valid_from=promotion.starts_at,
        valid_until=promotion.ends_at,
        confidence=1.0,
        provenance=came,
    )
