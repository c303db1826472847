"""Facts of tables and of pictures: what becomes one, of which kind, and where it says it came from."""

from __future__ import annotations

import pytest

from koubo.catalog.facts import Fact, FactKind
from koubo.catalog.page_facts import facts_of_page
from koubo.catalog.records import Product, Question
from koubo.catalog.table_facts import facts_of


def product(**changes: object) -> Product:
    fields: dict[str, object] = {"id": "p", "title": "云朵枕", "price": "99", "place": "products.csv", "row": 2}
    return Product.model_validate({**fields, **changes})


def said(facts: tuple[Fact, ...], kind: FactKind) -> list[tuple[str, str]]:
    return [(fact.label, fact.value) for fact in facts if fact.kind is kind]


def test_a_row_gives_its_facts_by_priority_with_where_they_stand() -> None:
    skus = [{"options": ["低"], "price": 89, "stock": 2}, {"options": ["高"], "price": 99, "stock": 3}]
    facts = facts_of(product(brand="小象", category="居家/枕头", unit="只", list_price=129, skus=skus), ())
    assert [(f.kind.value, f.label, f.value, f.unit) for f in facts] == [
        ("name", "名称", "云朵枕", None),
        ("brand", "品牌", "小象", None),
        ("price", "价格", "89.00", "元"),
        ("list_price", "原价", "129.00", "元"),
        ("sku_price", "低", "89.00", "元"),
        ("sku_price", "高", "99.00", "元"),
        ("stock", "库存", "5", "只"),
        ("category", "类目", "居家/枕头", None),
    ]
    assert {(f.provenance.source, f.provenance.place, f.provenance.row) for f in facts} == {
        ("table", "products.csv", 2)
    }
    assert len({f.id for f in facts}) == len(facts)


def test_empty_attributes_are_no_facts() -> None:
    facts = facts_of(product(attributes={"材质": "100%棉", "产地": "无", "备注": "-"}), ())
    assert said(facts, FactKind.ATTRIBUTE) == [("材质", "100%棉")]


@pytest.mark.parametrize(
    ("brief", "points"),
    [
        ("细腻绵羊毛，保暖性增加一倍", ["细腻绵羊毛", "保暖性增加一倍"]),
        ("8天超长待机，小米6X低至1299，点击抢购", ["8天超长待机"]),
        ("云朵枕，缓解腰背疼痛，全网最低", []),
        ("满199减20 买就送杯垫 蓬松轻盈", ["蓬松轻盈"]),
        ("", []),
    ],
)
def test_a_brief_gives_points_without_prices_deals_or_forbidden_claims(brief: str, points: list[str]) -> None:
    facts = facts_of(product(brief=brief), ())
    assert [value for _, value in said(facts, FactKind.SELLING_POINT)] == points


def test_answers_are_of_the_product_or_the_shop() -> None:
    questions = [
        Question(id="q1", product_id=None, question="包邮吗", answer="满88元包邮"),
        Question(id="q2", product_id="q", question="多高", answer="十厘米"),
    ]
    facts = facts_of(product(), questions)
    assert said(facts, FactKind.QUESTION_ANSWER) == [("包邮吗", "满88元包邮")]


def line(text: str, left: float = 0, top: float = 0, score: float = 0.9) -> dict[str, object]:
    right, bottom = left + 20 * len(text), top + 20
    box = [[left, top], [right, top], [right, bottom], [left, bottom]]
    return {"text": text, "box": box, "score": score, "height": 20.0}


def page(topic: str, *lines: dict[str, object]) -> tuple[Fact, ...]:
    return facts_of_page("p", {"image_id": "a/1.jpg", "lines": list(lines)}, topic, 2)


@pytest.mark.parametrize(
    ("text", "kind", "label"),
    [
        ("容量：500ml", FactKind.IMAGE_ATTRIBUTE, "容量"),
        ("材质: 100%棉", FactKind.IMAGE_ATTRIBUTE, "材质"),
        ("到手价：99", FactKind.IMAGE_CLAIM, "价格"),
        ("原价199元", FactKind.IMAGE_CLAIM, "价格"),
        ("￥2399", FactKind.IMAGE_CLAIM, "价格"),
        ("满199减20", FactKind.IMAGE_CLAIM, "促销"),
        ("买2送1", FactKind.IMAGE_CLAIM, "促销"),
        ("直播价：89", FactKind.IMAGE_CLAIM, "价格"),
        ("吊牌价：299", FactKind.IMAGE_CLAIM, "价格"),
        ("到手：89", FactKind.IMAGE_CLAIM, "价格"),
        ("日常：199", FactKind.IMAGE_CLAIM, "价格"),
        ("团购：89", FactKind.IMAGE_CLAIM, "促销"),
        ("定金：50", FactKind.IMAGE_CLAIM, "促销"),
        ("库存：99", FactKind.IMAGE_CLAIM, "促销"),
        ("亲肤透气不闷热", FactKind.IMAGE_CLAIM, "卖点"),
    ],
)
def test_what_a_line_of_a_picture_is(text: str, kind: FactKind, label: str) -> None:
    fact = page("selling_point", line(text))[0]
    assert (fact.kind, fact.label, fact.confidence) == (kind, label, 0.9)
    assert (fact.provenance.source, fact.provenance.place, fact.provenance.quote) == ("image", "a/1.jpg", text)


@pytest.mark.parametrize("text", ["注：以实物为准", "单位：cm", "hello", "好"])
def test_lines_that_state_nothing(text: str) -> None:
    assert page("other", line(text)) == ()


def test_badly_read_lines_are_left_out() -> None:
    assert page("other", line("容量：500ml", score=0.3)) == ()


def table(values: dict[str, str], lefts: list[float]) -> list[dict[str, object]]:
    cells = zip(values.items(), lefts, strict=True)
    return [
        cell
        for row, ((label, value), left) in enumerate(cells)
        for cell in (line(label, 0, 40 * row), line(value, left, 40 * row))
    ]


SPECIFICATIONS = {"净含量": "500g", "保质期": "10个月", "口味": "原味"}


def test_rows_of_a_table_are_attributes_with_a_box_around_both_cells() -> None:
    facts = page("specifications", *table(SPECIFICATIONS, [200, 200, 205]))
    assert said(facts, FactKind.IMAGE_ATTRIBUTE) == list(SPECIFICATIONS.items())
    assert facts[0].provenance.box == ((0, 0), (280, 0), (280, 20), (0, 20))


@pytest.mark.parametrize(
    ("topic", "lefts"), [("specifications", [200, 300, 400]), ("selling_point", [200, 200, 200]), ("usage", [200] * 3)]
)
def test_texts_side_by_side_are_no_table(topic: str, lefts: list[float]) -> None:
    assert said(page(topic, *table(SPECIFICATIONS, lefts)), FactKind.IMAGE_ATTRIBUTE) == []


def test_a_price_in_a_table_is_a_claim() -> None:
    facts = page("specifications", *table({**SPECIFICATIONS, "售价": "99元"}, [200] * 4))
    assert said(facts, FactKind.IMAGE_ATTRIBUTE) == list(SPECIFICATIONS.items())
    assert ("价格", "99元") in said(facts, FactKind.IMAGE_CLAIM)
