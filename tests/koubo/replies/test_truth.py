"""Prices, stocks and promotions change at random, by SKU too: no reply says what is not true when it is made.

What is asked of options is drawn from the options themselves: pairs that nobody sells, parts of their names, other
spellings of their numbers. The plain numbers of the shop decide what is true.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from koubo.catalog.live import EMPTY, LiveView
from koubo.catalog.offers import ANYONE, Buyer, Offer, offer
from koubo.catalog.records import Product, parse_promotion
from koubo.catalog.store import LiveProduct
from koubo.replies.reply import Reply
from tests.koubo.replies.checker import broken_reply
from tests.koubo.replies.talk import Talk
from tests.koubo.script.conftest import NOW

ASKED = ("多少钱", "有优惠吗", "还有货吗", "到手多少", "送什么", "便宜点", "还剩几件", "什么价")
PARTS = {"礼盒": "云白礼盒", "旅行装": "15ml旅行装", "混合": "3+2混合", "黑色": "曜石黑", "粉色": "樱花粉"}
"""Parts of an option's name, and the one option of some product that is meant."""
SPELLINGS = {
    ("d01", "20000mAh"): ("两万毫安", "2万毫安", "20000的", "20000毫安", "2w毫安"),
    ("d01", "5000mAh"): ("五千毫安", "5000", "5000ma"),
    ("f04", "10kg"): ("20斤", "10公斤", "二十斤"),
    ("f04", "5kg"): ("十斤", "5公斤", "5千克"),
    ("h03", "1.0L"): ("1升", "1L", "一升", "1000毫升"),
    ("s01", "2XL"): ("XXL", "xxl", "2xl码"),
    ("s03", "38码"): ("38", "38的", "38号"),
    ("h01", "2.0m床"): ("2米床", "两米的床", "2m"),
    ("m02", "330ml"): ("330", "330毫升", "330的"),
}
NOBODY_SELLS = {
    "d01": ("30000毫安", "三万毫安", "8000的"),
    "f04": ("50斤", "25公斤", "一斤"),
    "h03": ("750ml", "两升", "750的"),
    "s01": ("4XL", "紫色", "小码"),
    "s03": ("43的", "45码", "白绿40码"),
    "h01": ("1.2米床", "3米的床", "燕麦1.5m床"),
    "s04": ("一双",),
    "f02": ("100包", "一包"),
}
FALSE_AMOUNTS = ("9块9还有吗", "1元的还有吗", "半价还有没", "一元秒杀还有没有", "打一折还有吗", "九塊九还有吗")
ELIGIBILITIES = ("学生有优惠没", "老人有优惠吗", "教师有折扣吗")
_LIVE = re.compile("现价|页面价|到手|库存还有|现在有货|卖完|打.{1,3}折|[减送]")
_PRICE = re.compile(r"(现价|页面价|划线价|到手价|库存还有)(\d+(?:\.\d+)?)")


def changed(rng: random.Random, products: tuple[str, ...], version: int) -> LiveView:
    """Live values drawn by lot: some prices, some stocks (few, none, many), some promotions that run for an hour."""
    prices: dict[tuple[str, str | None], Decimal] = {
        (p, None): Decimal(rng.randrange(500, 50_000)) / 100 for p in products if rng.random() < 0.5
    }
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


def by_sku(rng: random.Random, product: Product, version: int) -> LiveView:
    """Live values of every SKU: each its own price, some sold out."""
    prices = {(product.id, sku.id): Decimal(rng.randrange(500, 50_000)) / 100 for sku in product.skus}
    stocks = {(product.id, sku.id): rng.choice([0, 0, 1, 7, 150, 5000]) for sku in product.skus}
    return replace(EMPTY, version=version, prices=prices, stocks=stocks)


def untrue_of(reply: Reply, view: LiveView, product: Product, options: Iterable[str]) -> list[str]:
    """What a reply says that is not so of the SKUs that have all these options, by the plain numbers of the shop."""
    wanted = [(product.id, sku.id) for sku in product.skus if set(options) <= set(sku.options.values())]
    text = reply.written or ""
    if not wanted:
        return [found.group() for found in [_LIVE.search(text)] if found]
    left = sum(view.stocks[key] for key in wanted)
    lowest = min([view.prices[key] for key in wanted if view.stocks[key]] or [view.prices[key] for key in wanted])
    wrong = [
        f"{a}{n}, is {lowest}" for a, n in re.findall(r"(现价|页面价)(\d+(?:\.\d+)?)", text) if Decimal(n) != lowest
    ]
    wrong += [f"left {n}, are {left}" for n in re.findall(r"库存还有(\d+)", text) if int(n) != left]
    wrong += ["sold out"] * ("卖完" in text and left > 0) + ["there is some"] * ("现在有货" in text and left == 0)
    return wrong + [f"没有, but {len(wanted)} are sold"] * bool(re.search("没有.{1,16}规格|里没有", text))


@pytest.mark.parametrize("seed", range(6))
def test_what_is_said_of_options_is_true_of_the_skus_that_have_them(shop: Talk, seed: int) -> None:
    rng = random.Random(seed)
    several = [product for product in shop.shop.products.values() if len(product.skus) > 1]
    for _ in range(40):
        product = rng.choice(several)
        view = by_sku(rng, product, seed + 1)
        names = {name for sku in product.skus for name in sku.options}
        named = [rng.choice(sorted({sku.options[name] for sku in product.skus})) for name in sorted(names)]
        rng.shuffle(named)
        asked = "".join(named) + rng.choice(["多少钱", "还有货吗", "还有吗"])
        reply = shop.says(asked, product.id, view=view, seed=seed)
        assert untrue_of(reply, view, product, named) == [], (asked, reply.written)
        assert reply.answered, asked


@pytest.mark.parametrize(("product_id", "option"), SPELLINGS, ids=lambda value: value)
def test_an_option_is_known_in_other_spellings(shop: Talk, product_id: str, option: str) -> None:
    rng, product = random.Random(option), shop.shop.products[product_id]
    for spelled in SPELLINGS[product_id, option]:
        for asked in (f"{spelled}多少钱", f"{spelled}还有吗"):
            view = by_sku(rng, product, 1)
            reply = shop.says(asked, product_id, view=view)
            assert untrue_of(reply, view, product, [option]) == [], (asked, reply.written)
            assert option in (reply.written or ""), (asked, reply.written)


@pytest.mark.parametrize(("part", "option"), PARTS.items())
def test_a_part_of_an_options_name_names_it(shop: Talk, part: str, option: str) -> None:
    of = [p for p in shop.shop.products.values() if any(option in sku.options.values() for sku in p.skus)]
    for product in of:
        view = by_sku(random.Random(part), product, 1)
        reply = shop.says(f"{part}还有货吗", product.id, view=view)
        assert untrue_of(reply, view, product, [option]) == [] and option in (reply.written or ""), reply.written


@pytest.mark.parametrize("product_id", NOBODY_SELLS)
def test_what_nobody_sells_has_no_price_and_no_stock(shop: Talk, product_id: str) -> None:
    for named in NOBODY_SELLS[product_id]:
        for asked in (f"{named}多少钱", f"{named}还有货吗"):
            written = shop.says(asked, product_id).written or ""
            assert not _LIVE.search(written), (asked, written)


@pytest.mark.parametrize("asked", [*FALSE_AMOUNTS, *ELIGIBILITIES])
@pytest.mark.parametrize("product_id", ["s01", "d03", "h01", "b04"])
def test_a_claimed_price_or_deal_is_not_confirmed(shop: Talk, asked: str, product_id: str) -> None:
    for seed in range(6):
        reply = shop.says(asked, product_id, seed=seed)
        written = reply.written or ""
        assert not re.match("有的|还有|有优惠|优惠给大家", written), written
        assert re.search("现价|页面价", written), written
        assert broken_reply(reply, shop.shop.live(product_id)) == []


def test_an_amount_without_a_unit_is_an_amount_where_no_size_has_a_point(shop: Talk) -> None:
    assert "现价59.9元起" in (shop.says("9.9还有货吗", "s01").written or "")
    assert not _LIVE.search(shop.says("9.9还有货吗", "h01").written or "")


@pytest.mark.parametrize(
    ("product_id", "asked", "says", "never"),
    [
        ("s01", "新人券怎么领", "新客领券满59元减10元", "打9折"),
        ("s01", "会员价多少", "没有会员专享", "折"),
        ("d02", "拼团价多少", "没有拼团", "会员"),
        ("b04", "会员多少钱", "V8会员价139元", "券"),
        ("f01", "拼团多少钱", "2人拼团每件减12元", "满199"),
        ("s04", "有没有会员价", "没有会员专享", "满199"),
    ],
)
def test_a_kind_of_deal_is_answered_with_that_kind(
    shop: Talk, product_id: str, asked: str, says: str, never: str
) -> None:
    for seed in range(4):
        written = shop.says(asked, product_id, seed=seed).written or ""
        assert says in written and never not in written, written


def test_a_new_customer_who_asks_for_her_price_hears_it(shop: Talk) -> None:
    said = shop.says("新人价多少", "m02", buyer=Buyer(new_customer=True), quantity=1)
    assert "新客领券满59元减10元" in (said.written or "")


def test_a_sold_out_option_is_named_and_warned_of(shop: Talk) -> None:
    for asked in ("20000mAh多少钱", "20000mAh还有吗"):
        for seed in range(4):
            said = shop.says(asked, "d01", seed=seed)
            assert "20000mAh" in (said.written or "") and "sold_out" in said.warnings, said.written


def test_the_check_by_skus_sees_what_is_wrong(shop: Talk) -> None:
    product = shop.shop.products["d01"]
    view = by_sku(random.Random(3), product, 1)
    said = shop.says("20000mAh多少钱", "d01", view=view)
    wrong = replace(said, sentences=(replace(said.sentences[0], written="现价1.5元，库存还有9999个，里没有。"),))
    assert len(untrue_of(wrong, view, product, ["20000mAh"])) == 3
    assert untrue_of(wrong, view, product, ["30000mAh"])
