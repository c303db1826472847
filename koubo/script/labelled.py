"""How an attribute is said with its label: 面料是100% 棉, 颜色有米白、雾灰. A cell that is a list is said as one."""

from __future__ import annotations

import re
from functools import lru_cache

from koubo.reading import read

_ITEMS = 4
"""So many items of a list are said; more are 等."""
_UNIT_RATE = re.compile(r"\d[^/]*/(?:㎡|[a-zA-Z分秒时天组盒箱包件])")
_COMMAS = re.compile(r"\s*[、,，]\s*")
_SLASHES = re.compile(r"\s*/\s*")
_SPACES = re.compile(r"(?<![0-9%.])\s+")
_SIZE = re.compile(r"[0-9]?X*[SMLsml]|[^\W\d]+")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_UNREAD = re.compile(r"[*/+×=±~ΦφØ＊／＋\\]|正负(?![零一二三四五六七八九十百千两])")
_BARE_UNIT = re.compile(r"[零一二三四五六七八九十百千万两点](?:KG|G|MM|CM|M|ML|L|R|g|mm|cm|ml)(?![A-Za-z0-9])")
_MASS_OR_LENGTH = re.compile("[重克尺寸长宽高厚]|容量|规格")
_CODE = re.compile(
    r"(?=[A-Z]*[0-9])(?=[0-9]*[A-Z])[A-Z0-9]{8,}|[0-9]+/[0-9]+[A-Z](?![a-z])|(?:GB|FZ|QB|SB)\s?/?\s?T?\s?[0-9]{3,}"
)
"""A stock code, a size code (175/92A), a standard: nothing for the ear."""


def labelled(label: str, value: str) -> str:
    """Say a value with its label. It is split only where it is plainly a list: at its commas, else at slashes or
    spaces between items of one shape; never after a number or a %, whose word follows (65% 天丝)."""
    items = _items(value)
    if len(items) == 1:
        return f"{label}是{items[0]}"
    more = "等" if len(items) > _ITEMS else ""
    return f"{label}有{'、'.join(items[:_ITEMS])}{more}"


def _items(value: str) -> list[str]:
    if _UNIT_RATE.search(value):
        return [value]
    found = [item for item in _COMMAS.split(value) if item]
    if len(found) > 1:
        return found if len({_shape(item) for item in found}) == 1 or not any(map(_is_number, found)) else [value]
    for at in (_SLASHES, _SPACES):
        found = [item for item in at.split(value) if item]
        if len(found) > 1:
            return found if len({_shape(item) for item in found}) == 1 else [value]
    return [value]


def _shape(item: str) -> str:
    """What an item is made of: a word or a size is one shape, numbers are told apart by what stands around them."""
    bare = item.replace(" ", "")
    if _SIZE.fullmatch(bare):
        return "word"
    return re.sub("[一-鿿]+", "字", _NUMBER.sub("0", bare))


def _is_number(item: str) -> bool:
    return re.fullmatch(r"[0-9.]+%?", item.strip()) is not None


@lru_cache(maxsize=20_000)
def is_read_whole(words: str) -> bool:
    """Say whether nothing of a phrase is left unread: no ``*``, ``/`` or ``+`` in its spoken form, no bare unit in
    capitals after a number of a size or a weight (一千四百G), no code."""
    spoken = read(words).spoken
    if _UNREAD.search(spoken) or _CODE.search(words):
        return False
    return not (_MASS_OR_LENGTH.search(words) and _BARE_UNIT.search(spoken))
