"""Facts from a catalogue's own tables: what a product is, what it costs, what answers say of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path

import yaml

from koubo.catalog.facts import PRIORITY, Fact, FactKind, Provenance
from koubo.catalog.records import Product, Question

FORBIDDEN = Path(__file__).parent / "data" / "forbidden.yaml"
POINT_CHARACTERS = range(3, 31)
_PLACEHOLDERS = frozenset(
    {"", "-", "--", "/", "无", "其他", "其它", "不详", "未知", "暂无", "见详情", "详见详情页", "n/a", "none", "null"}
)
_CLAUSES = re.compile(r"[，,。；;！!？?、|\n]+|(?<=[\u4e00-\u9fff])\s+|\s+(?=[\u4e00-\u9fff])")
_HANZI = re.compile(r"[\u4e00-\u9fff]")
_DEAL = re.compile(
    r"[¥￥]|\d\s*[元块折]|低至|抢购|优惠|点击|券|立减|直降|满\s*\d|包邮|秒杀|特价|赠|送\d|买.{0,3}送|价|到手|只要\s*\d|仅[需售]|预售|下单|活动"
    r"|分享|猛戳|晒单|好礼|大奖|E卡|热销|月\d+日|[【】《》\[\]]"
)


def facts_of(product: Product, questions: Sequence[Question]) -> tuple[Fact, ...]:
    """What the tables state of a product, by priority.

    `questions` may be of other products too: those are left out; questions about the shop are taken. The price is the
    lowest of its SKUs; a brief gives selling points that name no price, deal or forbidden claim.
    """
    about = _About(product)
    found = [*_identity(about), *_money(about), *_attributes(about), *_points(about)]
    found += _answers(product, (q for q in questions if q.product_id in (None, product.id)))
    return tuple(sorted(found, key=lambda fact: (fact.priority, fact.id)))


@dataclass(frozen=True, slots=True)
class _About:
    """Makes the facts of a product's own row."""

    product: Product

    def fact(self, kind: FactKind, key: str, label: str, value: str, unit: str | None = None) -> Fact:
        came = Provenance("table", self.product.place, self.product.row, quote=value)
        return _fact(self.product.id, kind, key, label, value, came, unit)


def _fact(
    product_id: str, kind: FactKind, key: str, label: str, value: str, came: Provenance, unit: str | None = None
) -> Fact:
    identity = f"{product_id}:{kind}" + (f":{key}" if key else "")
    return Fact(identity, product_id, kind, label, value, unit, PRIORITY[kind], None, None, 1.0, came)


def _identity(about: _About) -> Iterator[Fact]:
    product = about.product
    yield about.fact(FactKind.NAME, "", "名称", product.title)
    if product.brand:
        yield about.fact(FactKind.BRAND, "", "品牌", product.brand)
    if product.category:
        yield about.fact(FactKind.CATEGORY, "", "类目", "/".join(product.category))


def _money(about: _About) -> Iterator[Fact]:
    product = about.product
    prices = {sku.price for sku in product.skus} or {product.price}
    yield about.fact(FactKind.PRICE, "", "价格", str(min(prices)), "元")
    if product.list_price is not None:
        yield about.fact(FactKind.LIST_PRICE, "", "原价", str(product.list_price), "元")
    for sku in product.skus if len(product.skus) > 1 else ():
        yield about.fact(FactKind.SKU_PRICE, sku.id, sku.id, str(sku.price), "元")
    stock = total_stock({sku.id: sku.stock for sku in product.skus})
    if stock is not None:
        yield about.fact(FactKind.STOCK, "", "库存", str(stock), product.unit or "件")


def total_stock(stocks: Mapping[str, int | None]) -> int | None:
    """Pieces of all SKUs together; None where one is unknown or there are none."""
    known = [stock for stock in stocks.values() if stock is not None]
    return sum(known) if known and len(known) == len(stocks) else None


def lowest_price(product: Product) -> Decimal:
    """The lowest price among the SKUs, or the product's own where it has none."""
    return min((sku.price for sku in product.skus), default=product.price)


def _attributes(about: _About) -> Iterator[Fact]:
    for name, value in about.product.attributes.items():
        if value.strip().casefold() not in _PLACEHOLDERS:
            yield about.fact(FactKind.ATTRIBUTE, name, name, value)


def _points(about: _About) -> Iterator[Fact]:
    """Clauses of the brief that are not in the title already and name no price or deal (those go stale)."""
    clauses = [clause.strip() for clause in _CLAUSES.split(about.product.brief)]
    good = dict.fromkeys(c for c in clauses if _is_point(c) and c not in about.product.title)
    for number, clause in enumerate(good, start=1):
        yield about.fact(FactKind.SELLING_POINT, str(number), "卖点", clause)


@lru_cache(100_000)  # shops repeat their phrases
def _is_point(clause: str) -> bool:
    fits = len(clause) in POINT_CHARACTERS and _HANZI.search(clause) and not _DEAL.search(clause)
    return bool(fits) and not _has_any(clause, _forbidden())


def _answers(product: Product, questions: Iterable[Question]) -> Iterator[Fact]:
    for question in questions:
        came = Provenance("question", question.place, question.row, quote=question.answer)
        yield _fact(product.id, FactKind.QUESTION_ANSWER, question.id, question.question, question.answer, came)


def _has_any(text: str, words: Sequence[str]) -> bool:
    return any(word in text for word in words)


@cache
def _forbidden() -> list[str]:
    words: list[str] = yaml.safe_load(FORBIDDEN.read_text(encoding="utf8"))
    return words
