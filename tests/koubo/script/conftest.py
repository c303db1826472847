"""A small shop for the tests of scripts and rubric: real records and live views, no snapshot on disk."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from koubo.catalog.facts import Fact
from koubo.catalog.live import EMPTY, LiveView
from koubo.catalog.records import Product, Promotion, Question, Review, parse_promotion
from koubo.catalog.review_facts import facts_of_aspects
from koubo.catalog.store import CatalogView, LiveProduct
from koubo.catalog.table_facts import facts_of
from koubo.catalog.tables import Catalog
from koubo.protocols import WriteRequest, WriteResult
from koubo.script.brief import Brief, BriefRequest, make_brief
from koubo.script.compose import DEFAULT_BUDGET, Budget, Completed, ComposedSection, Verdict, compose
from koubo.script.exemplars import Exemplars, load_exemplars
from koubo.script.plan import SectionPlan, plan
from koubo.script.script import Script
from koubo.voices.mining import mine_catalog

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 11, 22, 20, 0, tzinfo=timezone(timedelta(hours=8)))


@dataclass
class Shop:
    """Products, reviews, questions and promotions in memory: a snapshot's stand-in for `CatalogView`."""

    products: dict[str, Product]
    reviews: Sequence[Review] = ()
    questions: Sequence[Question] = ()
    promotions: tuple[Promotion, ...] = ()
    version: str = "shop"
    known: dict[str, tuple[Fact, ...]] = field(default_factory=dict)

    def product(self, product_id: str) -> Product:
        return self.products[product_id]

    def facts(self, product_id: str) -> tuple[Fact, ...]:
        if product_id not in self.known:
            product = self.products[product_id]
            mined = mine_catalog(Catalog((product,), tuple(self._about(product_id)), (), (), (), {}))
            facts = (*facts_of(product, self.questions), *facts_of_aspects(product_id, mined.get(product_id, ())))
            self.known[product_id] = tuple(sorted(facts, key=lambda fact: (fact.priority, fact.id)))
        return self.known[product_id]

    def _about(self, product_id: str) -> Iterator[Review]:
        return (review for review in self.reviews if review.product_id == product_id)

    def promotions_of(self, product_id: str) -> list[Promotion]:
        return [p for p in self.promotions if p.product_ids is None or product_id in p.product_ids]

    def live(self, product_id: str, at: datetime = NOW, view: LiveView = EMPTY) -> LiveProduct:
        return CatalogView(self, view).product(product_id, at)

    def brief(self, product_id: str, at: datetime = NOW, view: LiveView = EMPTY, **request: Any) -> Brief:
        return make_brief(self.live(product_id, at, view), BriefRequest(product_id=product_id, **request))


async def longest(brief: Brief, section: SectionPlan, completed: Sequence[Completed]) -> list[Verdict]:
    """Scores by length, and calls dinner off topic: a scorer that anyone can follow."""
    return [Verdict(float(len(one.text)), 0.0 if "晚饭" in one.words else 1.0) for one in completed]


@dataclass
class FakeWriter:
    """A writer that says what it was told to, or raises; it keeps what it was asked."""

    texts: Sequence[str] = ()
    raises: Exception | None = None
    waits: float = 0.0
    asked: list[WriteRequest] = field(default_factory=list)

    async def write(self, requests: Sequence[WriteRequest]) -> list[WriteResult]:
        self.asked += requests
        await asyncio.sleep(self.waits)
        if self.raises:
            raise self.raises
        return [WriteResult(tuple(self.texts)) for _ in requests]


Compose = Callable[..., Script]


@pytest.fixture(scope="session")
def exemplars() -> tuple[Any, ...]:
    return load_exemplars(ROOT / "examples" / "speech" / "host_lines.jsonl")


@pytest.fixture(scope="session")
def script_of(exemplars: tuple[Any, ...]) -> Compose:
    """Compose a script: ``script_of(brief, writer=None, budget=Budget())``."""

    def make(brief: Brief, writer: FakeWriter | None = None, budget: Budget = DEFAULT_BUDGET) -> Script:
        async def run() -> tuple[ComposedSection, ...]:
            composing = compose(brief, plan(brief), writer, longest, Exemplars(exemplars), budget=budget)
            return tuple([section async for section in composing])

        return Script("script-1", brief, brief.request.seed, asyncio.run(run()), NOW)

    return make


CUP = {
    "id": "cup",
    "title": "栖木屋 316不锈钢保温杯 500ml 弹盖直饮 约260g",
    "brand": "栖木屋",
    "category": ["家居", "水具", "保温杯"],
    "brief": "弹盖一按就开，500ml一天够喝，单手能操作",
    "unit": "个",
    "price": "79.90",
    "list_price": "109.00",
    "attributes": {"颜色": "松绿/奶白", "杯口": "弹盖直饮", "内胆": "316不锈钢", "重量": "约260g"},
    "skus": [
        {"options": {"颜色": "松绿"}, "price": "79.90", "stock": 60},
        {"options": {"颜色": "奶白"}, "price": "79.90", "stock": 40},
    ],
}


@pytest.fixture
def shop() -> Shop:
    """One cup with a review, an answer, and three promotions: one runs, one ended, one is a gift."""
    flash = {"id": "flash", "kind": "flash_price", "price": "69.90", "stacking_group": "单品价", "product_ids": ["cup"]}
    ended = {"id": "old", "kind": "threshold_discount", "threshold": "77", "amount_off": "33", "stacking_group": "满减"}
    gift = {"id": "gift", "kind": "gift", "gift": "杯刷1把", "min_quantity": 2, "product_ids": ["cup"]}
    rows = [
        {**flash, "starts_at": "2026-11-22T18:00:00+08:00", "ends_at": "2026-11-22T22:00:00+08:00"},
        {**ended, "starts_at": "2025-11-01T00:00:00+08:00", "ends_at": "2025-11-11T23:59:59+08:00"},
        gift,
    ]
    return Shop(
        {"cup": Product.model_validate(CUP)},
        [Review(id="r1", product_id="cup", text="按一下就开，开车的时候喝水很方便，喜欢", rating=5)],
        [
            Question(
                id="q1", product_id="cup", question="杯盖能拆开洗吗？", answer="可以，硅胶圈能取下来，洗完记得装回去。"
            )
        ],
        tuple(parse_promotion({**row, "eligibility": {"kind": "everyone"}}) for row in rows),
    )


def read_example_shop() -> Shop:
    """Read the example catalogue."""

    def rows(name: str) -> list[dict[str, Any]]:
        path = ROOT / "examples" / "catalog" / f"{name}.jsonl"
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]

    return Shop(
        {row["id"]: Product.model_validate(row) for row in rows("products")},
        [Review.model_validate(row) for row in rows("reviews")],
        [Question.model_validate(row) for row in rows("questions")],
        tuple(parse_promotion(row) for row in rows("promotions")),
    )


@pytest.fixture(scope="session")
def example_shop() -> Shop:
    """The example catalogue."""
    return read_example_shop()


@pytest.fixture(scope="session")
def writer_saying() -> type[FakeWriter]:
    """The fake writer: ``writer_saying(texts)``."""
    return FakeWriter
