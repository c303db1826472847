"""What a comment names of a product."""

from __future__ import annotations

from decimal import Decimal

import pytest

from koubo.replies.named import named_options, narrowed, other_product, pieces
from tests.koubo.replies.talk import Talk


@pytest.mark.parametrize(
    ("comment", "options", "skus"),
    [
        ("墨绿L还有吗", ("墨绿", "L"), 1),
        ("墨绿色有没有", ("墨绿",), 4),
        ("2XL多少钱", ("2XL",), 3),
        ("xl还有货吗", ("XL",), 3),
        ("XL和L哪个好", (), 0),
        ("多少钱", (), 0),
        ("small号", (), 0),
    ],
)
def test_options_are_found_as_whole_words(shop: Talk, comment: str, options: tuple[str, ...], skus: int) -> None:
    found = named_options(comment, shop.shop.products["s01"])
    assert found.named == options and len(found.skus) == skus


@pytest.mark.parametrize(("comment", "unknown"), [("紫色有吗", "紫色"), ("3XL有货吗", "3xl"), ("墨绿色有吗", None)])
def test_an_option_that_is_not_sold_is_noticed(shop: Talk, comment: str, unknown: str | None) -> None:
    assert named_options(comment, shop.shop.products["s01"]).unknown == unknown


def test_a_product_is_narrowed_to_what_was_named(shop: Talk) -> None:
    live = shop.shop.live("s01")
    big = narrowed(live, named_options("2XL", live.product).skus)
    assert (big.price, big.price_is_range, big.stock) == (Decimal("64.90"), False, 214)
    gone = narrowed(live, named_options("米白2XL", live.product).skus)
    assert (gone.price, gone.stock) == (Decimal("64.90"), 0)


@pytest.mark.parametrize(
    ("comment", "number"),
    [
        ("拍两件多少钱", 2),
        ("买3箱怎么算", 3),
        ("十二盒一共多少钱", 12),
        ("一组几双", None),
        ("2瓶装的", None),
        ("买0件", None),
    ],
)
def test_pieces_to_be_bought(shop: Talk, comment: str, number: int | None) -> None:
    assert pieces(comment, shop.shop.products["s01"]) == number


def test_pieces_are_counted_by_the_unit_of_the_product(shop: Talk) -> None:
    socks = shop.shop.products["s04"]
    assert pieces("拍两组多少钱", socks) == 2 and pieces("拍两双多少钱", socks) is None


@pytest.mark.parametrize(
    ("comment", "product_id", "named"),
    [
        ("500ml和1升差多少", "h03", ()),
        ("30包两盒多少钱", "f01", ()),
        ("白绿37多少钱", "s03", ("白绿", "37码")),
        ("1.8的床多少钱", "h01", ("1.8m床",)),
        ("50ml两支", "b01", ("50ml*2支",)),
    ],
)
def test_options_are_found_by_their_numbers(shop: Talk, comment: str, product_id: str, named: tuple[str, ...]) -> None:
    found = named_options(comment, shop.shop.products[product_id])
    assert set(found.named) == set(named) and found.unknown is None and found.several == (not named)


def test_another_product_is_one_that_nothing_known_speaks_of(shop: Talk) -> None:
    live = shop.shop.live("s01")
    assert other_product("洗衣液多少钱", live) == "洗衣液"
    assert other_product("这个T恤多少钱", live) is None and other_product("短袖多少钱", live) is None


@pytest.mark.parametrize(
    "comment", ["多少钱包邮吗", "放手机旁边 多少钱", "配四件套多少钱", "干发能用不", "给耳机充电吗"]
)
def test_a_noun_that_is_not_asked_for_is_no_other_product(shop: Talk, comment: str) -> None:
    assert other_product(comment, shop.shop.live("s01")) is None


@pytest.mark.parametrize(
    ("comment", "noun"), [("护发素链接在哪", "护发素"), ("拉杆箱", "拉杆箱"), ("刚才的耳机还有货没", "耳机")]
)
def test_a_noun_that_is_asked_for_is(shop: Talk, comment: str, noun: str) -> None:
    assert other_product(comment, shop.shop.live("s01")) == noun
