"""Viewers' comments on a made shop, whose replies are held against the plain shop, by SKU where one is named."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace

from koubo.catalog.records import Product
from tests.truth.shop_model import Item, Shop

WHOLE = (
    *(
        "多少钱",
        "价格多少呀",
        "现在什么价",
        "到手价多少",
        "有优惠吗",
        "领券之后多少",
        "有赠品吗",
        "满减怎么算",
        "划线价多少",
    ),
    *("还有货吗", "库存多少", "还剩几件", "新人价多少钱", "会员有优惠吗", "活动到几点", "能便宜点吗"),
)
"""About the product as a whole."""
SEVERAL = ("买{n}件多少钱", "拍{n}件到手多少", "要{n}件怎么算", "{n}件有优惠吗")
OF_AN_OPTION = ("{option}多少钱", "{option}还有货吗", "{option}到手价", "{option}的还剩多少")
ABOUT_FACTS = ("{label}是什么", "{label}多少", "什么{label}的", "这个怎么样", "多久发货", "支持退货吗", "现在有活动吗")
FEW = {"2": 2, "两": 2, "3": 3, "三": 3}


@dataclass(frozen=True)
class Comment:
    """What a viewer writes; for how many pieces, and of which SKUs where an option is named."""

    text: str
    pieces: int = 1
    skus: frozenset[str] | None = None


def comment(rng: random.Random, product: Product) -> Comment:
    """Any comment on a product."""
    options = sorted({value for sku in product.skus for value in sku.options.values()})
    way = rng.randrange(4 if options else 3)
    if way == 0:
        return Comment(rng.choice(WHOLE))
    if way == 1:
        said = rng.choice(list(FEW))
        return Comment(rng.choice(SEVERAL).format(n=said), FEW[said])
    if way == 2:
        return Comment(rng.choice(ABOUT_FACTS).format(label=rng.choice(list(product.attributes))))
    option = rng.choice(options)
    named = frozenset(sku.id for sku in product.skus if option in sku.options.values())
    return Comment(rng.choice(OF_AN_OPTION).format(option=option), skus=named)


def of_skus(shop: Shop, product_id: str, skus: frozenset[str]) -> Shop:
    """The shop in which the product has only these SKUs: what a reply about them may say.

    How many pieces of all SKUs together are left says nothing of these, unless none are.
    """
    item = shop.items[product_id]
    kept: Mapping[str, tuple] = {sku: sold for sku, sold in item.skus.items() if sku in skus}
    items: dict[str, Item] = {**shop.items, product_id: replace(item, skus=kept)}
    narrowed = replace(shop, items=items, _covering={})
    whole = (product_id, None)
    if shop.stocks.get(whole) != 0:
        narrowed.stocks = {key: left for key, left in shop.stocks.items() if key != whole}
    return narrowed
