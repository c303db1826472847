"""What a comment names of the product: options of its SKUs (墨绿, 2XL), a number of pieces, another product."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from koubo.catalog.records import Product, Sku
from koubo.catalog.store import LiveProduct
from koubo.catalog.table_facts import total_stock
from koubo.reading.numbers import parse_cardinal
from koubo.replies.measures import Measure, measures, measures_of, numerals, without_money
from koubo.replies.parts import clauses
from koubo.replies.tables import units
from koubo.script.folded import flat
from koubo.script.tables import LOOSE, words

MOST_PIECES = 99
_SIZE = re.compile(r"(?<![a-z0-9])(?:(?:[0-9]x|x{0,4})[sml]|均码)(?![a-z0-9])|[大中小特]码|加[大肥]")
_COUNTER = "件个瓶盒袋箱条套双支包份台组把床只提副桶罐本片"
_PIECES = re.compile(
    rf"(?:拍|买|要|来|下单?|订)\s*([0-9]{{1,2}}|[一二两三四五六七八九十]{{1,3}})\s*([{_COUNTER}])"
    rf"|([0-9]{{1,2}}|[一二两三四五六七八九十]{{1,3}})\s*([{_COUNTER}])\s*(?:一共|总共|一起|加起来)?"
    r"(?:多少|几块钱|怎么[卖算]|到手|(?:有没)?有(?:什么)?(?:优惠|活动|折)|(?:能|可以)?打?几?折|能便宜|便宜)"
)
_SHORTEST_PART = 2
"""A part of an option's words names it from so many hanzi on: 旅行装 of 15ml旅行装."""


_MONEY = re.compile("(?:多少|几多|块|的|价)钱(?=包)")
"""Before 包 (钱包) money is no part of a thing."""


@dataclass(frozen=True, slots=True)
class Options:
    """The options that a comment names (墨绿, 2XL), as the catalogue writes them, and the SKUs that have all of them.

    ``unknown`` is what the comment names and nothing sold is (紫色, 3XL, 40斤, 一双 of what is sold by the 组, and
    options that no SKU has together): then nothing is said of price or stock.
    ``several``: it names two values of one option (350ml和500ml有什么区别), or what several are (黑色, of two blacks).
    """

    named: tuple[str, ...]
    skus: tuple[Sku, ...]
    unknown: str | None
    several: bool = False

    @property
    def nowhere_together(self) -> bool:
        """Whether every option that is named is sold, but none of the SKUs has all of them."""
        return bool(self.named) and not self.skus


def named_options(comment: str, product: Product) -> Options:
    """Return the options of SKUs that a comment names: in their own words, in part, or by their numbers."""
    asked = _Asked.of(comment, product)
    columns = {name: _in_column(asked, values) for name, values in _columns(product).items()}
    chosen = {name: next(iter(found)) for name, found in columns.items() if len(found) == 1}
    skus = tuple(sku for sku in product.skus if all(sku.options.get(name) == v for name, v in chosen.items()))
    named, several = tuple(chosen.values()), any(len(found) > 1 for found in columns.values())
    unknown = _unknown(asked, product, {value for found in columns.values() for value in found})
    if unknown is None and named and not skus:
        unknown = "".join(named)
    return Options(named, skus if chosen else (), unknown, several)


def _columns(product: Product) -> Mapping[str, tuple[str, ...]]:
    columns: dict[str, dict[str, None]] = {}
    for sku in product.skus:
        for name, option in sku.options.items():
            columns.setdefault(name, {})[option] = None
    return {name: tuple(values) for name, values in columns.items()}


@dataclass(frozen=True, slots=True)
class _Asked:
    """A comment as options are looked for in it: without amounts of money, and what its numbers measure."""

    text: str
    measures: tuple[Measure, ...]

    @classmethod
    def of(cls, comment: str, product: Product) -> _Asked:
        """Read a comment; how many pieces are bought names no option."""
        text, bought = flat(comment), pieces(comment, product)
        found = tuple(
            m for m in measures(text) if m.number != bought or not m.unit or not counts_pieces(m.unit, product)
        )
        return cls(numerals(without_money(text)), found)


def _in_column(asked: _Asked, values: tuple[str, ...]) -> tuple[str, ...]:
    """Return the values of one option that a comment names: written out, else by numbers, else in part."""
    written = tuple(_all_named(asked.text, values))
    own = [measure for value in written for measure in _measures_of(value)]
    rest = [measure for measure in asked.measures if not any(measure.names(one) for one in own)]
    measured = _by_measures(rest, tuple(value for value in values if value not in written))
    return (*written, *measured) or _by_part(asked.text, values)


def _all_named(text: str, values: Sequence[str]) -> list[str]:
    """Return the values that stand in the text as words of their own, the longest first, none inside another."""
    found, rest = [], text
    for value in sorted(values, key=len, reverse=True):
        if _stands_in(_shown(value), rest):
            found.append(value)
            rest = rest.replace(_shown(value), " ")
    return found


def _shown(value: str) -> str:
    return numerals(flat(value))


def _stands_in(value: str, text: str) -> bool:
    edge_before = r"(?<![a-z0-9.])" if value[:1].isascii() else ""
    edge_after = r"(?![a-z0-9])" if value[-1:].isascii() else ""
    return bool(value) and re.search(edge_before + re.escape(value) + edge_after, text) is not None


def _by_measures(asked: Sequence[Measure], values: tuple[str, ...]) -> tuple[str, ...]:
    """Return the values with all the numbers that any of them has; where none has all, those that have some."""
    has = {value: [m for m in asked if any(m.names(own) for own in _measures_of(value))] for value in values}
    wanted = {measure for found in has.values() for measure in found}
    whole = tuple(value for value in values if wanted and set(has[value]) == wanted)
    return whole or tuple(value for value in values if has[value])


@cache
def _measures_of(option: str) -> tuple[Measure, ...]:
    return measures_of(flat(option))


def _by_part(text: str, values: tuple[str, ...]) -> tuple[str, ...]:
    """Return the values of which a part stands in the text that not all have: the longest part, or a colour (黑色)."""
    colours = {found.group()[0] for found in _colours().finditer(text) if found.group()[1:] in ("色", "的")}
    parts = {value: _longest_part(flat(value), text) for value in values}
    longest = max(parts.values(), default=0)
    found = tuple(value for value, length in parts.items() if length == longest) if longest >= _SHORTEST_PART else ()
    found = found or tuple(value for value in values if any(colour in flat(value) for colour in colours))
    return found if len(found) < len(values) or len(values) == 1 else ()


def _longest_part(value: str, text: str) -> int:
    """Return how many hanzi of a value stand in the text in a row."""
    best = 0
    for run in re.findall("[一-鿿]{2,}", value):
        for start in range(len(run) - 1):
            while start + best < len(run) and run[start : start + best + 1] in text:
                best += 1
    return best


def _unknown(asked: _Asked, product: Product, named: Set[str]) -> str | None:
    """Return a colour, a size or a number that the comment names and nothing that is sold has."""
    rest = asked.text
    for value in named:
        rest = rest.replace(_shown(value), " ")
    sold = [flat(value) for sku in product.skus for value in sku.options.values()]
    for found in _SIZE.finditer(rest) if sold else ():
        if found.group() not in map(numerals, sold):
            return found.group()
    for found in _colours().finditer(rest) if sold else ():
        if not any(found.group().rstrip("色的") in value for value in (*sold, *map(flat, named))):
            return found.group()
    return next((one.words for one in asked.measures if one.asked and not _is_known(one, product)), None)


def _is_known(measure: Measure, product: Product) -> bool:
    """Whether a number is one of the options; where no option is measured so, one of the product's own text.

    A number of pieces is known where the product is counted so.
    """
    if measure.unit and counts_pieces(measure.unit, product):
        return True
    options = [own for values in _columns(product).values() for value in values for own in _measures_of(value)]
    if any(measure.names(own) for own in options):
        return True
    if measure.unit is None and measure.number % 1 and not any(own.number % 1 for own in options):
        return True  # 9.9 is an amount of money where no size has a point
    if measure.unit is None and len(product.skus) > 1:
        return False
    if any(own.unit is None or measure.dimensions & own.dimensions for own in options):
        return False
    text = " ".join([product.title, *product.attributes.values()])
    return any(measure.names(own) for own in _measures_of(text))


def counts_pieces(counter: str, product: Product) -> bool:
    """Whether a counter counts what is sold: the product's own unit, or one that counts anything.

    What is sold by the 件 may be called a 双 too, unless the product says how many 双 are in it (5双装).
    """
    if counter in units().any_piece or counter == product.unit:
        return True
    if product.unit and product.unit not in units().any_piece:
        return False
    text = " ".join(
        [product.title, *product.attributes.values(), *(v for s in product.skus for v in s.options.values())]
    )
    return counter in units().counters and not any(own.unit == counter for own in _measures_of(text))


@cache
def _colours() -> re.Pattern[str]:
    return re.compile("[黑白红蓝绿紫粉灰黄橙棕金银青杏](?:色|的)|米白|米色|卡其|咖啡?色|藏青|酒红|香槟|驼色")


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


def pieces(comment: str, product: Product) -> int | None:
    """Return how many pieces a comment speaks of buying (拍两件多少钱); None where it names no number of them."""
    text = flat(comment)
    for option in (option for options in _columns(product).values() for option in options):
        text = text.replace(flat(option), " ")  # 500ml*2瓶到手价: the option's two bottles
    found = _PIECES.search(text)
    if found is None or not counts_pieces(found[2] or found[4], product):
        return None
    number = found[1] or found[3]
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
