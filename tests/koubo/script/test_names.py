"""Titles full of numbers become names that can be said."""

import pytest

from koubo.catalog.records import Product
from koubo.script.names import family_of, short_name
from koubo.script.numerals import find_numbers


def product(title: str, brand: str | None, *category: str) -> Product:
    return Product(id="p", title=title, brand=brand, category=category, price="1")


@pytest.mark.parametrize(
    ("title", "brand", "category", "name"),
    [
        ("桐下衣 240g重磅纯棉T恤 圆领短袖 男女同款 M-2XL", "桐下衣", "T恤", "桐下衣重磅纯棉T恤"),
        ("絮野 60支长绒棉四件套 200*230cm 1.8m床 纯色", "絮野", "四件套", "絮野长绒棉四件套"),
        ("澄晓 B5保湿面膜 25ml*10片 补水滋润 0酒精0香精", "澄晓", "面膜", "澄晓保湿面膜"),
        ("华为笔记本电脑MateBook 14 2023 13代酷睿版 i5 16G 1T 14英寸", "华为", "笔记本", "华为笔记本"),
        ("HUAWEI Mate 50 直屏旗舰 超光变XMAGE影像 北斗卫星消息", "华为", "手机", "华为手机"),
        ("皮尔卡丹（pierre cardin）雪纺碎花连衣裙女装2023年新款", "皮尔卡丹", "连衣裙", "皮尔卡丹雪纺碎花连衣裙"),
        ("清新条纹开放式宠物窝", "NITORI制造商", "宠物", "清新条纹开放式宠物窝"),
        ("160*230羊毛圈绒枪刺地毯", None, "布艺软装", "羊毛圈绒枪刺地毯"),
    ],
)
def test_short_name_is_sayable(title: str, brand: str | None, category: str, name: str) -> None:
    said = short_name(product(title, brand, category))
    assert said == name
    assert not find_numbers(said)


def test_a_forbidden_word_of_the_title_is_not_said() -> None:
    assert short_name(product("顶级奢华保温杯 500ml", "栖木屋", "保温杯")) == "栖木屋保温杯"


def test_family() -> None:
    assert family_of(product("婴儿纯棉连体衣", None, "母婴", "童装")) == "baby"
    assert family_of(product("蓝牙耳机", None)) == "digital"
    assert family_of(product("某种东西", None)) == "generic"
