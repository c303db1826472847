"""Viewers' comments on a made shop, whose replies are held against the plain shop, by SKU where one is named."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from koubo.catalog.records import Product
from koubo.replies.reply import Reply
from tests.truth.shop_model import Item, Shop
from tests.truth.spoken_claims import Claim, ClaimReader
from tests.truth.spoken_truth import PROMISES, Fault

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
SPELLED = {
    "5000mAh": ("5000毫安", "五千毫安", "5千毫安"),
    "10000mAh": ("10000毫安", "一万毫安", "1万毫安", "10000的"),
    "20000mAh": ("20000mah", "两万毫安", "2万毫安", "2w毫安", "20000的"),
    "30000mAh": ("30000毫安", "三万毫安", "3万毫安", "30000的"),
    "5kg": ("5公斤", "10斤", "十斤"),
    "10kg": ("10公斤的", "20斤", "二十斤"),
    "25kg": ("25公斤", "50斤", "五十斤"),
    "350ml": ("350毫升", "350的"),
    "500ml": ("500毫升", "0.5升", "500的"),
    "750ml": ("750毫升", "750的"),
    "1.0L": ("1升", "一升", "1L", "1000毫升"),
    "37码": ("37的", "37"),
    "38码": ("38的", "38"),
    "39码": ("39的", "39"),
    "45码": ("45码", "45的", "45"),
    "2XL": ("XXL", "2xl", "xxl码"),
    "4XL": ("4XL", "XXXXL"),
    "500ml单瓶": ("单瓶",),
    "500ml*2瓶": ("500ml*2",),
}
"""Options in the words of viewers, and sizes of the same kind that some or all products do not come in."""
ASKED = ("{option}多少钱", "{option}还有吗", "{option}还有货吗", "{option}到手价多少")
CLAIMS = ("9块9还有吗", "1元的还有吗", "半价还有没", "一块钱秒杀还有吗", "三折还有没有", "0元购还有货吗", "￥5还有吗")
OF_A_KIND = {
    "coupon": ("怎么领券", "券在哪领", "有没有优惠券"),
    "new_customers": ("新人价多少钱", "新客有优惠吗"),
    "members": ("会员价多少", "会员有优惠吗"),
    "group_buy": ("拼团多少钱", "拼团价多少"),
    "nobody": ("学生有优惠没", "老人有折扣吗", "教师有优惠吗"),
}
"""Questions for one kind of deal, and for one that is for people whom no promotion names."""
UNITS = "双包瓶片箱提袋"
LIVE_CLAIMS = PROMISES | {"price", "paid", "list_price", "saving", "stock", "in_stock", "sold_out"}


@dataclass(frozen=True)
class Comment:
    """What a viewer writes; for how many pieces, and of which SKUs where options are named (none: nobody sells it).

    ``claim``: it speaks of an amount or a deal as if it were so. ``kind``: the one kind of deal that it asks for.
    """

    text: str
    pieces: int = 1
    skus: frozenset[str] | None = None
    claim: bool = False
    kind: str | None = None


def comment(rng: random.Random, product: Product) -> Comment:
    """Any comment on a product."""
    ways = [_whole, _several, _facts, _claim, _kind, _foreign_unit]
    ways += [_option, _pair, _pair, _spelled, _spelled] if product.skus else []
    return rng.choice(ways)(rng, product)


def _whole(rng: random.Random, product: Product) -> Comment:
    return Comment(rng.choice(WHOLE))


def _several(rng: random.Random, product: Product) -> Comment:
    said = rng.choice(list(FEW))
    return Comment(rng.choice(SEVERAL).format(n=said), FEW[said])


def _facts(rng: random.Random, product: Product) -> Comment:
    return Comment(rng.choice(ABOUT_FACTS).format(label=rng.choice(list(product.attributes))))


def _claim(rng: random.Random, product: Product) -> Comment:
    return Comment(rng.choice(CLAIMS), claim=True)


def _kind(rng: random.Random, product: Product) -> Comment:
    kind = rng.choice(list(OF_A_KIND))
    return Comment(rng.choice(OF_A_KIND[kind]), kind=kind)


def _foreign_unit(rng: random.Random, product: Product) -> Comment:
    """The price of one bottle or bag; nobody knows it where the product is counted by another unit."""
    unit = rng.choice(UNITS)
    if unit == product.unit or product.unit in ("", "件", "个") or any(unit in value for value in _options(product)):
        return Comment("多少钱")
    return Comment(rng.choice(("多少钱一{unit}", "一{unit}多少钱")).format(unit=unit), skus=frozenset())


def _option(rng: random.Random, product: Product) -> Comment:
    option = rng.choice(_options(product))
    return Comment(rng.choice(OF_AN_OPTION).format(option=option), skus=_having(product, option))


def _pair(rng: random.Random, product: Product) -> Comment:
    """One value of every option: some of these nobody sells."""
    names = list(product.skus[0].options)
    chosen = [rng.choice(sorted({sku.options[name] for sku in product.skus})) for name in names]
    rng.shuffle(chosen)
    return Comment(rng.choice(ASKED).format(option="".join(chosen)), skus=_having(product, *chosen))


def _spelled(rng: random.Random, product: Product) -> Comment:
    """A size in other words, of the kind that the product comes in; some of these it does not."""
    sizes = [size for size in SPELLED if any(_kind_of(size) == _kind_of(value) for value in _options(product))]
    if not sizes:
        return _option(rng, product)
    size = rng.choice(sizes)
    skus = _having(product, size)
    return Comment(rng.choice(ASKED).format(option=rng.choice(SPELLED[size])), skus=skus)


def _kind_of(size: str) -> str:
    """The letters of a size: ml and L are one kind."""
    return "".join(char for char in size if not char.isdigit() and char != ".").replace("ml", "L") or "number"


def _options(product: Product) -> list[str]:
    return sorted({value for sku in product.skus for value in sku.options.values()})


def _having(product: Product, *options: str) -> frozenset[str]:
    return frozenset(sku.id for sku in product.skus if set(options) <= set(sku.options.values()))


def misses(asked: Comment, said: Reply, grades: Iterable[str]) -> Iterator[Fault]:
    """What a reply says that the comment was not about, or must not be told so."""
    text = said.spoken or ""
    found = ClaimReader(grades).spoken(text).claims
    if asked.skus is not None and not asked.skus:
        yield from (Fault(text, c.words, "nobody sells what was asked for") for c in found if c.kind in LIVE_CLAIMS)
    if asked.skus and re.search("没有.{1,12}规格|里没有", text):
        yield Fault(text, asked.text, "it is sold")
    if asked.claim and re.match("有的|还有|有优惠|赠品有", text):
        yield Fault(text, asked.text, "it confirms what was claimed")
    if asked.kind and not any(claim.kind == "paid" for claim in found):
        others = [claim for claim in found if claim.kind in PROMISES and not _is_of(asked.kind, claim)]
        yield from (Fault(text, claim.words, f"asked was {asked.kind}") for claim in others)


def _is_of(kind: str, claim: Claim) -> bool:
    if kind == "new_customers":
        return claim.who == "新客"
    return claim.who.endswith("会员") if kind == "members" else claim.kind == kind


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
