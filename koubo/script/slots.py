"""The one closed alphabet of slots, the same for every brief, so that its grammar is compiled once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from koubo.catalog.facts import Fact
from koubo.reading.spans import Span


class Slot(StrEnum):
    """What a slotted text may ask for. Each renders a complete phrase that says which fact it is."""

    NAME = "name"  # 桐下衣重磅纯棉T恤
    BRAND = "brand"  # 桐下衣
    PRICE = "price"  # 现价59.9元 / 现价59.9元起
    LIST_PRICE = "list_price"  # 划线价79元
    SAVING = "saving"  # 比划线价省19.1元
    DEAL = "deal"  # 到手价49.9元 where an offer is proved, else the price
    OFFER = "offer"  # 领券减10元，到手价49.9元
    CONDITIONS = "conditions"  # 全店满199元减20元
    GIFT = "gift"  # 下单就送收纳袋1个
    SKU_NOTE = "sku_note"  # 不同规格价格不一样, said only where SKU prices differ
    STOCK = "stock"  # 库存还有54件
    DEADLINE = "deadline"  # 优惠到11月24日20:00结束
    ACTIVITY = "activity"  # 活动, said only while a promotion runs
    SIZE = "size"  # 尺码有M、L、XL
    MATERIAL = "material"  # 面料是100%棉
    ORIGIN = "origin"  # 产地是黑龙江
    SPEC = "spec"  # 规格是25g*30包
    COLOR = "color"  # 颜色有米白、雾灰
    POINT1 = "point1"
    POINT2 = "point2"
    POINT3 = "point3"
    POINT4 = "point4"
    POINT5 = "point5"
    POINT6 = "point6"
    REVIEW = "review"  # 有买家说，“穿一天脱下来没有印子”
    REVIEW2 = "review2"
    REVIEW3 = "review3"
    ANSWER = "answer"  # 有人问会掉色吗，做过固色处理
    ANSWER2 = "answer2"
    ANSWER3 = "answer3"
    AFTER_SALES = "after_sales"  # 售后是7天无理由退换
    SERVICE = "service"  # 发货是48小时内发出


SLOT = re.compile("{(" + "|".join(Slot) + ")}")

OFFER_SLOTS = frozenset(
    {
        Slot.PRICE,
        Slot.LIST_PRICE,
        Slot.SAVING,
        Slot.DEAL,
        Slot.OFFER,
        Slot.CONDITIONS,
        Slot.GIFT,
        Slot.SKU_NOTE,
        Slot.STOCK,
        Slot.DEADLINE,
        Slot.ACTIVITY,
    }
)
"""Slots of live values. Only planned sections use them: an offer is never written by the model."""

POINTS = (Slot.POINT1, Slot.POINT2, Slot.POINT3, Slot.POINT4, Slot.POINT5, Slot.POINT6)
LABELLED = (Slot.MATERIAL, Slot.SIZE, Slot.SPEC, Slot.COLOR, Slot.ORIGIN)
REVIEWS = (Slot.REVIEW, Slot.REVIEW2, Slot.REVIEW3)
ANSWERS = (Slot.ANSWER, Slot.ANSWER2, Slot.ANSWER3)
CONTENT = (*POINTS, *LABELLED, Slot.AFTER_SALES, Slot.SERVICE)
"""What a writer may know of a product: nothing of prices and offers."""


@dataclass(frozen=True, slots=True)
class SlotValue:
    """A slot's phrase. ``pins`` are spans of ``written`` (offsets in it) whose reading is known; ``facts`` are what the
    phrase says; ``not_after`` is the instant after which it may no longer be true, None where nothing is scheduled.
    """

    slot: Slot
    written: str
    pins: tuple[Span, ...]
    facts: tuple[Fact, ...]
    not_after: datetime | None = None

    @property
    def fact_ids(self) -> tuple[str, ...]:
        """The ids of the facts that the phrase says."""
        return tuple(fact.id for fact in self.facts)


def slots_in(slotted: str) -> tuple[Slot, ...]:
    """Return the slots of a slotted text, in order."""
    return tuple(Slot(name) for name in SLOT.findall(slotted))
