"""Stored scripts rendered while everything changes, each held against the plain shop of the version that it names."""

from __future__ import annotations

import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from koubo.catalog.live import NewPrice, NewStock
from koubo.catalog.live_sqlite import SqliteLiveStore
from koubo.catalog.snapshot import Snapshot, build_snapshot
from koubo.catalog.store import CatalogView
from koubo.catalog.tables import Catalog
from koubo.reading import read
from koubo.replies.answer import reply
from koubo.replies.reply import Manner, Reply
from koubo.script.brief import BriefRequest, make_brief
from koubo.script.compose import ComposedSection
from koubo.script.plan import SectionKind, plan
from koubo.script.render import RenderedScript, render
from koubo.script.script import Script
from koubo.voices.mining import mine_catalog
from tests.truth.comments import Comment, comment, misses, of_skus
from tests.truth.made_shop import GRADES, START, ShopMaker, moments_near
from tests.truth.shop_model import Shop, Who, deal_of, item_of
from tests.truth.spoken_names import wrong_name
from tests.truth.spoken_truth import Fault, Report, check
from tests.truth.wholeness import wholeness

EVERYTHING = (
    "我把能说的都说一遍，{price}。你们看，{list_price}，{saving}。{sku_note}，选好了再付款。条件念一下，{conditions}。"
    "再说一个，{gift}。后台我看了，{stock}。时间记一下，{deadline}。这笔账这么算，{offer}。合起来，{deal}。"
)
"""An offer section that an operator made as long as can be: it says whatever there is to say."""
OCCASIONS = ("opening", "single_product", "flash_sale", "last_call")


@dataclass(frozen=True)
class Failed:
    """A fault and where it was spoken."""

    script_id: str
    as_of: str
    at: datetime
    fault: Fault


@dataclass
class Outcome:
    """What a campaign checked and found."""

    renders: int = 0
    replies: int = 0
    answered: int = 0
    changes: int = 0
    report: Report = field(default_factory=Report)
    failed: list[Failed] = field(default_factory=list)
    whole: Counter[str] = field(default_factory=Counter)
    replied: Report = field(default_factory=Report)
    render_s: float = 0.0


class Campaign:
    """A made shop in a real snapshot and a real live store, and the plain shop that is told the same."""

    def __init__(self, folder: Path, products: int, seed: int, mined: bool = False) -> None:
        """Make the shop; `mined` adds what buyers say, which takes some seconds more."""
        self.maker = ShopMaker(seed)
        self.rng: random.Random = self.maker.rng
        records = self.maker.products(products)
        reviews, questions = self.maker.reviews(records), self.maker.questions(records)
        promotions = [self.maker.promotion(p.id, p.price, START) for p in records for _ in range(2)]
        promotions.append(self.maker.of_the_shop())
        rows = {"products": records, "reviews": reviews, "questions": questions}
        digests = {name: {record.id: "" for record in found} for name, found in rows.items()}
        catalog = Catalog(tuple(records), tuple(reviews), tuple(questions), tuple(promotions), (), digests)
        aspects = mine_catalog(catalog) if mined else {}
        self.snapshot = Snapshot.load(build_snapshot(catalog, None, None, folder / "snapshots", aspects))
        self.store = SqliteLiveStore(folder / "live.sqlite")
        items = {p.id: item_of(p, reviews, questions) for p in records}
        self.shop = Shop(items, {p.id: deal_of(p) for p in promotions})
        self.now = START
        self.view = CatalogView(self.snapshot, self.store.view())

    def change(self) -> int:
        """Change prices and stocks together, then a promotion or two; returns how many changes it was."""
        updates = [self.rng.choice([self._price, self._stock])(self._product()) for _ in range(self.rng.randint(1, 5))]
        self.store.apply(updates, "campaign")
        self.shop.tell(*updates)
        promotions = self.rng.randint(0, 2)
        for _ in range(promotions):
            product_id = self._product()
            if self.rng.random() < 0.7 or not self.shop.covering(product_id):
                self._start(product_id)
            else:
                self._stop(product_id)
        return len(updates) + promotions

    def _product(self) -> str:
        return self.rng.choice(list(self.shop.items))

    def _sku(self, product_id: str) -> str | None:
        return self.rng.choice([None, *self.shop.items[product_id].skus])

    def _price(self, product_id: str) -> NewPrice:
        price = self.maker.near(self.shop.items[product_id].price) if self.rng.random() < 0.7 else self.maker.price()
        return NewPrice(product_id, self._sku(product_id), price)

    def _stock(self, product_id: str) -> NewStock:
        return NewStock(product_id, self._sku(product_id), self.maker.stock())

    def _start(self, product_id: str) -> None:
        """A new promotion, or one in the place of another."""
        covering = self.shop.covering(product_id)
        known = self.rng.choice(covering).id if covering and self.rng.random() < 0.4 else ""
        promotion = self.maker.promotion(product_id, min(self.shop.to_be_bought(product_id)), self.now, known)
        self.store.put_promotion(promotion, "campaign")
        self.shop.start(promotion)

    def _stop(self, product_id: str) -> None:
        gone = self.rng.choice(self.shop.covering(product_id)).id
        self.store.delete_promotion(gone, "campaign")
        self.shop.stop(gone)

    def stored(self, product_id: str, number: int) -> Script:
        """Compose a script as planned, and read it back from its JSON, as the store of scripts does."""
        buyer = self.rng.choice([{}, {}, {"new_customer": True}, {"grades": [self.rng.choice(GRADES) or "银卡"]}])
        quantity = self.rng.choice([1, 1, 1, 2, 3])
        request = BriefRequest(
            product_id=product_id,
            seconds=self.rng.choice([20, 45, 60, 90, 200]),
            occasion=self.rng.choice(OCCASIONS),
            seed=self.rng.randint(0, 10_000),
            buyer={**buyer, "quantity": quantity},
        )
        brief = make_brief(self.view.product(product_id, self.now), request)
        sections = [ComposedSection(s.kind, s.planned, "planned", "by_design") for s in plan(brief).sections]
        if number % 2:
            sections.insert(-1, ComposedSection(SectionKind.OFFER, EVERYTHING, "planned", "by_design"))
        script = Script(f"s{number}", brief, request.seed, tuple(sections), self.now)
        return Script.from_json(script.to_json())

    def take_over(self) -> None:
        """Let the view follow the store."""
        self.view = CatalogView(self.snapshot, self.store.view())

    def rendered(self, script: Script, at: datetime) -> RenderedScript:
        """Render a stored script as the service does."""
        return render(script, self.view.product(script.brief.product_id, at), at, read)

    def replied(self, asked: Comment, product_id: str, at: datetime) -> Reply:
        """Reply to a comment as the service does."""
        return reply(asked.text, self.view.product(product_id, at), Manner(seed=self.rng.randint(0, 99)), read)

    def moments(self, product_id: str) -> Sequence[datetime]:
        """Moments worth looking at: now, and around the next starts and ends."""
        return list(moments_near(self.shop.moments(product_id, self.now)[:3], self.now))


def buyer_of(script: Script) -> tuple[Who, int]:
    """For whom a script reckons, and for how many pieces."""
    buyer = script.brief.request.buyer
    return Who(buyer.new_customer, frozenset(buyer.grades)), buyer.quantity


def sentences_of(rendered: RenderedScript) -> list:
    """All sentences in the order in which they are spoken."""
    return [sentence for section in rendered.sections for sentence in section.sentences]


def checked(rendered: RenderedScript, script: Script, shop: Shop) -> Report:
    """Hold a rendered script against the plain shop."""
    who, pieces = buyer_of(script)
    assert rendered.as_of.endswith(f".{shop.version}"), f"{rendered.as_of} is not version {shop.version}"
    report = check(sentences_of(rendered), shop, rendered.product_id, rendered.at, who=who, pieces=pieces)
    report.add(named(script.brief.short_name, script.brief.brand, shop.items[rendered.product_id].title))
    return report


def named(name: str, brand: str, title: str) -> Report:
    """Hold the name that is said of a product against its title."""
    why = wrong_name(name, brand, title)
    return Report(Counter({"name": 1}), [] if why is None else [Fault(title, name, why)])


def run(
    renders: int, products: int, seed: int, mined: bool = False, told: Callable[[Outcome], object] = lambda _: None
) -> Outcome:
    """Render stored scripts while everything changes; `told` hears of every round."""
    with tempfile.TemporaryDirectory() as folder:
        campaign = Campaign(Path(folder), products, seed, mined)
        outcome = Outcome()
        scripts = {p: campaign.stored(p, number) for number, p in enumerate(campaign.shop.items)}
        while outcome.renders < renders:
            _round(campaign, scripts, outcome)
            told(outcome)
        campaign.store.close()
        return outcome


def _round(campaign: Campaign, scripts: dict[str, Script], outcome: Outcome) -> None:
    """Some changes, some time, some renders; now and then a script is composed anew."""
    outcome.changes += campaign.change()
    campaign.now += timedelta(seconds=campaign.rng.randint(1, 120))
    campaign.take_over()
    for _ in range(4):
        product_id = campaign.rng.choice(list(scripts))
        at = campaign.rng.choice(campaign.moments(product_id))
        _one(campaign, scripts[product_id], at, outcome)
        _reply(campaign, product_id, at, outcome)
    if campaign.rng.random() < 0.2:
        scripts[product_id] = campaign.stored(product_id, outcome.renders)


def _one(campaign: Campaign, script: Script, at: datetime, outcome: Outcome) -> None:
    began = time.perf_counter()
    rendered = campaign.rendered(script, at)
    outcome.render_s += time.perf_counter() - began
    report = checked(rendered, script, campaign.shop)
    outcome.renders += 1
    outcome.report.add(report)
    outcome.failed += [Failed(script.id, rendered.as_of, at, fault) for fault in report.faults]
    outcome.whole += wholeness(script, rendered)


def _reply(campaign: Campaign, product_id: str, at: datetime, outcome: Outcome) -> None:
    asked = comment(campaign.rng, campaign.snapshot.product(product_id))
    said, shop = campaign.replied(asked, product_id, at), campaign.shop
    assert said.as_of.endswith(f".{shop.version}"), f"{said.as_of} is not version {shop.version}"
    held = of_skus(shop, product_id, asked.skus) if asked.skus else shop
    report = check(said.sentences, held, product_id, at, pieces=asked.pieces)
    report.faults += misses(asked, said, {deal.grade for deal in shop.deals.values() if deal.grade})
    outcome.replies += 1
    outcome.answered += said.answered
    outcome.replied.add(report)
    outcome.failed += [Failed(f"{product_id}: {asked.text}", said.as_of, at, fault) for fault in report.faults]


def by_kind(counts: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    """Counts of claims, attributes together, the most frequent first."""
    merged: Counter[str] = Counter()
    for kind, count in counts.items():
        merged["content: attribute" if kind.startswith("attribute") else kind] += count
    yield from merged.most_common()
