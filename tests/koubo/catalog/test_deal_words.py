"""Prices and deals however they are written; measures and words that look like them are neither."""

from __future__ import annotations

import pytest

from koubo.catalog.deal_words import price_or_deal, unnamed_amount


@pytest.mark.parametrize(
    "text",
    [
        *(
            "到手9.9",
            "￥199",
            "仅需99",
            "日常价 59.9",
            "价格 99",
            "99元",
            "99 元",
            "九块九",
            "三十九块",
            "9块9",
            "十块钱三个",
        ),
        *(
            "只要9.9",
            "RMB7999",
            "零售：47.50",
            "两件装八十八元",
            "99起",
            "99抢",
            "单件¥ 9",
            "到手价：99",
            "５９元",
            "仅99！",
        ),
        *("券后￥5.8起", "45元/每公斤", "原价一百九十九元，现在带走"),
    ],
)
def test_prices(text: str) -> None:
    assert price_or_deal(text) == "价格"


@pytest.mark.parametrize(
    "text",
    [
        *("满200-20", "第二件半价", "满199减20", "买一送一", "买2送1", "前100名半价", "6期免息", "五折", "全场8折"),
        *(
            "直降300",
            "立省100",
            "包邮",
            "以旧换新专属补贴",
            "限时抢购",
            "抽奖送红包",
            "团购：89",
            "定金：50",
            "库存：99",
        ),
    ],
)
def test_deals(text: str) -> None:
    assert price_or_deal(text) == "促销"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "性价比高",
            "营养价值",
            "三折伞",
            "五折叠",
            "取一元硬币大",
            "仅需15分钟",
            "只需3步",
            "低至-18℃",
            "约1.42kg起",
        ),
        *(
            "三元锂电池",
            "一块布",
            "容量500ml",
            "充电5分钟 通话2小时",
            "不起球",
            "5起球",
            "20次水洗",
            "评价好",
            "粉水比1:15",
        ),
        *("满满水分", "满足一切商务需求", "UPF50+", "100%棉", "功耗低至1瓦左右", "拉链起头", "第二代"),
    ],
)
def test_neither(text: str) -> None:
    assert price_or_deal(text) is None


@pytest.mark.parametrize(
    ("label", "value", "price"),
    [
        ("两瓶", "59.9", True),
        ("直播间", "9.90", True),
        ("一件", "99", True),
        ("两盒装", "１５８", True),
        ("直播间", "99", True),
        ("今日", "199", True),
        ("货号", "2201", False),
        ("独立包数", "30", False),
        ("酸碱度", "5.5", False),
        ("pH值", "6.4", False),
        ("净重(kg)", "1.25", False),
        ("净重", "1.25kg", False),
        ("包数", "30", False),
    ],
)
def test_a_bare_amount_under_a_name_that_measures_nothing_could_be_a_price(label: str, value: str, price: bool) -> None:
    assert unnamed_amount(label, value) is price
