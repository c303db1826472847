"""Labels and values as merchants print them and as OCR mangles them."""

from __future__ import annotations

import pytest

from koubo.catalog.page_pairs import pairs_in


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("容量：500ml", [("容量", "500ml")]),
        ("材质: 100%棉", [("材质", "100%棉")]),
        ("品名：背心 货号：B2390", [("品名", "背心"), ("货号", "B2390")]),
        ("等级：一等品检验员：08", [("等级", "一等品"), ("检验员", "08")]),
        ("肩带：宽肩带：110cm", [("肩带", "宽肩带:110cm")]),
        ("·重量：约0.6千克", [("重量", "约0.6千克")]),
        ("【净含量】：220ml", [("净含量", "220ml")]),
        ("面 料：合成革", [("面料", "合成革")]),
        ("颜色/Color: 黑", [("颜色/Color", "黑")]),
        ("注：以实物为准", []),
        ("温馨提示：以实物为准", []),
        ("商品尺码(单位：CM)", []),
        ("粉水比1:15", []),
        ("营业时间 10:30", []),
        ("容量：", []),
        ("保养：请遵循说明书。请勿水洗", []),
    ],
)
def test_pairs_of_a_line(text: str, pairs: list[tuple[str, str]]) -> None:
    assert pairs_in(text, in_table=False) == pairs


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("款号443497DT", [("款号", "443497DT")]),
        ("产 地法国等", [("产地", "法国等")]),
        ("面料材质帆布等", [("面料材质", "帆布等")]),
        ("尺寸对比", []),
        ("身高 cm / 体重 kg", []),
    ],
)
def test_a_colon_that_ocr_lost_is_missed_in_tables_only(text: str, pairs: list[tuple[str, str]]) -> None:
    assert pairs_in(text, in_table=True) == pairs
    assert pairs_in(text, in_table=False) == []
