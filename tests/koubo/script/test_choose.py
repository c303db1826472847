"""Which facts may be said in their own words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from koubo.catalog.facts import Fact, FactKind, Provenance
from koubo.script.choose import choose_facts, is_sayable
from koubo.script.slots import Slot
from koubo.script.values import fact_words


def fact(kind: FactKind, label: str, value: str, confidence: float = 1.0) -> Fact:
    return Fact("f", "cup", kind, label, value, None, 1, None, None, confidence, Provenance("table", "t", 1))


@pytest.mark.parametrize(
    ("kind", "label", "value"),
    [
        (FactKind.ATTRIBUTE, "吊牌价", "299"),
        (FactKind.ATTRIBUTE, "赠品", "杯刷"),
        (FactKind.IMAGE_ATTRIBUTE, "直播价", "89"),
        (FactKind.IMAGE_ATTRIBUTE, "团购", "89"),
        (FactKind.IMAGE_ATTRIBUTE, "库存", "99"),
        (FactKind.QUESTION_ANSWER, "现在多少钱", "89"),
        (FactKind.QUESTION_ANSWER, "还有优惠吗", "今天下单减10"),
        (FactKind.SELLING_POINT, "卖点", "今天只要9.9"),
        (FactKind.SELLING_POINT, "卖点", "一杯才九块九"),
        (FactKind.QUESTION_ANSWER, "能分期吗", "可以，一期三十元"),
        (FactKind.IMAGE_CLAIM, "价格", "到手价89"),
        (FactKind.QUESTION_ANSWER, "现在有活动吗", "周末再来看看"),
        (FactKind.QUESTION_ANSWER, "怎么买合适", "现在两件八折"),
        (FactKind.SELLING_POINT, "卖点", "第二双半价"),
        (FactKind.SELLING_POINT, "卖点", "买2箱送1箱"),
        (FactKind.SELLING_POINT, "卖点", "前100名送小样"),
        (FactKind.REVIEW_QUOTE, "买家", "双十一活动价买的，很喜欢"),
        (FactKind.REVIEW_QUOTE, "买家", "买一送一的时候囤的"),
        (FactKind.ATTRIBUTE, "今天下单立减10", "是"),
    ],
)
def test_a_price_a_deal_or_a_stock_is_never_said_in_a_facts_own_words(kind: FactKind, label: str, value: str) -> None:
    assert not is_sayable(fact(kind, label, value))


@pytest.mark.parametrize(
    ("kind", "label", "value"),
    [
        (FactKind.ATTRIBUTE, "材质", "100%棉"),
        (FactKind.IMAGE_ATTRIBUTE, "容量", "500ml"),
        (FactKind.QUESTION_ANSWER, "会掉色吗", "做过固色处理"),
        (FactKind.SELLING_POINT, "卖点", "弹盖一按就开"),
    ],
)
def test_what_a_product_is_may_be_said(kind: FactKind, label: str, value: str) -> None:
    assert is_sayable(fact(kind, label, value))


@pytest.mark.parametrize(
    ("kind", "label", "value"),
    [
        (FactKind.REVIEW_QUOTE, "评价", "质量好，进货打13812345678"),
        (FactKind.REVIEW_QUOTE, "评价", "质量好，加薇信聊"),
        (FactKind.ATTRIBUTE, "加微信领券", "是"),
        (FactKind.QUESTION_ANSWER, "怎么联系", "客服QQ号在详情页"),
    ],
)
def test_a_way_to_reach_somebody_is_never_said(kind: FactKind, label: str, value: str) -> None:
    assert not is_sayable(fact(kind, label, value))


@pytest.mark.parametrize(
    ("kind", "label", "value"),
    [
        (FactKind.SELLING_POINT, "卖点", "预计3月8号陆续发货"),
        (FactKind.SELLING_POINT, "卖点", "2019冬季新款"),
        (FactKind.SELLING_POINT, "卖点", "加绒款ABCDE2F017B"),
        (FactKind.SELLING_POINT, "卖点", "累计卖出5万件"),
        (FactKind.SELLING_POINT, "卖点", "保温性提升一倍"),
        (FactKind.SELLING_POINT, "卖点", "大牌供应商出品"),
        (FactKind.SELLING_POINT, "卖点", "宫廷御用工艺"),
        (FactKind.REVIEW_PRAISE, "做工", "做工无可挑剔"),
        (FactKind.ATTRIBUTE, "配送范围", "请联系客服"),
        (FactKind.QUESTION_ANSWER, "有发票吗", "拨打四零零八二零零转二"),
        (FactKind.QUESTION_ANSWER, "怎么联系", "加店长薇❤"),
        (FactKind.QUESTION_ANSWER, "现在买吗", "过几天会降的"),
        (FactKind.QUESTION_ANSWER, "和别家比呢", "比虎牌的保温好"),
        (FactKind.REVIEW_QUOTE, "评价", "薇娅推荐的，喜欢"),
        (FactKind.REVIEW_QUOTE, "评价", "跟膳魔师一个厂，很好用"),
    ],
)
def test_old_news_renown_and_talk_of_other_places_are_never_said(kind: FactKind, label: str, value: str) -> None:
    assert not is_sayable(fact(kind, label, value))


def test_a_badly_read_picture_is_not_quoted() -> None:
    assert not is_sayable(fact(FactKind.IMAGE_ATTRIBUTE, "容量", "500ml", confidence=0.6))


def test_a_review_in_a_language_that_is_not_read_is_not_quoted() -> None:
    assert not is_sayable(fact(FactKind.REVIEW_QUOTE, "评价", "呢件衫真係好靓，著落去唔热"))
    assert is_sayable(fact(FactKind.REVIEW_QUOTE, "评价", "这件衣服真好看，穿上不热"))


def test_what_buyers_complain_of_is_never_said_whatever_the_words() -> None:
    complaint = fact(FactKind.REVIEW_COMPLAINT, "材质", "起球")
    praise_in_disguise = fact(FactKind.REVIEW_COMPLAINT, "材质", "弹盖一按就开")
    assert not is_sayable(complaint)
    assert choose_facts([complaint, praise_in_disguise], "保温杯", ()) == {}


def test_praise_that_buyers_share_is_a_point_unless_it_is_of_the_shop() -> None:
    facts = [fact(FactKind.REVIEW_PRAISE, "物流", "物流快"), fact(FactKind.REVIEW_PRAISE, "材质", "手感好")]
    facts = [replace(f, id=f.label) for f in facts]
    assert choose_facts(facts, "保温杯", ()) == {Slot.POINT1: "材质"}
    assert fact_words(Slot.POINT1, facts[1]) == "买过的人说手感好"


def test_buyers_words_do_not_crowd_the_product_out() -> None:
    said = ["手感好", "做工精细", "颜色漂亮", "不起球"]
    praise = [replace(fact(FactKind.REVIEW_PRAISE, f"方面{n}", words), id=words) for n, words in enumerate(said)]
    own = replace(fact(FactKind.ATTRIBUTE, "杯口", "弹盖直饮"), id="own")
    assert list(choose_facts([*praise, own], "保温杯", ()).values()) == ["手感好", "做工精细", "own"]
