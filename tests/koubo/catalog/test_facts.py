"""Facts of tables and of pictures: what becomes one, of which kind, and where it says it came from."""

from __future__ import annotations

import pytest

from koubo.catalog.facts import Fact, FactKind
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
        ("柔软山羊绒，保暖性多一倍", ["柔软山羊绒", "保暖性多一倍"]),
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
