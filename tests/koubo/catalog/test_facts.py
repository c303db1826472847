"""Facts of tables and of pictures: what becomes one, of which kind, and where it says it came from."""

from __future__ import annotations

import pytest

from koubo.catalog.facts import Fact, FactKind
from koubo.catalog.records import Product, Question, Review
from koubo.catalog.table_facts import facts_of, quotable


def product(**changes: object) -> Product:
    fields: dict[str, object] = {"id": "p", "title": "云朵枕", "price": "99", "place": "products.csv", "row": 2}
    return Product.model_validate({**fields, **changes})


def said(facts: tuple[Fact, ...], kind: FactKind) -> list[tuple[str, str]]:
    return [(fact.label, fact.value) for fact in facts if fact.kind is kind]


def test_a_row_gives_its_facts_by_priority_with_where_they_stand() -> None:
    skus = [{"options": ["低"], "price": 89, "stock": 2}, {"options": ["高"], "price": 99, "stock": 3}]
    facts = facts_of(product(brand="小象", category="居家/枕头", unit="只", list_price=129, skus=skus), (), ())
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
    facts = facts_of(product(attributes={"材质": "100%棉", "产地": "无", "备注": "-"}), (), ())
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
    facts = facts_of(product(brief=brief), (), ())
    assert [value for _, value in said(facts, FactKind.SELLING_POINT)] == points


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ("布料很厚实，触感不错。第二次买了", ["布料很厚实，触感不错"]),
        ("很舒服，像睡在云朵里！！", ["很舒服，像睡在云朵里"]),
        ("质量不错，但是快递慢", []),
        ("3899的床和899的四件套都很喜欢", []),
        ("手感柔软，有助睡眠，很喜欢", []),
        ("柔软舒服，加我微信返现", []),
        ("好", []),
        ("全世界最舒服的被子，真的很喜欢", []),
    ],
)
def test_which_sentences_of_a_review_may_be_quoted(text: str, quotes: list[str]) -> None:
    assert quotable(Review(id="r", product_id="p", text=text)) == quotes


def test_a_bad_rating_gives_no_quote() -> None:
    review = Review(id="r", product_id="p", text="布料很厚实，触感不错", rating=3)
    assert quotable(review) == []


def test_quotes_and_answers_are_of_the_product_or_the_shop() -> None:
    reviews = [Review(id=f"r{n}", product_id=p, text="布料很厚实，触感不错") for n, p in enumerate(("p", "q"))]
    questions = [
        Question(id="q1", product_id=None, question="包邮吗", answer="满88元包邮"),
        Question(id="q2", product_id="q", question="多高", answer="十厘米"),
    ]
    facts = facts_of(product(), reviews, questions)
    assert said(facts, FactKind.REVIEW_QUOTE) == [("买家评价", "布料很厚实，触感不错")]
    assert said(facts, FactKind.QUESTION_ANSWER) == [("包邮吗", "满88元包邮")]
