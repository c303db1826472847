"""Which product when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from koubo.catalog.live import EMPTY, LiveView
from koubo.catalog.records import Promotion, parse_promotion
from koubo.script.brief import Occasion
from koubo.script.rundown import Rundown, UnknownProducts, make_rundown
from koubo.script.stream_request import ProductRole, StreamRequest
from tests.koubo.script.conftest import NOW

IDS = ("s01", "s02", "f01", "f02", "b02", "h01", "h03", "d01", "d02", "m01")


def rundown(shop, promotions: Sequence[Promotion] = (), view: LiveView = EMPTY, **fields: Any) -> Rundown:
    asked = {"product_ids": IDS, "starts_at": NOW, "hours": 1.0, "seconds": 120} | fields
    request = StreamRequest.model_validate(asked)
    products = {one: shop.live(one, NOW, view) for one in request.product_ids if one in shop.products}
    return make_rundown(request, products, promotions)


def flash(product_id: str, begins: int, ends: int) -> Promotion:
    """A flash price between two minutes of the stream."""
    return parse_promotion(
        {
            "id": "p9",
            "kind": "flash_price",
            "product_ids": [product_id],
            "price": "9.90",
            "starts_at": (NOW + timedelta(minutes=begins)).isoformat(),
            "ends_at": (NOW + timedelta(minutes=ends)).isoformat(),
        }
    )


def test_turns_follow_one_another_from_start_to_end(example_shop) -> None:
    found = rundown(example_shop).turns
    assert found[0].at == NOW and found[0].occasion is Occasion.OPENING and found[0].role is ProductRole.TRAFFIC
    assert all(one.ends_at == other.at for one, other in pairwise(found))
    assert timedelta(0) <= NOW + timedelta(hours=1) - found[-1].ends_at < timedelta(seconds=30)
    assert all(30 <= turn.seconds <= 600 for turn in found)
    assert {turn.product_id for turn in found} == set(IDS)


def test_a_hero_returns_and_its_turn_ends_with_a_last_call(example_shop) -> None:
    found = rundown(example_shop, hours=2.0).turns
    heroes = {turn.product_id for turn in found if turn.role is ProductRole.HERO}
    assert heroes == {"s01", "s02"}
    assert max(turn.visit for turn in found if turn.product_id == "s01") >= 2
    calls = [number for number, turn in enumerate(found) if turn.occasion is Occasion.LAST_CALL]
    assert calls and all(found[n - 1].product_id == found[n].product_id for n in calls)
    told = [turn.product_id for number, turn in enumerate(found) if number not in calls]
    assert all(one != other for one, other in pairwise(told))


def test_a_flash_sale_begins_on_time_and_a_last_call_is_over_before_the_promotion_is(example_shop) -> None:
    sale = flash("d02", 20, 45)
    found = rundown(example_shop, [sale])
    (begins,) = [turn for turn in found.turns if turn.occasion is Occasion.FLASH_SALE]
    assert (begins.product_id, begins.at) == ("d02", NOW + timedelta(minutes=20))
    (ends,) = [turn for turn in found.turns if "ends at" in turn.why]
    assert ends.occasion is Occasion.LAST_CALL and sale.ends_at is not None
    assert sale.ends_at - timedelta(minutes=5) < ends.ends_at <= sale.ends_at


def test_a_flash_sale_that_was_asked_for_is_kept(example_shop) -> None:
    at = NOW + timedelta(minutes=33, seconds=20)
    found = rundown(example_shop, flash_sales=[{"product_id": "h03", "at": at.isoformat()}]).turns
    assert [turn.product_id for turn in found if turn.at == at and turn.occasion is Occasion.FLASH_SALE] == ["h03"]


def test_what_is_sold_out_or_has_no_time_is_left_out_and_named(example_shop) -> None:
    sold_out = LiveView(1, {}, {("f01", None): 0}, {}, frozenset())
    assert [left.why for left in rundown(example_shop, view=sold_out).left_out] == ["f01: sold out"]
    short = rundown(example_shop, hours=0.2)
    told = {turn.product_id for turn in short.turns}
    assert {left.product_id for left in short.left_out} == set(IDS) - told != set()


def test_a_pinned_order_and_roles_are_kept(example_shop) -> None:
    found = rundown(example_shop, order=["m01", "d01"], roles={"d01": "profit", "m01": "profit"}).turns
    assert [turn.product_id for turn in found[:4]] == ["m01", "d01", "m01", "d01"]


def test_products_that_are_not_there_are_named(example_shop) -> None:
    with pytest.raises(UnknownProducts, match="'nope'"):
        rundown(example_shop, product_ids=["s01", "nope"])
    everything = {("s01", None): 0}
    with pytest.raises(ValueError, match="none of them can be sold"):
        rundown(example_shop, product_ids=["s01"], view=LiveView(1, {}, everything, {}, frozenset()))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"product_ids": []}, "at least 1"),
        ({"product_ids": ["s01", "s01"]}, "'?s01'? is there twice"),
        ({"hours": 0}, "greater than 0"),
        ({"hours": 0.01}, "less than one script"),
        ({"starts_at": "2026-11-22T20:00:00"}, "timezone"),
        ({"order": ["x"]}, r"order\n.*'x' is not one of"),
        ({"roles": {"x": "hero"}}, r"roles\n.*'x' is not one of"),
        ({"flash_sales": [{"product_id": "s01", "at": "2026-11-22T23:00:00+08:00"}]}, "not within the stream"),
        ({"audience": "只要9块9的宝妈"}, "numbers come from facts"),
    ],
)
def test_a_request_that_cannot_be_says_why(example_shop, fields: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        rundown(example_shop, **fields)
