"""A shop made from a seed: products of every family, SKUs of one price and of several, promotions of every kind."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from itertools import product as pairs_of
from pathlib import Path
from typing import Any

import yaml

from koubo.catalog.records import Product, Promotion, Question, Review, parse_promotion

DATA = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf8"))
FAMILIES = ("apparel", "food", "beauty", "home", "digital", "baby", "pets")
CHINA = timezone(timedelta(hours=8))
START = datetime(2026, 11, 22, 20, 0, tzinfo=CHINA)
GRADES = ("V8", "88VIP", "金卡", None)
GROUPS = {"threshold_discount": "满减", "coupon": "券", "quantity_discount": "多件", "gift": "赠品"}
"""Where a shop declares stacking by kind; what sets the price of a piece is 单品价."""
_ODD = "9.9 0.5 0.02 1.05 2 2.20 10.10 12 59.9 59.95 100 102 128 199 200 220.02 1000 1005 1010 1299 10086 10086.5"
ODD_PRICES = [*_ODD.split(), "20000", "99999.99", "100000.5", "1234567.89"]
ENDS = ((0, 0, 0), (23, 59, 59), (23, 59, 0), (20, 0, 30), (20, 5, 0), (0, 30, 0), (9, 9, 9), (12, 0, 0), (22, 0, 0))


class ShopMaker:
    """Draws products and promotions; the same seed draws the same."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self._promotions = 0

    def products(self, count: int) -> list[Product]:
        """So many products, the families in turn."""
        return [self._product(number) for number in range(count)]

    def _product(self, number: int) -> Product:
        made = self.rng.choice(DATA[FAMILIES[number % len(FAMILIES)]])
        price = self.price()
        options = self._options(made.get("options", {}), made["attributes"])
        same = self.rng.random() < 0.5
        skus = [self._sku(option, price if same else self.near(price)) for option in options]
        return Product.model_validate(
            {
                "id": f"p{number:03}",
                "title": f"{made['brand']} {made['noun']} 第{number}款".strip(),
                "brand": made["brand"] or None,
                "category": made["category"],
                "brief": made["brief"],
                "unit": made["unit"] if self.rng.random() < 0.9 else "",
                "price": min((sku["price"] for sku in skus), default=price),
                "list_price": self.rng.choice([None, self.near(price), (price * 2).quantize(Decimal("0.01"))]),
                "attributes": made["attributes"],
                "skus": skus,
            }
        )

    def _options(self, named_apart: dict[str, str], attributes: dict[str, str]) -> list[dict[str, str]]:
        """No SKU, one, one a colour or size, or one for most pairs of options: some pairs nobody sells."""
        if named_apart and self.rng.random() < 0.8:
            values = pairs_of(*(told.split("/") for told in named_apart.values()))
            pairs = [dict(zip(named_apart, pair, strict=True)) for pair in values]
            return [pair for n, pair in enumerate(pairs) if n == 0 or len(named_apart) == 1 or self.rng.random() < 0.7]
        named = next((name for name in ("颜色", "尺码") if "/" in attributes.get(name, "")), None)
        drawn = self.rng.random()
        if named is None or drawn < 0.2:
            return [] if drawn < 0.1 else [{"规格": "标准"}]
        return [{named: value} for value in attributes[named].split("/")]

    def _sku(self, options: dict[str, str], price: Decimal) -> dict[str, Any]:
        return {"options": options, "price": price, "stock": self.rng.choice([None, self.stock(), self.stock()])}

    def reviews(self, products: Sequence[Product]) -> list[Review]:
        """A few buyers' words a product."""
        return [
            Review(id=f"{product.id}-r{n}", product_id=product.id, text=text, rating=5)
            for product in products
            for n, text in enumerate(self.rng.sample(DATA["reviews"], 3))
        ]

    def questions(self, products: Sequence[Product]) -> list[Question]:
        """A few answers a product."""
        return [
            Question(id=f"{product.id}-q{n}", product_id=product.id, question=asked, answer=answer)
            for product in products
            for n, (asked, answer) in enumerate(self.rng.sample(DATA["questions"], 3))
        ]

    def price(self) -> Decimal:
        """An amount in yuan, often an odd one."""
        if self.rng.random() < 0.5:
            return Decimal(self.rng.choice(ODD_PRICES)).quantize(Decimal("0.01"))
        return Decimal(self.rng.randint(100, 50_000)) / 100

    def near(self, price: Decimal) -> Decimal:
        """An amount not far from another."""
        return max(Decimal("0.01"), (price * self.rng.randint(70, 140) / 100).quantize(Decimal("0.01")))

    def stock(self) -> int:
        """How many are left: few, none, or many."""
        return self.rng.choice([0, 1, 2, 3, 12, 20, 22, 102, 112, 200, 201, 5000, self.rng.randint(1, 250)])

    def promotion(self, product_id: str, price: Decimal, now: datetime, promotion_id: str = "") -> Promotion:
        """Any promotion that runs before, at, or after a moment; of a product, of several, or of the shop."""
        self._promotions += 1
        kind = self.rng.choice(list(_KINDS))
        record = {"id": promotion_id or f"m{self._promotions:05}", "kind": kind, **_KINDS[kind](self, price)}
        record |= {"product_ids": self._covered(product_id), "stacking_group": self._group(kind)}
        if kind != "member_price":
            record["eligibility"] = self._eligibility()
        starts, ends = self._span(now)
        return parse_promotion({**record, "starts_at": starts, "ends_at": ends})

    def of_the_shop(self) -> Promotion:
        """A discount for everyone on all products, without an end."""
        off = {"kind": "threshold_discount", "threshold": "199", "amount_off": "20", "stacking_group": "满减"}
        return parse_promotion({"id": "shop", "eligibility": {"kind": "everyone"}, **off})

    def _covered(self, product_id: str) -> list[str] | None:
        drawn = self.rng.random()
        return None if drawn < 0.01 else [product_id] if drawn < 0.8 else [product_id, f"p{self.rng.randint(0, 99):03}"]

    def _group(self, kind: str) -> str | None:
        """Mostly its kind's own, sometimes another's, sometimes none."""
        drawn = self.rng.random()
        own = GROUPS.get(kind, "单品价")
        return None if drawn < 0.06 else self.rng.choice(["满减", "单品价", "店铺"]) if drawn < 0.16 else own

    def _eligibility(self) -> dict[str, str | None]:
        kind = self.rng.choice([*["everyone"] * 8, "new_customers", "new_customers", "members", "unknown"])
        return {"kind": kind, **({"grade": self.rng.choice(GRADES)} if kind == "members" else {})}

    def _span(self, now: datetime) -> tuple[datetime | None, datetime | None]:
        """From and until when; ends are at odd times of the day, or hours away."""
        starts = self.rng.choice([None, now + timedelta(minutes=self.rng.randint(-3000, 900))])
        begins = starts or now
        if self.rng.random() < 0.15:
            return starts, None
        if self.rng.random() < 0.4:
            return starts, begins + timedelta(minutes=self.rng.randint(1, 3000), seconds=self.rng.choice([0, 30]))
        hour, minute, second = self.rng.choice(ENDS)
        day = begins.astimezone(CHINA) + timedelta(days=self.rng.choice([1, 1, 2, 3, 9]))
        return starts, day.replace(hour=hour, minute=minute, second=second, microsecond=0)


def _share(maker: ShopMaker, price: Decimal, low: int, high: int) -> Decimal:
    return max(Decimal("0.01"), (price * maker.rng.randint(low, high) / 100).quantize(Decimal("0.01")))


def _threshold(maker: ShopMaker, price: Decimal) -> dict[str, Any]:
    least = max(Decimal("0.02"), _share(maker, price, 60, 250))
    return {"threshold": least, "amount_off": _share(maker, least / 2, 5, 60)}


def _coupon(maker: ShopMaker, price: Decimal) -> dict[str, Any]:
    return _threshold(maker, price) if maker.rng.random() < 0.6 else {"amount_off": _share(maker, price, 1, 120)}


def _quantity(maker: ShopMaker, price: Decimal) -> dict[str, Any]:
    percent = maker.rng.choice(["80", "85", "90", "65", "65.5", "88", "10", "99", "50", "70.25"])
    return {"min_quantity": maker.rng.choice([1, 2, 2, 3, 12]), "percent_of_price": percent}


_KINDS = {
    "threshold_discount": _threshold,
    "coupon": _coupon,
    "quantity_discount": _quantity,
    "member_price": lambda maker, price: {"price": _share(maker, price, 60, 110), "grade": maker.rng.choice(GRADES)},
    "flash_price": lambda maker, price: {"price": _share(maker, price, 50, 110)},
    "group_buy": lambda maker, price: {
        "group_size": maker.rng.choice([2, 3, 12]),
        "amount_off": _share(maker, price, 5, 110),
    },
    "gift": lambda maker, price: {
        "gift": maker.rng.choice(DATA["gifts"]),
        "min_quantity": maker.rng.choice([1, 1, 2, 3]),
    },
}


def moments_near(moments: Sequence[datetime], now: datetime) -> Iterator[datetime]:
    """Now, and a second before, at, and after each of these moments that is still to come."""
    yield now
    for moment in moments:
        yield from (moment + timedelta(seconds=second) for second in (-1, 0, 1) if moment > now)
