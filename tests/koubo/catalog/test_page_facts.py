"""What a picture states: attributes, tables, claims; a price or a deal is a claim in whatever form it stands there."""

from __future__ import annotations

from typing import Any

import pytest

from koubo.catalog.facts import FactKind
from koubo.catalog.page_facts import Statement, deals_by_line, statements_of_page
from tests.koubo.catalog.printed import line, rows

ATTRIBUTE, CLAIM = FactKind.IMAGE_ATTRIBUTE, FactKind.IMAGE_CLAIM
SPECIFICATIONS = [["净含量", "500g"], ["保质期", "10个月"], ["口味", "原味"]]


def page(topic: str, *lines: dict[str, Any]) -> tuple[Statement, ...]:
    return statements_of_page(lines, topic)


def said(statements: tuple[Statement, ...], kind: FactKind) -> list[tuple[str, str]]:
    return [(one.label, one.value) for one in statements if one.kind is kind]


@pytest.mark.parametrize(
    ("text", "kind", "label"),
    [
        ("容量：500ml", ATTRIBUTE, "容量"),
        ("材质: 100%棉", ATTRIBUTE, "材质"),
        ("原价199元", CLAIM, "价格"),
        ("直播价：89", CLAIM, "价格"),
        ("吊牌价：299", CLAIM, "价格"),
        ("日常：199", CLAIM, "价格"),
        ("两瓶：59.9", CLAIM, "价格"),
        ("满199减20", CLAIM, "促销"),
        ("团购：89", CLAIM, "促销"),
        ("亲肤透气不闷热", CLAIM, "卖点"),
    ],
)
def test_what_a_line_is(text: str, kind: FactKind, label: str) -> None:
    found = page("selling_point", line(text))
    assert [(one.kind, one.label, one.score, one.quote) for one in found] == [(kind, label, 0.9, text)]


@pytest.mark.parametrize("text", ["注：以实物为准", "单位：cm", "hello", "好"])
def test_lines_that_state_nothing(text: str) -> None:
    assert page("other", line(text)) == ()


def test_badly_read_lines_are_left_out_and_the_others_keep_their_numbers() -> None:
    found = page("other", line("容量：500ml", score=0.3), line("材质：棉", top=40))
    assert [(one.label, one.line) for one in found] == [("材质", 1)]


def test_a_sentence_after_a_colon_is_praise_or_advice_not_an_attribute() -> None:
    found = page("usage", line("保养护理：请遵循商品附带说明书上的所有保养说明和提示"), line("水温：30℃", top=40))
    assert said(found, ATTRIBUTE) == [("水温", "30℃")]
    assert [label for label, _ in said(found, CLAIM)] == ["使用"]


def test_a_value_that_runs_on_is_whole_or_none() -> None:
    first, second = line("主要成分：水、甘油、丁二醇、泛", left=10), line("醇、海藻糖", left=10, top=30)
    found = page("specifications", first, second, line("净重：50g", left=10, top=60))
    assert said(found, ATTRIBUTE) == [("主要成分", "水、甘油、丁二醇、泛醇、海藻糖"), ("净重", "50g")]
    assert found[0].box == ((10, 0), (310, 0), (310, 50), (10, 50))
    endless = [line("主要功能：" + "好" * 20, top=0), *(line("好" * 25, top=30 * n) for n in (1, 2))]
    assert said(page("specifications", *endless), ATTRIBUTE) == []


def test_a_remark_below_a_pair_is_not_its_value() -> None:
    pair, remark = line("面料：棉", left=10), line("浅色深色请分开洗涤", left=10, top=30)
    assert said(page("specifications", pair, remark), ATTRIBUTE) == [("面料", "棉")]


def test_a_label_and_its_value_in_pieces_side_by_side() -> None:
    found = page("specifications", *rows(["面 料:", "合成革", "内 里:", "织物"]))
    assert said(found, ATTRIBUTE) == [("面料", "合成革"), ("内里", "织物")]
    assert found[0].quote == "面 料: 合成革"


def test_rows_of_a_table_are_attributes_with_a_box_around_both_cells() -> None:
    found = page("specifications", *rows(*SPECIFICATIONS))
    assert said(found, ATTRIBUTE) == [(label, value) for label, value in SPECIFICATIONS]
    assert found[0].box == ((0, 0), (280, 0), (280, 20), (0, 20))


@pytest.mark.parametrize(
    ("topic", "lefts"), [("specifications", [200, 300, 400]), ("selling_point", [200] * 3), ("usage", [200] * 3)]
)
def test_texts_side_by_side_are_no_table(topic: str, lefts: list[float]) -> None:
    pairs = zip([("筒高", "18cm"), ("针数", "168针"), ("织法", "平纹")], lefts, strict=True)
    cells = [
        cell
        for n, ((label, value), left) in enumerate(pairs)
        for cell in (line(label, 0, 40 * n), line(value, left, 40 * n))
    ]
    assert said(page(topic, *cells), ATTRIBUTE) == []


def test_a_size_chart_gives_a_statement_a_size() -> None:
    chart = rows(["尺码", "胸围", "衣长"], ["M", "106", "63.5"], ["XL", "114", "67.5"])
    found = page("size_chart", *chart)
    assert said(found, ATTRIBUTE) == [("尺码M", "胸围106 衣长63.5"), ("尺码XL", "胸围114 衣长67.5")]
    assert (found[0].line, found[0].quote) == (3, "M 106 63.5")


def test_a_size_chart_with_its_sizes_in_the_header() -> None:
    found = page(
        "size_chart", *rows(["短款", "M", "L", "XL"], ["衣长", "62", "64", "66"], ["胸围", "98", "102", "106"])
    )
    assert said(found, ATTRIBUTE) == [("衣长", "M 62 L 64 XL 66"), ("胸围", "M 98 L 102 XL 106")]


def test_a_scale_of_choices_states_nothing() -> None:
    """Which of them applies is told by a colour, which OCR does not see."""
    assert (
        page("specifications", *rows(["厚度指数", "微薄", "适中", "加厚"], ["弹力指数", "无弹", "微弹", "高弹"])) == ()
    )


def test_an_amount_split_over_lines_is_a_price() -> None:
    found = page("specifications", *rows(*SPECIFICATIONS), line("99", 0, 200), line("元", 0, 225))
    assert said(found, CLAIM) == [("价格", "99 元")]
    assert said(found, ATTRIBUTE) == [(label, value) for label, value in SPECIFICATIONS]


def test_a_price_in_pieces_is_one_claim_with_its_amount() -> None:
    assert said(page("selling_point", *rows(["日常价", "￥", "59.9"])), CLAIM) == [("价格", "日常价 ￥ 59.9")]
    beside = page("selling_point", *rows(["容量：500ml", "到手价", "59.9"]))
    assert said(beside, ATTRIBUTE) == [("容量", "500ml")]
    assert said(beside, CLAIM) == [("价格", "到手价")]


@pytest.mark.parametrize(
    "row", [["价格", "99"], ["售价", "99元"], ["到手", "9.9"], ["拍两件", "59.9"], ["规格", "九块九"]]
)
@pytest.mark.parametrize("topic", ["specifications", "selling_point", "promotion", "other", "certificate"])
def test_a_price_in_a_table_is_no_attribute_in_any_topic(row: list[str], topic: str) -> None:
    found = page(topic, *rows(*SPECIFICATIONS[:2], row, SPECIFICATIONS[2]))
    assert row[1] not in [value for _, value in said(found, ATTRIBUTE)]
    assert not any(row[1] in value for _, value in said(found, ATTRIBUTE))


def test_a_column_of_prices_makes_its_rows_claims() -> None:
    found = page("size_chart", *rows(["尺码", "胸围", "价格"], ["M", "106", "99"], ["XL", "114", "109"]))
    assert said(found, ATTRIBUTE) == []
    assert {label for label, _ in said(found, CLAIM)} == {"价格"}


def test_which_lines_speak_of_a_deal_however_they_are_split() -> None:
    lines = [*rows(["净含量", "500g"], ["到手", "9.9"]), line("99", 0, 100), line("元", 0, 125)]
    assert deals_by_line(lines) == {2: "价格", 3: "价格", 4: "价格", 5: "价格"}
