"""Promotions and discounts in words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from koubo.catalog.records import Promotion, parse_promotion
from koubo.script.phrases import discount
from koubo.script.promotions import best_of_each, condition_phrase, conditions_phrase

UNKNOWN = {"kind": "unknown"}


def threshold(name: str, least: str, off: str, **more: Any) -> Promotion:
    row = {"id": name, "kind": "threshold_discount", "threshold": least, "amount_off": off, "eligibility": UNKNOWN}
    return parse_promotion({**row, **more})


@pytest.mark.parametrize(
    ("percent", "written", "spoken"),
    [("80", "8折", "八折"), ("85", "8.5折", "八五折"), ("5", "0.5折", "零点五折"), ("67.5", "6.75折", "六点七五折")],
)
def test_a_discount_is_said_as_a_host_says_it(percent: str, written: str, spoken: str) -> None:
    said = discount(Decimal(percent))
    assert (said.written, said.spoken) == (written, spoken)


@pytest.mark.parametrize("percent", ["100", "120", "8.5"])
def test_what_is_no_discount_is_refused_with_what_to_write(percent: str) -> None:
    row = {"id": "q", "kind": "quantity_discount", "min_quantity": 2, "percent_of_price": percent}
    with pytest.raises(ValidationError, match=r"write 85 for 8\.5折"):
        parse_promotion(row)


def test_pieces_are_counted_by_the_products_own_word() -> None:
    row = {"id": "q", "kind": "quantity_discount", "min_quantity": 2, "percent_of_price": "80"}
    said = condition_phrase(parse_promotion({**row, "eligibility": {"kind": "everyone"}}), "瓶")
    assert said is not None and said.written == "满2瓶打8折"


def test_of_what_asks_the_same_only_the_best_is_kept() -> None:
    less, more, higher = threshold("a", "99", "5"), threshold("b", "99", "10"), threshold("c", "199", "20")
    members = threshold("d", "99", "8", eligibility={"kind": "members", "grade": "V8"})
    assert best_of_each([less, more, higher, members]) == (more, higher, members)


def test_whom_conditions_are_for_is_said_once() -> None:
    said = conditions_phrase([threshold("a", "99", "5"), threshold("b", "199", "20")], "件")
    assert said.written == "符合条件的用户全店满99元减5元，还有全店满199元减20元"


def test_a_grade_that_must_not_be_said_leaves_the_condition_out() -> None:
    row = {"id": "m", "kind": "member_price", "price": "59", "grade": "V8，价格一元"}
    assert condition_phrase(parse_promotion(row), "件") is None
