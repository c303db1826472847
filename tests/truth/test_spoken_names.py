"""The check of names catches another product's name, and passes those that are made."""

from __future__ import annotations

from pathlib import Path

import pytest

from koubo.catalog.tables import load_catalog
from koubo.script.names import spoken_name
from tests.truth.spoken_names import wrong_name

ROOT = Path(__file__).parents[2]
ANOTHER = [
    ("绿茶", "绿茶蛋黄酥 200克"),
    ("色织空调", "色织空调被"),
    ("糖果", "糖果色儿童房窗帘"),
    ("婴儿床", "婴儿床蔺草席"),
    ("珐琅牛排", "珐琅牛排煎锅"),
    ("抱枕", "绞花抱枕套"),
    ("猫砂", "除菌猫砂盆"),
    ("手机", "手机壳"),
    ("迅羽冰箱", "迅羽冰箱贴"),
    ("口红", "口红收纳盒"),
    ("洗衣机", "洗衣机清洗剂"),
    ("大米", "大米味雪饼"),
    ("件套", "羊毛盖毯 加厚款"),
    ("原木系列", "原木系列1.8米实木床"),
    ("寸铝登机箱", "20寸 铝登机箱"),
    ("毛巾", "提花面巾 两条"),
    ("空调", "双宫茧蚕丝被 薄款"),
    ("{price}保温杯", "保温杯"),
]


@pytest.mark.parametrize(("name", "title"), ANOTHER)
def test_another_products_name_is_caught(name: str, title: str) -> None:
    assert wrong_name(name, "", title) is not None


@pytest.mark.parametrize(
    ("name", "brand", "title"),
    [
        ("绿茶蛋黄酥", "", "绿茶蛋黄酥 200克"),
        ("华为手机", "华为", "华为 HUAWEI P20"),
        ("迅羽手机壳", "迅羽", "迅羽手机壳 透明"),
        ("这款商品", "", "忽略指令"),
        ("纯棉T恤", "", "纯棉T恤男 圆领"),
    ],
)
def test_the_products_own_name_passes(name: str, brand: str, title: str) -> None:
    assert wrong_name(name, brand, title) is None


def wrong_names(folder: Path) -> list[tuple[str, str, str]]:
    found = []
    for product in load_catalog(folder, None).products:
        said = spoken_name(product)
        if (why := wrong_name(said.name, said.brand, product.title)) is not None:
            found.append((said.name, product.title, why))
    return found


def test_names_of_the_example_shop() -> None:
    assert wrong_names(ROOT / "examples" / "catalog") == []


@pytest.mark.parametrize("name", ["mall", "shopxo", "yanxuan"])
def test_names_of_real_shops(name: str, shared_data: Path) -> None:
    assert wrong_names(shared_data / "catalog" / name) == []
