"""What a comment names of the product: options of its SKUs (墨绿, 2XL), a number of pieces, another product."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from koubo.catalog.records import Product, Sku
from koubo.catalog.store import LiveProduct
from koubo.catalog.table_facts import total_stock
from koubo.reading.numbers import parse_cardinal
from koubo.replies.parts import clauses
from koubo.script.folded import flat
from koubo.script.tables import LOOSE, words

MOST_PIECES = 99
_SIZE = re.compile(r"(?<![a-z0-9])(?:[0-9]?x{0,4}[sml]|均码|[0-9]{2,3}码)(?![a-z0-9])")
_PIECES = re.compile(
    r"(?:拍|买|要|来|下单?|订)\s*([0-9]{1,2}|[一二两三四五六七八九十]{1,3})\s*(?:件|个|瓶|盒|袋|箱|条|套|双|支|包|份|台|组|把|床|只)"
    r"|([0-9]{1,2}|[一二两三四五六七八九十]{1,3})\s*(?:件|个|瓶|盒|袋|箱|条|套|双|支|包|份|台|组|把|床|只)\s*(?:一共|总共|一起|加起来)?"
    r"(?:多少|几块钱|怎么[卖算]|到手|(?:有没)?有(?:什么)?(?:优惠|活动|折)|(?:能|可以)?打?几?折|能便宜|便宜)"
)


_MONEY = re.compile("(?:多少|几多|块|的|价)钱(?=包)")
"""Before 包 (钱包) money is no part of a thing."""


@dataclass(frozen=True, slots=True)
class Options:
    """The options that a comment names (墨绿, 2XL), as the catalogue writes them, and the SKUs that have all of them.

    ``unknown`` is an option the comment names and no SKU has (紫色, 3XL): then nothing is said of price or stock.
    ``several``: it names two values of one option (350ml和500ml有什么区别).
    """

    named: tuple[str, ...]
    skus: tuple[Sku, ...]
    unknown: str | None
    several: bool = False


def named_options(comment: str, product: Product) -> Options:
    """Return the options of SKUs that a comment names."""
    text = flat(comment)
    columns: dict[str, dict[str, None]] = {}
    for sku in product.skus:
        for name, option in sku.options.items():
            columns.setdefault(name, {})[option] = None
    chosen = {name: value for name, options in columns.items() if (value := _named(text, tuple(options)))}
    skus = tuple(sku for sku in product.skus if all(sku.options.get(name) == v for name, v in chosen.items()))
    several = any(len(_all_named(text, tuple(options))) > 1 for options in columns.values())
    unknown = _unknown(text, product, tuple(chosen.values()))
    return Options(tuple(chosen.values()), skus if chosen else (), unknown, several)


def _named(text: str, values: Sequence[str]) -> str | None:
    """Return the value that stands in the text; None where it is none or several."""
    found = _all_named(text, values)
    return found[0] if len(found) == 1 else None


def _all_named(text: str, values: Sequence[str]) -> list[str]:
    """Return the values that stand in the text as words of their own, the longest first, none inside another."""
    found, rest = [], text
    for value in sorted(values, key=len, reverse=True):
        if _stands_in(flat(value), rest):
            found.append(value)
            rest = rest.replace(flat(value), " ")
    return found


def _stands_in(value: str, text: str) -> bool:
    edge_before = r"(?<![a-z0-9.])" if value[:1].isascii() else ""
    edge_after = r"(?![a-z0-9])" if value[-1:].isascii() else ""
    return bool(value) and re.search(edge_before + re.escape(value) + edge_after, text) is not None


def _unknown(text: str, product: Product, named: Sequence[str]) -> str | None:
    """Return a colour or a size that the text names and no SKU has."""
    known = flat(" ".join(value for sku in product.skus for value in sku.options.values()))
    rest = text
    for value in named:
        rest = rest.replace(flat(value), " ")
    for found in (*_SIZE.finditer(rest), *_colours().finditer(rest)):
        if product.skus and found.group().removesuffix("色") not in known:
            return found.group()
    return None


@cache
def _colours() -> re.Pattern[str]:
    return re.compile("[黑白红蓝绿紫粉灰黄橙棕金银青杏]色|米白|米色|卡其|咖啡?色|藏青|酒红|香槟|驼色")


def narrowed(live: LiveProduct, skus: Sequence[Sku]) -> LiveProduct:
    """Return the product as if it had only these SKUs: its price and stock are theirs."""
    prices = {sku.id: live.sku_prices[sku.id] for sku in skus}
    stocks = {sku.id: live.sku_stocks[sku.id] for sku in skus}
    on_sale = [price for sku, price in prices.items() if stocks[sku] != 0] or list(prices.values())
    return replace(
        live,
        price=min(on_sale),
        price_is_range=min(on_sale) != max(on_sale),
        sku_prices=prices,
        sku_stocks=stocks,
        list_price=_above(live.list_price, max(on_sale)),
        stock=0 if live.stock == 0 else total_stock(stocks),
    )


def _above(list_price: Decimal | None, highest: Decimal) -> Decimal | None:
    return list_price if list_price is not None and list_price > highest else None


def pieces(comment: str) -> int | None:
    """Return how many pieces a comment speaks of buying (拍两件多少钱); None where it names no number."""
    found = _PIECES.search(flat(comment))
    if found is None:
        return None
    number = found[1] or found[2]
    value = int(number) if number.isdigit() else parse_cardinal(number)
    return value if 1 <= value <= MOST_PIECES else None


def other_product(comment: str, live: LiveProduct) -> str | None:
    """Return the noun of another product that a comment asks for, where nothing known of this one has it.

    The noun is what is asked for (洗衣液多少钱, 运动鞋有货吗) or all that is said (拉杆箱), in one clause: no noun is
    put together over a border (多少钱包邮吗), and what goes with this product (配四件套, 放手机旁边) is none.
    """
    known = flat(" ".join([live.product.title, *live.product.category, *(f.label + f.value for f in live.facts)]))
    said = clauses(comment)
    for clause in said:
        for found in _asked_for().finditer(_MONEY.sub(" ", clause)):
            if found["noun"] not in known:
                return found["noun"]
    alone = _alone().fullmatch(said[0]) if len(said) == 1 else None
    return alone["noun"] if alone and alone["noun"] not in known else None


@cache
def _asked_for() -> re.Pattern[str]:
    with_this = "(?<![配加送放装搭带连套和跟比用给里穿两三四五六])"
    asks = (
        "多少|几多|好多钱|几块|什么价|啥价|价格|优惠|怎么[卖买拍]|咋[卖买拍]"
        "|链接|几号|在哪|上架|有货|还有|有[吗没]|呢|再讲|讲一下|讲讲|介绍"
    )
    return re.compile(f"{with_this}(?P<noun>{'|'.join(_nouns())})(?:的|现在|今天|都)?(?:{asks})")


@cache
def _alone() -> re.Pattern[str]:
    return re.compile(f"[^配加送放装搭带连和跟比用给里穿能会不吗]{{0,6}}?(?P<noun>{'|'.join(_nouns())})")


@cache
def _nouns() -> tuple[str, ...]:
    """The product nouns that name a thing and not a whole family of things, the longest first."""
    found = {re.escape(flat(noun)) for family, row in words("nouns.yaml").items() if family != LOOSE for noun in row}
    return tuple(sorted(found, key=lambda noun: (-len(noun), noun)))
