"""A title taken apart: at its spaces and marks, without brackets, brand, codes and numbers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

from koubo.script.tables import words

HANZI = re.compile("[一-鿿]")
_ASIDE = re.compile(r"【[^】]*】|\[[^\]]*\]|《[^》]*》|\{[^}]*\}|<[^>]*>|[{}<>]")
_INSIDE = re.compile(r"\([^)]*\)")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d年?")
_SET = re.compile(r"(?<!\d)([3-9])件套")
_CODE = re.compile(r"[A-Za-z]*\d[0-9A-Za-z%°+*×./~-]*")
_GIVEN = r"(?<=[一-鿿])(?<![配速外输发运派赠])(?=送(?![礼女男老长爸妈父货风餐水]))|(?<=[一-鿿])(?=赠)"
_APART = re.compile(r"[\s/|,，、;；:：!！?？。~+_…]+|(?<=[一-鿿])[-—–]+|[-—–]+(?=[一-鿿])|" + _GIVEN)
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
_QUOTES = re.compile('[“”‘’"「」『』*]')
_ACCESSORIES = "壳膜套罩贴"
"""Single hanzi that a title may set apart from what they are for."""
_LONG_BRAND = 4
_LATIN_START = re.compile(r"^[A-Za-z]+")
_LATIN = re.compile(r"[A-Za-zÀ-ÿ.&'-]+")


def title_parts(title: str, brand: str | None) -> tuple[str, ...]:
    """Return the parts of a title, in order. Numbers are left out with their measures, and what stood around a measure
    joined: 实木1.8米床 is one part, 移动4G手机 two, of which each has at least two letters."""
    plain = _ASIDE.sub(" ", unicodedata.normalize("NFKC", title))
    for spelling in sorted(filter(None, map(str.strip, re.split(r"[/|]", brand or ""))), key=len, reverse=True):
        plain = plain.replace(unicodedata.normalize("NFKC", spelling), " ")
    plain = _QUOTES.sub("", _INSIDE.sub("", plain))
    parts = (_misspelled(_EDGES.sub("", part), brand or "") for part in _APART.split(_without_numbers(plain)))
    return tuple(_without_broken_latin([part for part in parts if len(part) > 1 or part in _ACCESSORIES]))


def _misspelled(part: str, brand: str) -> str:
    """Take off the brand where the title spells it with one other character (HLA海澜之家 of 海蓝之家)."""
    bare = _LATIN_START.sub("", part)
    same = sum(one == other for one, other in zip(bare, brand, strict=False))
    return bare[len(brand) :] if len(brand) >= _LONG_BRAND and same == len(brand) - 1 else part


def _without_numbers(text: str) -> str:
    sets = _SET.sub(lambda found: "零一二三四五六七八九"[int(found[1])] + "件套", _YEAR.sub(" ", text))
    return _CODE.sub(" ", _measured().sub("", sets))


def _without_broken_latin(parts: Sequence[str]) -> Sequence[str]:
    """Of words in Latin letters that run on into a part only the hanzi are kept: Let | it | go女式内裤."""
    before = ("", *parts[:-1]) if parts else ()
    cut = (
        _LATIN_START.sub("", p) if _LATIN.fullmatch(b) and HANZI.search(p) else p
        for b, p in zip(before, parts, strict=True)
    )
    return [part for part in cut if len(part) > 1 or HANZI.match(part)]


@cache
def _measured() -> re.Pattern[str]:
    units = sorted(words("names.yaml")["measures"], key=len, reverse=True)
    return re.compile(rf"(?<![A-Za-z0-9.])约?\d+(?:[.,~*×xX/-]\d+)*(?:{'|'.join(units)})装?")
