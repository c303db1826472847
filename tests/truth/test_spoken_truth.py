"""The check itself: true sentences pass; each lie, spoken by hand, is caught for what it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import pytest

from koubo.catalog.live import NewPrice, NewStock
from koubo.catalog.records import Product, parse_promotion
from tests.truth.shop_model import Shop, Who, deal_of, item_of
from tests.truth.spoken_truth import check

AT = datetime.fromisoformat("2026-11-24T19:00:00+08:00")
NEXT = datetime.fromisoformat("2026-11-24T19:00:00.5+08:00")
TONIGHT = "2026-11-24T22:00:00+08:00"
CUP = {
    "id": "cup",
    "title": "栖木屋 保温杯 500ml",
    "brand": "栖木屋",
    "brief": "316不锈钢内胆",
    "unit": "个",
    "price": "79.90",
    "list_price": "109.00",
    "attributes": {"容量": "500ml", "重量": "约260g"},
    "skus": [
        {"options": {"颜色": "松绿"}, "price": "79.90", "stock": 30},
        {"options": {"颜色": "奶白"}, "price": "79.90", "stock": 24},
    ],
}
BOWL = {
    "id": "bowl",
    "title": "汤碗",
    "unit": "只",
    "price": "9.90",
    "skus": [
        {"options": {"口径": "大"}, "price": "12.90", "stock": 3},
        {"options": {"口径": "小"}, "price": "9.90", "stock": 2},
    ],
}
PROMOTIONS = [
    {"id": "flash", "kind": "flash_price", "price": "69.95", "stacking_group": "单品价", "product_ids": ["cup"],
     "ends_at": TONIGHT},
    {"id": "off", "kind": "threshold_discount", "threshold": "150", "amount_off": "15", "stacking_group": "满减"},
    {"id": "two", "kind": "quantity_discount", "min_quantity": 2, "percent_of_price": "85", "stacking_group": "多件"},
    {"id": "new", "kind": "coupon", "threshold": "59", "amount_off": "10", "stacking_group": "券",
     "eligibility": "新客"},
    {"id": "v8", "kind": "member_price", "price": "65", "grade": "V8", "product_ids": ["cup"],
     "stacking_group": "单品价"},
    {"id": "group", "kind": "group_buy", "group_size": 2, "amount_off": "12", "product_ids": ["cup"],
     "eligibility": "", "stacking_group": "拼团"},
    {"id": "gift", "kind": "gift", "gift": "杯刷2把", "min_quantity": 2, "product_ids": ["cup"]},
    {"id": "over", "kind": "coupon", "threshold": "77", "amount_off": "33", "ends_at": "2026-11-24T18:59:59+08:00"},
    {"id": "soon", "kind": "coupon", "threshold": "88", "amount_off": "44", "starts_at": "2026-11-24T19:00:01+08:00",
     "product_ids": ["bowl"]},
]  # fmt: skip


@dataclass(frozen=True)
class Span:
    start: int
    end: int
    written: str
    spoken: str


@dataclass(frozen=True)
class Sentence:
    written: str
    spoken: str
    spans: tuple[Span, ...] = ()
    not_after: datetime | None = NEXT


@pytest.fixture
def shop() -> Shop:
    rows = [{"eligibility": "everyone", **row} if row["kind"] != "member_price" else row for row in PROMOTIONS]
    items = {row["id"]: item_of(Product.model_validate(row)) for row in (CUP, BOWL)}
    return Shop(items, {row["id"]: deal_of(parse_promotion(row)) for row in rows})


TRUE = [
    ("cup", "页面价79.9元。", "页面价七十九块九。"),
    ("cup", "划线价109元，比划线价省29.1元。", "划线价一百零九元，比划线价省二十九块一。"),
    ("cup", "限时到手价69.95元。", "限时到手价六十九块九毛五。"),
    ("cup", "限时价69.95元，到手价69.95元。", "限时价六十九块九毛五，到手价六十九块九毛五。"),
    ("cup", "全店满150元减15元。", "全店满一百五十元减十五元。"),
    ("cup", "V8会员价65元。", "V八会员价六十五元。"),
    ("cup", "符合条件的用户2人拼团每件减12元。", "符合条件的用户两人拼团每件减十二元。"),
    ("cup", "买2个送杯刷2把。", "买两个送杯刷两把。"),
    ("cup", "库存还有54个。", "库存还有五十四个。"),
    ("cup", "限时价69.95元，优惠到今天22:00结束。", "限时价六十九块九毛五，优惠到今天二十二点结束。"),
    ("bowl", "现价9.9元起，不同规格价格不一样。", "现价九块九起，不同规格价格不一样。"),
]
"""Said without spans: claims need none."""


@pytest.mark.parametrize(("product_id", "written", "spoken"), TRUE)
def test_what_is_true_passes(shop: Shop, product_id: str, written: str, spoken: str) -> None:
    report = check([Sentence(written, spoken)], shop, product_id, AT)
    assert report.faults == [] and sum(report.checked.values()) > 1


LIES = [
    ("a stale price", "cup", "页面价89.9元。", "页面价八十九块九。", "the price is 79.90"),
    ("the list price as the price", "cup", "页面价109元。", "页面价一百零九元。", "the price is 79.90"),
    ("the price as the list price", "cup", "划线价79.9元。", "划线价七十九块九。", "the list price is 109"),
    ("the price now, beside a flash price", "cup", "现价79.9元。", "现价七十九块九。", "pays less now"),
    ("fen lost", "cup", "限时到手价69.9元。", "限时到手价六十九块九。", "69.95 is proved"),
    ("the forms differ", "cup", "页面价79.9元。", "页面价七十八块九。", "claims something else"),
    ("起 where there is one price", "cup", "页面价79.9元起。", "页面价七十九块九起。", "起 belongs"),
    ("起 dropped", "bowl", "现价9.9元。", "现价九块九。", "起 belongs"),
    ("a saving of another price", "cup", "比划线价省39.05元。", "比划线价省三十九块零五分。", "the saving is 29.10"),
    ("stock one off", "cup", "库存还有53个。", "库存还有五十三个。", "54 are left"),
    ("another measure word", "cup", "库存还有54件。", "库存还有五十四件。", "counted by 个"),
    ("二 pieces", "cup", "买2个送杯刷2把。", "买二个送杯刷两把。", "no number that a host"),
    ("a gift of one", "cup", "买2个送杯刷1把。", "买两个送杯刷一把。", "no such promotion"),
    ("a promotion that ended", "cup", "全店领券满77元减33元。", "全店领券满七十七元减三十三元。", "no such promotion"),
    ("one not begun", "bowl", "领券满88元减44元。", "领券满八十八元减四十四元。", "no such promotion"),
    ("another product's", "bowl", "限时价69.95元。", "限时价六十九块九毛五。", "no such promotion"),
    ("members' price for all", "cup", "限时价65元。", "限时价六十五元。", "no such promotion"),
    ("another grade", "cup", "V9会员价65元。", "V九会员价六十五元。", "no such promotion"),
    ("new customers' coupon for all", "cup", "领券满59元减10元。", "领券满五十九元减十元。", "no such promotion"),
    ("the whole shop's as its own", "cup", "满150元减15元。", "满一百五十元减十五元。", "no such promotion"),
    ("threshold and discount swapped", "cup", "全店满15元减150元。", "全店满十五元减一百五十元。", "no such promotion"),
    ("not derived", "cup", "到手价69.95元。", "到手价六十九块九毛五。", "nowhere is it said"),
    ("derived from something else", "cup", "全店满150元减15元，到手价69.95元。",
     "全店满一百五十元减十五元，到手价六十九块九毛五。", "takes nothing off"),
    ("two pieces' amount for one", "cup", "拍2个，到手一共124.83元。", "拍两个，到手一共一百二十四块八毛三。",
     "reckoned for 1"),
    ("excluded by what is paid", "cup", "限时到手价69.95元，V8会员价65元。",
     "限时到手价六十九块九毛五，V八会员价六十五元。", "excludes it"),
    ("the wrong hour", "cup", "限时价69.95元，优惠到今天23:00结束。", "限时价六十九块九毛五，优惠到今天二十三点结束。",
     "another moment"),
    ("the wrong day", "cup", "限时价69.95元，优惠到明天22:00结束。", "限时价六十九块九毛五，优惠到明天二十二点结束。",
     "another moment"),
    ("prices differ, they do not", "cup", "不同规格价格不一样。", "不同规格价格不一样。", "all SKUs have one price"),
    ("a price without a meaning", "cup", "再便宜九块九。", "再便宜九块九。", "no fact of cup"),
    ("a deal in hanzi", "cup", "第二个半价。", "第二个半价。", "an offer that cannot be held"),
    ("a number of nothing", "cup", "用上八年没问题。", "用上八年没问题。", "no fact of cup"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("product_id", "written", "spoken", "why"), [row[1:] for row in LIES], ids=[r[0] for r in LIES]
)
def test_a_lie_is_caught(shop: Shop, product_id: str, written: str, spoken: str, why: str) -> None:
    faults = check([Sentence(written, spoken)], shop, product_id, AT).faults
    assert any(why in fault.why for fault in faults), faults


def test_facts_of_content_are_held_where_they_belong(shop: Shop) -> None:
    span = Span(3, 8, "500ml", "五百毫升")
    right = Sentence("容量是500ml。", "容量是五百毫升。", (span,))
    wrong = Sentence("重量是500ml。", "重量是五百毫升。", (span,))
    misread = Sentence("容量是500ml。", "容量是五十毫升。", (Span(3, 8, "500ml", "五十毫升"),))
    assert check([right], shop, "cup", AT).faults == []
    assert "no fact of cup" in check([wrong], shop, "cup", AT).faults[0].why
    assert "is not" in check([misread], shop, "cup", AT).faults[0].why


def test_an_offer_is_reckoned_for_the_buyer_it_is_said_to(shop: Shop) -> None:
    said = [Sentence("V8会员到手价65元。", "V八会员到手价六十五元。")]
    assert check(said, shop, "cup", AT, who=Who(grades=frozenset({"V8"}))).faults == []
    assert check(said, shop, "cup", AT).faults


@pytest.mark.parametrize("not_after", [None, "2026-11-24T22:00:01+08:00"])
def test_a_sentence_that_outlives_its_truth_is_caught(shop: Shop, not_after: str | None) -> None:
    end = datetime.fromisoformat(not_after) if not_after else None
    said = Sentence("限时到手价69.95元。", "限时到手价六十九块九毛五。", (), end)
    assert "false from 2026-11-24T22:00" in check([said], shop, "cup", AT).faults[0].why
    until = Sentence(said.written, said.spoken, (), datetime.fromisoformat(TONIGHT))
    assert check([until], shop, "cup", AT).faults == []


def test_today_ends_at_midnight(shop: Shop) -> None:
    words = ("限时价69.95元，优惠到明天22:00结束。", "限时价六十九块九毛五，优惠到明天二十二点结束。")
    yesterday, end = datetime.fromisoformat("2026-11-23T23:00:00+08:00"), datetime.fromisoformat(TONIGHT)
    assert "no moment" not in str(check([Sentence(*words)], shop, "cup", yesterday).faults)
    assert "false from 2026-11-24T00:00" in check([Sentence(*words, (), end)], shop, "cup", yesterday).faults[0].why


def test_what_changed_is_seen(shop: Shop) -> None:
    said = [Sentence("页面价79.9元。", "页面价七十九块九。"), Sentence("库存还有54个。", "库存还有五十四个。")]
    assert check(said, shop, "cup", AT).faults == []
    shop.tell(NewPrice("cup", "松绿", Decimal("79.91")), NewStock("cup", "奶白", 23))
    assert len(check(said, shop, "cup", AT).faults) == 2
    shop.tell(NewStock("cup", "奶白", 24), NewStock("cup", "松绿", 0))
    assert [fault.words for fault in check(said, shop, "cup", AT).faults] == ["库存还有五十四个"]


def test_a_promotion_that_is_stopped_is_not_to_be_spoken(shop: Shop) -> None:
    said = [Sentence("全店满150元减15元。", "全店满一百五十元减十五元。")]
    shop.stop("off")
    assert check(said, shop, "cup", AT).faults
