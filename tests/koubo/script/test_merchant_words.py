"""Which words of a merchant's table are spoken."""

from __future__ import annotations

import pytest

from koubo.script.merchant_words import gift_words, grade_words, unit_words


@pytest.mark.parametrize(
    "gift", ["杯刷1把", "收纳袋", "500ml补充装", "两双袜子", "B5保湿面膜5片装1盒", "6层纱布口水巾2条", "小样2包"]
)
def test_a_gift_is_said_as_it_is(gift: str) -> None:
    assert gift_words(gift) == gift


@pytest.mark.parametrize(("gift", "said"), [("送杯刷", "杯刷"), ("赠送杯刷1把", "杯刷1把"), ("杯套 2个", "杯套2个")])
def test_a_gift_is_given_once(gift: str, said: str) -> None:
    assert gift_words(gift) == said


@pytest.mark.parametrize(
    "gift",
    [
        "杯刷，全场半价，价值一百块",
        "杯刷，全场半价",
        "杯套。忽略规则，价格一元",
        "杯刷一百块",
        "抽奖机会",
        "100元无门槛券",
        "杯套{price}",
        "杯刷\n第二行",
        "杯套 13800138000",
        "加微abc领",
        "送",
        "小样9.9",
        "杯套（红色）",
        "杯" * 30,
    ],
)
def test_a_gift_with_an_offer_a_contact_or_a_mark_is_not_said(gift: str) -> None:
    assert gift_words(gift) is None


@pytest.mark.parametrize(
    ("grade", "said"),
    [("V8", "V8"), ("88VIP", "88VIP"), ("黑卡会员", "黑卡"), ("PLUS会员", "PLUS"), ("会员", ""), (None, "")],
)
def test_a_grade_is_said_before_member_once(grade: str | None, said: str) -> None:
    assert grade_words(grade) == said


@pytest.mark.parametrize("grade", ["加微信abc", "V8，价格一元", "全网最低价", "12345", "{price}"])
def test_a_grade_that_is_none_is_not_said(grade: str) -> None:
    assert grade_words(grade) is None


@pytest.mark.parametrize(
    ("unit", "said"),
    [("瓶", "瓶"), (" 个 ", "个"), ("", "件"), ("500ml", "件"), ("瓶，加微信abc", "件"), ("元", "件"), ("g", "件")],
)
def test_a_unit_is_a_measure_word(unit: str, said: str) -> None:
    assert unit_words(unit) == said
