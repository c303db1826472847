"""Prices, stocks and promotions change at random: no reply says a number that is not true when it is made."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from koubo.catalog.live import EMPTY, LiveView
from koubo.catalog.offers import ANYONE, Offer, offer
from koubo.catalog.records import parse_promotion
from koubo.catalog.store import LiveProduct
from koubo.replies.reply import Reply
from tests.koubo.replies.checker import broken_reply
from tests.koubo.replies.talk import Talk
from tests.koubo.script.conftest import NOW

ASKED = ("多少钱", "有优惠吗", "还有货吗", "到手多少", "送什么", "便宜点", "还剩几件", "什么价")
_PRICE = re.compile(r"(现价|页面价|划线价|到手价|库存还有)(\d+(?:\.\d+)?)")


def changed(rng: random.Random, products: tuple[str, ...], version: int) -> LiveView:
    """Live values drawn by lot: some prices, some stocks (few, none, many), some promotions that run for an hour."""
    prices = {(p, None): Decimal(rng.randrange(500, 50_000)) / 100 for p in products if rng.random() < 0.5}
    stocks = {(p, None): rng.choice([0, 1, 7, 150, 5000]) for p in products if rng.random() < 0.5}
    promotions = [promotion(rng, number, products) for number in range(12)]
    return replace(EMPTY, version=version, prices=prices, stocks=stocks, promotions={p.id: p for p in promotions})


def promotion(rng: random.Random, number: int, products: tuple[str, ...]) -> Any:
    starts = NOW + timedelta(minutes=rng.randrange(-120, 60))
    amount = Decimal(rng.randrange(100, 2000)) / 100
    kinds: list[dict[str, Any]] = [
        {"kind": "flash_price", "price": amount, "stacking_group": "单品价"},
        {"kind": "coupon", "threshold": amount * 3, "amount_off": amount, "stacking_group": "优惠券"},
        {"kind": "quantity_discount", "min_quantity": 2, "percent_of_price": 85, "stacking_group": "多件"},
        {"kind": "gift", "gift": "收纳袋1个"},
    ]
    common = {"id": f"r{number}", "product_ids": [rng.choice(products)], "eligibility": {"kind": "everyone"}}
    return parse_promotion({**rng.choice(kinds), **common, "starts_at": starts, "ends_at": starts + timedelta(hours=1)})


def mislabelled(reply: Reply, live: LiveProduct) -> list[str]:
    """Numbers that claim to be what they are not."""
    due = offer(live, ANYONE, 1, live.at)
    meant = {
        "现价": live.price,
        "页面价": live.price,
        "划线价": live.list_price,
        "到手价": due.total if isinstance(due, Offer) else None,
        "库存还有": Decimal(live.stock or 0),
    }
    said = _PRICE.findall(reply.written or "")
    return [f"{label}{number}, is {meant[label]}" for label, number in said if Decimal(number) != meant[label]]


@pytest.mark.parametrize("seed", range(8))
def test_no_reply_is_untrue_of_its_moment(shop: Talk, seed: int) -> None:
    rng = random.Random(seed)
    products = tuple(shop.shop.products)
    view = changed(rng, products, seed + 1)
    for _ in range(50):
        at, product = NOW + timedelta(minutes=rng.randrange(0, 120)), rng.choice(products)
        reply, live = (
            shop.says(rng.choice(ASKED), product, at=at, view=view, seed=seed),
            shop.shop.live(product, at, view),
        )
        assert broken_reply(reply, live) == [] and mislabelled(reply, live) == [], reply.written
        assert reply.as_of == live.version and (reply.not_after is None or reply.not_after > at)
        if "卖完" in (reply.written or ""):
            assert live.stock == 0
        if "有货" in (reply.written or ""):
            assert live.stock


def test_the_check_of_labels_sees_a_price_under_the_wrong_name(shop: Talk) -> None:
    reply, live = shop.says("到手多少", "d03"), shop.shop.live("d03")
    assert mislabelled(reply, live) == []
    wrong = replace(reply, sentences=(replace(reply.sentences[0], written="页面价39.9元，到手价49.9元。"),))
    assert len(mislabelled(wrong, live)) == 2
