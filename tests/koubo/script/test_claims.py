"""Which words claim an attribute, and what bears them out."""

from __future__ import annotations

import pytest

from koubo.catalog.records import Product, Question
from koubo.script.check import check_free_text
from koubo.script.claims import find_claims, is_borne_out
from koubo.script.tables import section_lines, words
from koubo.script.wording import wordings
from tests.koubo.script.conftest import Shop

CLAIMS = """纯棉|这个料子是纯棉的，摸着就知道
防水|下雨天也不怕，防水的
不粘锅|煎蛋不粘锅，一滑就走
零添加|真正的零添加，孩子也能吃
锁水|上脸锁水，一整天都润
A级|宝宝穿的都是A级的
低糖|低糖的，解馋没负担
无酒精|无酒精，脸薄的也能用
去油|去油特别利索
新疆|来自新疆产区的，你们尝尝
玻尿酸|里头有玻尿酸
显瘦|穿上特别显瘦
专利|人家这个是有专利的""".splitlines()

NO_CLAIMS = """你们耐心听我说完
这个颜色特别耐看
隔三差五就有人来问我
我们班级群里都在聊
高级感一下子就出来了
先把吸油烟机关上
免得你们买错了
拿回去自己摸一摸就明白了
一家人都能用得上""".splitlines()


@pytest.mark.parametrize("row", CLAIMS)
def test_a_claim_is_found(row: str) -> None:
    claim, text = row.split("|")
    assert claim in [found.words for found in find_claims(text)]


@pytest.mark.parametrize("text", NO_CLAIMS)
def test_words_that_only_look_like_a_claim_are_none(text: str) -> None:
    assert [found.words for found in find_claims(text)] == []


def test_a_claim_is_named_once_by_its_longest_words() -> None:
    assert [found.words for found in find_claims("纯天然的羊绒")] == ["纯天然", "羊绒"]


def test_the_products_own_words_or_a_synonym_bear_a_claim_out() -> None:
    (claim,) = find_claims("有运费险的")
    assert is_borne_out(claim, "售后：运费险")
    assert not is_borne_out(claim, "售后：七天无理由")


PRODUCTS = {
    "bag": {"title": "通勤托特包 PU皮 银色", "attributes": {"材质": "PU皮", "是否防水": "否", "国产/进口": "国产"}},
    "tee": {
        "title": "宽松短袖T恤",
        "attributes": {"面料": "35%棉 65%聚酯纤维", "是否抗菌": "无此功能", "弹力": "微弹"},
    },
    "cotton": {"title": "短袖T恤", "attributes": {"面料": "100% 棉", "起球": "不易起球", "是否机洗": "是"}},
    "sesame": {"title": "黑芝麻饼干", "attributes": {"配料": "小麦粉、黑芝麻", "产地": "山东"}},
}
ASKED = Question(id="q", product_id="tee", question="会掉色吗？会起球吗？", answer="头几次会掉色，建议单独洗。")
FIXED = Question(id="f", product_id="cotton", question="会掉色吗？", answer="做过固色处理")


@pytest.mark.parametrize(
    ("product", "text", "borne"),
    [
        ("bag", "真皮的，越背越亮。", False),
        ("bag", "五金是纯银的。", False),
        ("bag", "下雨天背它，防水的。", False),
        ("bag", "进口的料子。", False),
        ("tee", "纯棉的，贴身舒服。", False),
        ("tee", "这料子抗菌。", False),
        ("tee", "洗多少回都不掉色。", False),
        ("tee", "穿着不会起球。", False),
        ("tee", "有弹力，动起来自在。", True),
        ("cotton", "纯棉的，贴身舒服。", True),
        ("cotton", "穿着不会起球。", True),
        ("cotton", "洗完不掉色。", True),
        ("cotton", "会掉色的。", False),
        ("cotton", "机洗就行。", True),
        ("sesame", "里头放了亚麻籽。", False),
        ("sesame", "烟台来的。", False),
    ],
)
def test_a_fact_bears_out_what_it_says_and_not_what_it_denies_or_asks(product: str, text: str, borne: bool) -> None:
    rows = {
        key: Product.model_validate({"id": key, "category": ["x"], "price": "9", **p}) for key, p in PRODUCTS.items()
    }
    refused = check_free_text(text, Shop(rows, (), [ASKED, FIXED]).brief(product))
    assert ("unsupported" in {one.rule for one in refused}) is not borne, refused


@pytest.mark.parametrize("text", ["防水的，怕什么？", "进口的，要不要？", "怕摔？防摔的！", "它抗菌，有没有想要的？"])
def test_asking_after_a_claim_does_not_excuse_it(shop, text: str) -> None:
    assert "unsupported" in {refusal.rule for refusal in check_free_text(text, shop.brief("cup"))}


def test_no_bearer_is_a_single_character() -> None:
    table = words("claims.yaml")
    assert [(claim, one) for claim, bearers in table.items() for one in bearers if len(one) == 1 and one != claim] == []


def test_no_planned_line_claims_anything() -> None:
    lines = [
        wording
        for roles in section_lines().values()
        for occasions in roles.values()
        for families in occasions.values()
        for texts in families.values()
        for line in texts
        for wording in wordings(line)
    ]
    assert len(lines) > 1000
    assert [(line, found.words) for line in lines for found in find_claims(line)] == []


def test_a_claim_that_no_fact_bears_out_is_refused_and_one_that_is_asked_is_not(shop) -> None:
    brief = shop.brief("cup")
    assert [r.rule for r in check_free_text("盖子不漏水，放心塞包里。", brief)] == ["unsupported"]
    assert check_free_text("是不是总怕漏水？", brief) == ()
