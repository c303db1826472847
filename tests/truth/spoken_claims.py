"""What a sentence claims: prices, promotions, stock, deadlines, each found by the words around its number.

The same grammar reads the spoken form (五十九块九) and the written one (59.9元): only the numbers differ.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import Any

from tests.truth.spoken_numbers import DIGITS, RUN, SPOKEN_DISCOUNT, SPOKEN_MONEY, NoNumber, amount, percent, whole

MASK = "□"


@dataclass(frozen=True)
class Claim:
    """What some words claim. `values` are its numbers and words by name; `who` is whom it names, "" for everyone."""

    kind: str
    words: str
    start: int
    end: int
    who: str
    values: Mapping[str, Any]

    def meaning(self) -> tuple[str, str, tuple[tuple[str, Any], ...]]:
        """What is claimed, without the words and their place."""
        return self.kind, self.who, tuple(sorted(self.values.items()))


@dataclass(frozen=True)
class Found:
    """The claims of a text, and the text with each claim blacked out."""

    claims: tuple[Claim, ...]
    rest: str


Parse = Callable[[str], Any]


@dataclass(frozen=True, eq=False)
class _Form:
    """How numbers look in a form, and how they are read."""

    money: str
    number: str
    discount: str
    clock: str
    parse: Mapping[str, Parse]


def _written_clock(words: str) -> tuple[int, int]:
    hour, _, minute = words.removesuffix("点").partition(":")
    return int(hour), int(minute or 0)


def _spoken_clock(words: str) -> tuple[int, int]:
    hour, _, minute = words.partition("点")
    minutes = minute.removesuffix("分")
    if minutes and minutes.startswith("零") != (whole(minutes) < 10):
        raise NoNumber(f"{words}: five past eight is 八点零五分")
    return whole(hour), whole(minutes) if minutes else 0


def _counted(words: str) -> int:
    """Pieces or people: a lone 2 is 两."""
    if words == "二":
        raise NoNumber("二 before a measure word; say 两")
    return whole(words)


def _spoken_amount(words: str) -> Decimal:
    if words.startswith(("二块", "二元")):
        raise NoNumber(f"{words}: two yuan are 两块 or 两元")
    return amount(words)


_SPOKEN = _Form(
    SPOKEN_MONEY,
    RUN,
    SPOKEN_DISCOUNT,
    f"{RUN}点(?:{RUN}分)?",
    {"money": _spoken_amount, "number": _counted, "discount": percent, "clock": _spoken_clock, "day": whole},
)
_WRITTEN = _Form(
    r"\d+(?:\.\d+)?元",
    r"\d+",
    r"\d+(?:\.\d+)?折",
    r"\d+:\d\d|24点",
    {
        "money": lambda words: Decimal(words.removesuffix("元")),
        "number": int,
        "discount": lambda words: Decimal(words.removesuffix("折")) * 10,
        "clock": _written_clock,
        "day": int,
    },
)

# <name:kind> is a number of that kind. Tried from the first to the last; what one takes is blacked out.
_PATTERNS = (
    ("paid", "(?P<how>限时)?到手价<money:money>"),
    ("paid", "拍<pieces:number>(?P<unit>[^，。]{1,3})，到手一共<money:money>"),
    ("saving", "比划线价省<money:money>"),
    ("list_price", "划线价<money:money>"),
    ("price", "(?P<label>现价|页面价)<money:money>(?P<from>起)?"),
    ("page_price_after", "过了就按页面价走"),
    ("member_price", "价<money:money>"),
    ("flash_price", "限时价<money:money>"),
    ("coupon", "领券(?:满<threshold:money>)?减<off:money>"),
    ("threshold_discount", "(?P<where>全店)?满<threshold:money>减<off:money>"),
    ("quantity_discount", "(?:满<count:number>(?P<unit>[^，。0-9]{1,3})|直接)打<percent:discount>"),
    ("group_buy", "<count:number>人拼团每件减<off:money>"),
    ("gift", "(?:买<count:number>(?P<unit>[^送，。0-9]{1,3})|下单就)送(?P<gift>[^，。！？□]+)"),
    ("stock", "库存还有<count:number>(?P<unit>[^，。0-9]{1,3})"),
    ("in_stock", "现在有货"),
    ("sold_out", "已经卖完了"),
    ("deadline", "优惠到(?:(?P<word>今天|明天)|<month:day>月<date:day>日)<clock:clock>结束"),
    ("sku_note", "不同规格价格不一样"),
    ("no_coupon", "现在没有能领的券"),
    ("no_new_customers", "现在没有新客专享"),
    ("no_members", "现在没有会员专享"),
    ("no_group", "现在没有拼团"),
    ("no_such_deal", "现在没有你说的这种"),
    ("no_activity", "现在没有(?:活动|在进行的优惠|能用的优惠)"),
    ("activity", "活动|有优惠的|优惠给大家说清楚"),
    ("gifts", "赠品有的"),
)
_FOR_MEMBERS = frozenset({"member_price"})
_FOR_SOME = frozenset(
    {"paid", "flash_price", "coupon", "threshold_discount", "quantity_discount", "group_buy", "gift", "deadline"}
)
_NUMBER = re.compile(r"<(\w+):(\w+)>")


class ClaimReader:
    """Finds claims; it must know the shop's member grades, which stand before 会员."""

    def __init__(self, grades: Iterable[str] = ()) -> None:
        grades = sorted(grades)
        self._grades = {grade.translate(_TO_WORDS): grade for grade in grades} | {grade: grade for grade in grades}

    def spoken(self, text: str) -> Found:
        """The claims of a spoken text. Raises NoNumber for a number that is not said so."""
        return self._read(text, _SPOKEN)

    def written(self, text: str) -> Found:
        """The claims of a written text."""
        return self._read(text, _WRITTEN)

    def _read(self, text: str, form: _Form) -> Found:
        claims: list[Claim] = []
        rest = text
        for kind, pattern, fields in _compiled(form, tuple(self._grades)):
            for found in pattern.finditer(rest):
                claims.append(self._claim(kind, found, fields, form))
                rest = rest[: found.start()] + MASK * (found.end() - found.start()) + rest[found.end() :]
        return Found(tuple(_carried_on(text, sorted(claims, key=lambda claim: claim.start))), rest)

    def _claim(self, kind: str, found: re.Match[str], fields: Mapping[str, str], form: _Form) -> Claim:
        values = {name: words for name, words in found.groupdict().items() if words and name != "who"}
        for name, number_kind in fields.items():
            if name in values:
                values[name] = form.parse[number_kind](values[name])
        who = self._who(found.groupdict().get("who") or "")
        return Claim(kind, found.group(), found.start(), found.end(), who, values)

    def _who(self, words: str) -> str:
        """The name of the grade as the shop writes it."""
        grade = words.removesuffix("会员")
        return f"{self._grades.get(grade, grade)}会员" if words.endswith("会员") else words


def _carried_on(text: str, claims: Iterable[Claim]) -> Iterator[Claim]:
    """还有 says more for the people of the claim before it."""
    before: Claim | None = None
    for claim in claims:
        told = claim
        if before is not None and not claim.who and text[before.end : claim.start] == "，还有":
            told = replace(claim, who=before.who)
        yield told
        before = told


@cache
def _compiled(form: _Form, names: tuple[str, ...]) -> tuple[tuple[str, re.Pattern[str], Mapping[str, str]], ...]:
    """The patterns of a form, for a shop with these names of grades, each with the kinds of its numbers."""
    grades = "|".join(sorted(map(re.escape, names), key=len, reverse=True)) or "(?!)"
    return tuple((kind, *_pattern(kind, pattern, form, f"(?:{grades})?会员")) for kind, pattern in _PATTERNS)


def _pattern(kind: str, pattern: str, form: _Form, members: str) -> tuple[re.Pattern[str], Mapping[str, str]]:
    named = {"money": form.money, "number": form.number, "discount": form.discount, "clock": form.clock}
    named["day"] = form.number
    shape = _NUMBER.sub(lambda found: f"(?P<{found[1]}>{named[found[2]]})", pattern)
    if kind in _FOR_MEMBERS:
        shape = f"(?P<who>{members}){shape}"
    elif kind in _FOR_SOME:
        shape = f"(?P<who>新客|符合条件的用户|{members})?{shape}"
    return re.compile(shape), dict(_NUMBER.findall(pattern))


_TO_WORDS = {ord(str(value)): word for word, value in DIGITS.items() if word not in "〇两"}
