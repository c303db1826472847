"""Number words are read back as a host means them, and words that no host says are refused."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.truth.spoken_numbers import NoNumber, amount, one_by_one, percent, whole


@pytest.mark.parametrize(
    ("words", "yuan"),
    [
        ("五十九块九", "59.9"),
        ("九块九毛五", "9.95"),
        ("九块九毛", "9.9"),
        ("一百二十八元", "128"),
        ("一百二十八块", "128"),
        ("十块一", "10.1"),
        ("一块零五分", "1.05"),
        ("两元", "2"),
        ("五毛", "0.5"),
        ("九毛九", "0.99"),
        ("两分钱", "0.02"),
        ("一千元", "1000"),
        ("一千零五元", "1005"),
        ("一万零八十六块五", "10086.5"),
        ("九万九千九百九十九块九毛九", "99999.99"),
        ("一百二十三万四千五百六十七点八九元", "1234567.89"),
        ("一千万元", "10000000"),
    ],
)
def test_amounts(words: str, yuan: str) -> None:
    assert amount(words) == Decimal(yuan)


@pytest.mark.parametrize(
    ("words", "number"),
    [("两百", 200), ("一百零二", 102), ("十二", 12), ("一百一十", 110), ("两万", 20_000), ("一亿零三万", 100_030_000)],
)
def test_whole_numbers(words: str, number: int) -> None:
    assert whole(words) == number


@pytest.mark.parametrize("words", ["一百五", "五三", "一十百", "一万五", "百"])
def test_words_that_could_mean_two_numbers_are_refused(words: str) -> None:
    with pytest.raises(NoNumber):
        whole(words)


@pytest.mark.parametrize(
    ("words", "share"), [("八折", "80"), ("八五折", "85"), ("六点五五折", "65.5"), ("一折", "10"), ("九九折", "99")]
)
def test_discounts(words: str, share: str) -> None:
    assert percent(words) == Decimal(share)


def test_digits_said_one_by_one() -> None:
    assert one_by_one("三零四") == "304"
