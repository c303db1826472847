"""Nothing untrue is spoken while everything changes; and what would be untrue is caught."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from koubo.script.render import RenderedScript
from koubo.script.script import Script
from tests.truth.campaign import Campaign, buyer_of, checked, run, sentences_of
from tests.truth.faults import FAULTS, Sentences
from tests.truth.shop_model import Shop
from tests.truth.spoken_truth import check

Spoken = tuple[Script, RenderedScript, Shop]
SPOKEN = (
    *("现价", "现价 from", "页面价", "list_price", "saving", "sku_note", "stock", "deadline", "activity"),
    *("paid", "paid: several pieces", "member_price", "flash_price", "coupon", "threshold_discount", "group_buy"),
    *("quantity_discount", "gift", "answer", "title or brief"),
)
"""Every kind of claim that the quick campaign must have held against the shop."""
REPLIED = ("现价", "现价 from", "paid", "paid: several pieces", "stock", "in_stock", "sold_out")
LOST = ("without its price", "without its opening", "without its closing")


def test_nothing_untrue_is_spoken_while_everything_changes() -> None:
    outcome = run(renders=200, products=40, seed=7)
    assert [(one.script_id, one.at, one.fault) for one in outcome.failed] == []
    assert not any(outcome.whole[lost] for lost in LOST)
    claims, replied = outcome.report.checked, outcome.replied.checked
    assert outcome.renders == outcome.replies == 200 and outcome.changes > 100
    for kind in SPOKEN:
        assert claims[kind] > 0, f"no {kind} was spoken: the campaign proves nothing of it"
    for kind in REPLIED:
        assert replied[kind] > 0, f"no reply says {kind}: the campaign proves nothing of it"


@pytest.mark.trouble
@pytest.mark.parametrize("seed", range(4))
def test_ten_thousand_renders(seed: int) -> None:
    outcome = run(renders=2_500, products=500, seed=seed, mined=True)
    assert [(one.script_id, one.at, one.fault) for one in outcome.failed] == []
    assert not any(outcome.whole[lost] for lost in LOST)


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Spoken]]:
    """Scripts rendered while things change, each with the shop of its version."""
    campaign = Campaign(tmp_path_factory.mktemp("shop"), 40, 11)
    scripts = [campaign.stored(product_id, 1) for product_id in campaign.shop.items]
    found = []
    for script in scripts:
        campaign.change()
        campaign.take_over()
        for at in campaign.moments(script.brief.product_id)[:2]:
            found.append((script, campaign.rendered(script, at), campaign.shop.frozen()))
    yield found
    campaign.store.close()


def faults_of(script: Script, rendered: RenderedScript, shop: Shop, sentences: Sentences) -> int:
    who, pieces = buyer_of(script)
    return len(check(sentences, shop, rendered.product_id, rendered.at, who=who, pieces=pieces).faults)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_in_what_is_rendered_is_caught(name: str, rendered: list[Spoken]) -> None:
    """Each fault, in every sentence that has a place for it (ten at most), is caught; before, the sentence was true."""
    put, missed = 0, []
    for script, spoken, shop in rendered:
        for sentence in sentences_of(spoken):
            wrong = FAULTS[name](sentence) if put < 10 else None
            if wrong is None or faults_of(script, spoken, shop, [sentence]):
                continue
            put += 1
            if not faults_of(script, spoken, shop, [wrong]):
                missed.append((sentence.spoken, wrong.spoken))
    assert put > 0, "no sentence had a place for it"
    assert missed == []


def test_a_shop_that_changed_makes_rendered_scripts_false(rendered: list[Spoken]) -> None:
    """What was true of its own version is caught where all promotions ended, and where the stock is another."""
    caught: Counter[str] = Counter()
    for script, spoken, shop in rendered:
        product_id = spoken.product_id
        assert checked(spoken, script, shop).faults == []
        later = Shop(shop.items, {}, shop.version, shop.prices, shop.stocks)
        caught["promotions"] += faults_of(script, spoken, later, sentences_of(spoken)) > 0
        later = shop.frozen()
        later.stocks = {(product_id, None): 7_777, **{(product_id, sku): 7_777 for sku in shop.items[product_id].skus}}
        caught["stock"] += faults_of(script, spoken, later, sentences_of(spoken)) > 0
    assert caught["promotions"] > 20 and caught["stock"] > 20, caught
