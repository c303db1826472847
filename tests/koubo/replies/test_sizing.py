"""A size for a body: read from comments as they are written, answered only by a table that says it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from koubo.catalog.facts import FactKind
from koubo.catalog.records import Question
from koubo.replies.reply import Why
from koubo.replies.sizing import body, size_rows
from tests.koubo.replies.talk import Talk, cup, fact


@pytest.mark.parametrize(
    ("comment", "height", "weight"),
    [
        ("160斤穿啥码", None, "80"),
        ("175 75kg穿多大码", "175", "75"),
        ("175/140穿多大", "175", "70"),
        ("一米七五 一百六十斤", "175", "80"),
        ("我1米68，110斤", "168", "55"),
        ("身高165 体重52公斤", "165", "52"),
        ("九十斤能穿吗", None, "45"),
        ("1.75m 68kg", "175", "68"),
        ("一米八的床能用吗", None, None),
        ("1米5的床买哪个", None, None),
        ("5斤装多少钱", None, None),
        ("拍160件", None, None),
    ],
)
def test_height_and_weight_are_read(comment: str, height: str | None, weight: str | None) -> None:
    found = body(comment)
    assert found.get("height") == (Decimal(height) if height else None)
    assert found.get("weight") == (Decimal(weight) if weight else None)


CHART = tuple(
    fact(FactKind.IMAGE_ATTRIBUTE, f"尺码{size}", value, "image")
    for size, value in (
        ("M", "胸围106 衣长68 身高160-170cm 体重95-115斤"),
        ("L", "胸围110 衣长70 身高168-175cm 体重115-135斤"),
        ("XL", "胸围114 衣长72 身高172-182cm 体重135-160斤"),
    )
)


@pytest.mark.parametrize(
    ("comment", "size"),
    [("150斤穿啥码", "XL"), ("170 120斤穿多大", "L"), ("一米六五 100斤选什么码", "M"), ("178 75kg穿几码", "XL")],
)
def test_a_size_chart_settles_it(comment: str, size: str) -> None:
    reply = cup(*CHART).says(comment, "cup")
    assert reply.answered and f"尺码表上{size}对应" in (reply.written or "")
    assert [one.label for one in reply.facts if one.label.startswith("尺码")] == [f"尺码{size}"]


def test_a_body_that_no_row_holds_is_left_to_a_person() -> None:
    for comment in ("200斤穿啥码", "185 100斤穿几码", "脚长25.5选几码"):
        reply = cup(*CHART).says(comment, "cup")
        assert not reply.answered and reply.open is Why.SIZE and "对应" not in (reply.written or "")


def test_a_badly_read_chart_says_nothing() -> None:
    unsure = (fact(FactKind.IMAGE_ATTRIBUTE, "尺码M", "体重95-115斤", "image", confidence=0.6),)
    assert not cup(*unsure).says("100斤穿啥码", "cup").answered


def test_a_list_of_sizes_in_one_value_is_read() -> None:
    rows = list(size_rows(fact(FactKind.ATTRIBUTE, "尺码建议", "M(90-105斤) L(105-120斤) XL(60-68kg)")))
    assert [(row.size, row.low, row.high) for row in rows] == [
        ("M", Decimal(45), Decimal("52.5")),
        ("L", Decimal("52.5"), Decimal(60)),
        ("XL", Decimal(60), Decimal(68)),
    ]


def test_centimetres_alone_and_numbers_without_a_unit_are_no_height_and_no_weight() -> None:
    assert not list(size_rows(fact(FactKind.ATTRIBUTE, "尺码M", "胸围100-106cm 体重95-115")))


def test_an_answer_about_another_body_answers_nothing(shop: Talk) -> None:
    assert "建议XL" in (shop.says("175 75kg穿多大码", "s01").written or "")
    for comment in ("160 50kg穿多大码", "180斤穿多大码", "175穿什么码"):
        reply = shop.says(comment, "s01")
        assert not reply.answered and "建议" not in (reply.written or "") and "尺码有" in (reply.written or "")


def test_an_answered_question_about_such_a_body_is_told() -> None:
    told = Question(id="q", product_id="cup", question="165cm、55kg穿什么码？", answer="建议M码。")
    assert "建议M码" in (cup(questions=(told,)).says("165 110斤穿啥", "cup").written or "")
