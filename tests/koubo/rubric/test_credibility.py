"""Every number is held against what it claims to be; what no fact says is named."""

from __future__ import annotations

from decimal import Decimal

import pytest

from koubo.rubric.amounts import amounts
from koubo.rubric.score import score
from koubo.rubric.scorecard import ScoredScript

# The cup: 79.9, list price 109, flash price 69.9 for everyone now, a brush as a gift from 2 pieces on; 500ml, 260g.
TRUE = (
    "现价79.9元，限时到手价69.9元。",
    "划线价109元，今天只要六十九块九。",
    "平时79块9，今晚69块9。",
    "比划线价省了29.1元。",
    "两个一共139.8元。",
    "500毫升，够喝半天，316的内胆。",
    "买2件送杯刷1把。",
    "不到七十块就能带走。",
    "第一步先拧开，第二条我再说一遍。",
    "这个盖子就三个零件，两边都能按。",
    "“杯盖能拆开洗吗”，可以。",
)
FALSE = (
    ("现价69.9元。", "wrong_price", "69.9"),
    ("到手价79.9元。", "wrong_price", "79.9"),
    ("划线价129元。", "wrong_price", "129"),
    ("原价七十九块九，今天更低。", "wrong_price", "七十九块九"),
    ("今天只要59.9元。", "wrong_price", "59.9"),
    ("比划线价省了50元。", "wrong_price", "50"),
    ("不到五十块就能带走。", "wrong_price", "五十块"),
    ("满77元减33元。", "wrong_offer", "满77减33"),
    ("第二件半价。", "wrong_offer", "第二件半价"),
    ("领券再买更划算。", "wrong_offer", "领券"),
    ("两件打七折。", "wrong_offer", "七折"),
    ("下单就送雨伞一把。", "wrong_offer", "下单就送雨伞一把"),
    ("三人拼团更便宜。", "wrong_offer", "拼团"),
    ("会员价59元。", "wrong_offer", "会员价"),
    ("750毫升的大容量杯子。", "untraced_number", "750"),
    ("杯子才500克。", "untraced_number", "500"),
    ("全程顺丰发货。", "unsupported_claim", "顺丰"),
    ("假一赔十，放心拍。", "unsupported_claim", "假一赔"),
    ("有买家说，“冬天放车里一整夜还烫嘴”。", "unsupported_claim", "冬天放车里一整夜还烫嘴"),
    ("静音的，晚上喝水不吵。", "unsupported_claim", "静音"),
)


@pytest.mark.parametrize("said", TRUE)
def test_what_the_facts_say_is_credible(shop, said: str) -> None:
    evidence = score(ScoredScript.plain(said), shop.brief("cup"))["credibility"].evidence
    assert [e for e in evidence if e.rule != "traced"] == []


@pytest.mark.parametrize(("said", "rule", "words"), FALSE)
def test_what_they_do_not_say_is_named(shop, said: str, rule: str, words: str) -> None:
    card = score(ScoredScript.plain(said), shop.brief("cup"))
    assert (rule, words) in {(e.rule, e.words) for e in card["credibility"].evidence}
    assert card["credibility"].score < 1


def test_a_wrong_price_says_what_the_price_is(shop) -> None:
    card = score(ScoredScript.plain("划线价129元。"), shop.brief("cup"))
    assert any("划线价 is 109" in e.note for e in card["credibility"].evidence)


def test_the_more_is_wrong_the_less_is_believed(shop) -> None:
    brief, said, before = shop.brief("cup"), "", 1.0
    for claim in ("现价69.9元。", "满77元减33元。", "750毫升。", "全程顺丰发货。", "划线价129元。"):
        said += claim
        now = score(ScoredScript.plain(said), brief)["credibility"].score
        assert now < before
        before = now


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("79.9元，69.9元", ["79.9", "69.9"]),
        ("满79减10，69.9，96只", ["79", "10", "69.9", "96"]),
        ("9块9，71块8毛2", ["9.9", "71.82"]),
        ("1,299元", ["1299"]),
        ("七十九块九一件", ["79.9"]),
        ("五块一斤", ["5"]),
    ],
)
def test_amounts_are_told_apart(text: str, found: list[str]) -> None:
    assert [amount.value for amount in amounts(text)] == [Decimal(value) for value in found]


def test_a_piece_is_no_money() -> None:
    assert not any(amount.money for amount in amounts("桌上省出一块地"))
