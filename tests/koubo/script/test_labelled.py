"""Attributes as they are said: lists are split only where they are lists."""

from __future__ import annotations

import pytest

from koubo.script.labelled import is_read_whole, labelled


@pytest.mark.parametrize(
    ("label", "value", "said"),
    [
        ("颜色", "松绿/奶白", "颜色有松绿、奶白"),
        ("尺码", "M/L/XL/2XL", "尺码有M、L、XL、2XL"),
        ("产地", "浙江 江苏", "产地有浙江、江苏"),
        ("颜色", "红、白、蓝、绿、黑", "颜色有红、白、蓝、绿等"),
        ("尺寸", "38*38*30cm/60*55*20cm", "尺寸有38*38*30cm、60*55*20cm"),
        ("克重", "240g/㎡", "克重是240g/㎡"),
    ],
)
def test_a_list_is_said_as_one(label: str, value: str, said: str) -> None:
    assert labelled(label, value) == said
    assert is_read_whole(said)


@pytest.mark.parametrize(
    ("label", "value", "said"),
    [
        ("面料成分", "100% 棉", "面料成分是100% 棉"),
        ("材质", "65% 天丝 35% 亚麻", "材质有65% 天丝、35% 亚麻"),
        ("产品尺寸", "1000/1200*580*910mm", "产品尺寸是1000/1200*580*910mm"),
        ("填充物", "60%、90%驼绒/40%、10%驼毛", "填充物是60%、90%驼绒/40%、10%驼毛"),
        ("颜色", "GB/T 28495-2012", "颜色是GB/T 28495-2012"),
    ],
)
def test_what_belongs_together_is_not_split(label: str, value: str, said: str) -> None:
    assert labelled(label, value) == said


@pytest.mark.parametrize(
    "said",
    [
        "克重有600G、1400G",
        "尺寸有长61*宽43cm",
        "填充物是60%、90%驼绒/40%、10%驼毛",
        "厚度是3cm+-视情况浮动",
        "颜色是GB/T 28495-2012",
        "短袖T恤男HNTBJ2E080A",
    ],
)
def test_what_would_be_heard_with_signs_is_unread(said: str) -> None:
    assert not is_read_whole(said)


@pytest.mark.parametrize("said", ["网络是5G", "防晒是UPF50+", "接口是USB-C*2", "内存是16G", "电池容量是20000mAh"])
def test_what_a_host_says_with_letters_is_read(said: str) -> None:
    assert is_read_whole(said)
