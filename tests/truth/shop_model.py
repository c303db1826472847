"""A shop in plain words: what each thing costs, how much is left, what runs. It knows nothing of how scripts are made.

Live values are told in the words of `koubo.catalog.live` and kept by the rules of its docstrings: a product's price
ends those of its SKUs, a SKU's stock ends its product's, a promotion replaces the one of its id.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from koubo.catalog.live import ChangeKind, LiveChange, NewPrice, NewStock
from koubo.catalog.records import PROMOTION, Product, Promotion, Question, Review


@dataclass(frozen=True)
class Deal:
    """A promotion in plain words; money in yuan. `count` is its pieces or people, `percent` of the price is paid."""

    id: str
    kind: str
    for_whom: str
    grade: str | None
    group: str | None
    products: frozenset[str] | None
    starts: datetime | None
    ends: datetime | None
    price: Decimal = Decimal(0)
    threshold: Decimal | None = None
    off: Decimal = Decimal(0)
    count: int = 1
    percent: Decimal = Decimal(0)
    gift: str = ""

    def runs(self, at: datetime) -> bool:
        """From its start on, until before its end."""
        return (self.starts is None or self.starts <= at) and (self.ends is None or at < self.ends)


def deal_of(promotion: Promotion) -> Deal:
    """The same promotion in plain words."""
    told: dict[str, Any] = promotion.model_dump()
    return Deal(
        id=told["id"],
        kind=told["kind"],
        for_whom=told["eligibility"]["kind"],
        grade=told["eligibility"]["grade"] or None,
        group=told["stacking_group"],
        products=None if told["product_ids"] is None else frozenset(told["product_ids"]),
        starts=told["starts_at"],
        ends=told["ends_at"],
        price=told.get("price", Decimal(0)),
        threshold=told.get("threshold"),
        off=told.get("amount_off", Decimal(0)),
        count=told.get("min_quantity", told.get("group_size", 1)),
        percent=told.get("percent_of_price", Decimal(0)),
        gift=told.get("gift", ""),
    )


@dataclass(frozen=True)
class Who:
    """For whom a script reckons: by default anyone, who is no new customer, no member, and alone."""

    new: bool = False
    grades: frozenset[str] = frozenset()
    people: int = 1

    def may_use(self, deal: Deal) -> bool:
        """Whether the promotion is for such a buyer."""
        if deal.for_whom == "members":
            return deal.grade in self.grades if deal.grade else bool(self.grades)
        return deal.for_whom == "everyone" or (deal.for_whom == "new_customers" and self.new)


@dataclass
class Item:
    """A product as its table has it, and all the words that are known of it."""

    id: str
    title: str
    unit: str
    price: Decimal
    list_price: Decimal | None
    skus: Mapping[str, tuple[Decimal, int | None]]
    attributes: Mapping[str, str]
    words: str
    questions: Sequence[tuple[str, str]]
    reviews: Sequence[str]


def item_of(product: Product, reviews: Iterable[Review] = (), questions: Iterable[Question] = ()) -> Item:
    """A product's record and what is said of it, in plain words."""
    asked = [(q.question, q.answer) for q in questions if q.product_id in (None, product.id)]
    said = [review.text for review in reviews if review.product_id == product.id]
    return Item(
        id=product.id,
        title=product.title,
        unit=product.unit or "件",
        price=product.price,
        list_price=product.list_price,
        skus={sku.id: (sku.price, sku.stock) for sku in product.skus},
        attributes=dict(product.attributes),
        words="\n".join([product.title, product.brand or "", product.brief, *product.category, *_options(product)]),
        questions=asked,
        reviews=said,
    )


def _options(product: Product) -> set[str]:
    """What its SKUs are called, options by themselves and side by side."""
    alone = {value for sku in product.skus for value in sku.options.values()}
    return alone | {"".join(sku.options.values()) for sku in product.skus}


@dataclass
class Shop:
    """Everything that is true at one version. `deals` are those of the tables with the live ones over them."""

    items: Mapping[str, Item]
    deals: dict[str, Deal]
    version: int = 0
    prices: dict[tuple[str, str | None], Decimal] = field(default_factory=dict)
    stocks: dict[tuple[str, str | None], int] = field(default_factory=dict)
    _covering: dict[str, list[Deal]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        """Collect the labels of all attributes of all products."""
        self.labels = {label for item in self.items.values() for label in item.attributes}

    def tell(self, *updates: NewPrice | NewStock) -> None:
        """Prices and stocks, each a version of its own."""
        for update in updates:
            key = (update.product_id, update.sku_id)
            if isinstance(update, NewPrice):
                gone = [k for k in self.prices if update.sku_id is None and k[0] == update.product_id]
                for old in gone:
                    del self.prices[old]
                self.prices[key] = update.price
            else:
                if update.sku_id is not None:
                    self.stocks.pop((update.product_id, None), None)
                self.stocks[key] = update.stock
            self.version += 1

    def start(self, promotion: Promotion) -> None:
        """Add a promotion or replace the one of its id."""
        self.deals[promotion.id] = deal_of(promotion)
        self._covering.clear()
        self.version += 1

    def stop(self, promotion_id: str) -> None:
        """End a promotion, known or not."""
        self.deals.pop(promotion_id, None)
        self._covering.clear()
        self.version += 1

    def frozen(self) -> Shop:
        """A copy that later changes leave alone."""
        return Shop(self.items, dict(self.deals), self.version, dict(self.prices), dict(self.stocks))

    def sku_prices(self, product_id: str) -> dict[str, Decimal]:
        """The price of each SKU now; one that nobody told of is its product's told price, or the table's."""
        item = self.items[product_id]
        whole = self.prices.get((product_id, None))
        return {
            sku: self.prices.get((product_id, sku), price if whole is None else whole)
            for sku, (price, _) in item.skus.items()
        }

    def sku_stocks(self, product_id: str) -> dict[str, int | None]:
        """What is left of each SKU; None where nobody knows."""
        return {
            sku: self.stocks.get((product_id, sku), stock) for sku, (_, stock) in self.items[product_id].skus.items()
        }

    def to_be_bought(self, product_id: str) -> list[Decimal]:
        """The prices of what can be bought: of the SKUs not sold out, of all where all are."""
        prices, stocks = self.sku_prices(product_id), self.sku_stocks(product_id)
        if not prices:
            return [self.prices.get((product_id, None), self.items[product_id].price)]
        return [price for sku, price in prices.items() if stocks[sku] != 0] or list(prices.values())

    def stock(self, product_id: str) -> int | None:
        """Pieces left of the product; None where nobody knows."""
        if (product_id, None) in self.stocks:
            return self.stocks[product_id, None]
        stocks = self.sku_stocks(product_id).values()
        return None if not stocks or None in stocks else sum(stock for stock in stocks if stock is not None)

    def list_price(self, product_id: str) -> Decimal | None:
        """The struck-out price, where it is above every price."""
        listed = self.items[product_id].list_price
        return listed if listed is not None and listed > max(self.to_be_bought(product_id)) else None

    def covering(self, product_id: str) -> list[Deal]:
        """Every promotion of the product, running or not."""
        if product_id not in self._covering:
            deals = self.deals.values()
            self._covering[product_id] = [d for d in deals if d.products is None or product_id in d.products]
        return self._covering[product_id]

    def running(self, product_id: str, at: datetime) -> list[Deal]:
        """The promotions that run and that give somebody something: a price must be below some price."""
        highest = max(self.to_be_bought(product_id))
        return [
            deal
            for deal in self.covering(product_id)
            if deal.runs(at) and not (deal.kind in ("flash_price", "member_price") and deal.price >= highest)
        ]

    def moments(self, product_id: str, after: datetime) -> list[datetime]:
        """When promotions of the product start or end, after a moment, the soonest first."""
        found = {m for deal in self.covering(product_id) for m in (deal.starts, deal.ends) if m is not None}
        return sorted(moment for moment in found if moment > after)


def replay(shop: Shop, changes: Iterable[LiveChange]) -> Iterator[Shop]:
    """Give the shop at every version that an audit trail names, the one it starts from first."""
    now = shop.frozen()
    yield now.frozen()
    for change in changes:
        _redo(now, change)
        assert now.version == change.version, f"the trail leaps from {now.version} to {change.version}"
        yield now.frozen()


def _redo(shop: Shop, change: LiveChange) -> None:
    product, after = change.product_id or "", change.after or ""
    if change.kind is ChangeKind.PRICE:
        shop.tell(NewPrice(product, change.sku_id, Decimal(after)))
    elif change.kind is ChangeKind.STOCK:
        shop.tell(NewStock(product, change.sku_id, int(after)))
    elif change.kind is ChangeKind.PROMOTION:
        shop.start(PROMOTION.validate_json(after))
    else:
        shop.stop(change.promotion_id or "")
