"""What the slots of a reply say."""

from __future__ import annotations

import pytest

from koubo.catalog.facts import FactKind
from koubo.replies.named import named_options
from koubo.replies.reply import Manner
from koubo.replies.values import in_one_line, live_values
from koubo.script.slots import Slot
from tests.koubo.replies.talk import Talk, cup, fact


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("外壳：100% 纯棉\n内充：聚酯纤维", "外壳100%纯棉，内充聚酯纤维"),
        ("果仁；有过敏史的先问医生", "果仁，有过敏史的先问医生"),
        ("20:30开始", "20:30开始"),
        ("100%棉", "100%棉"),
    ],
)
def test_a_shops_lines_become_one(value: str, said: str) -> None:
    assert in_one_line(fact(FactKind.ATTRIBUTE, "材质", value)).value == said


def test_stock_is_a_slot_with_its_fact_also_where_there_is_plenty(shop: Talk) -> None:
    live = shop.shop.live("s01")
    whole = live_values(live, named_options("", live.product), Manner())[Slot.STOCK]
    assert whole.written == "现在有货" and [fact.value for fact in whole.facts] == [str(live.stock)]
    gone = live_values(live, named_options("墨绿L", live.product), Manner())
    assert (gone[Slot.STOCK].written, gone[Slot.SPEC].written) == ("已经卖完了", "墨绿L")
    assert [fact.value for fact in gone[Slot.STOCK].facts] == ["0"]


def test_a_unit_that_must_not_be_said_is_said_as_a_piece() -> None:
    live = cup(unit="个，加微信").shop.live("cup")
    assert live_values(live, named_options("", live.product), Manner())[Slot.STOCK].written == "库存还有100件"


def test_a_name_is_own_where_the_brand_begins_the_title() -> None:
    titles = ("HLA海澜之家短袖T恤男", "胜过海澜之家的T恤")
    lives = [cup(brand=None, title=title).shop.live("cup") for title in titles]
    said = [live_values(live, named_options("", live.product), Manner())[Slot.NAME].written for live in lives]
    assert said == ["HLA海澜之家短袖T恤", "T恤"]
