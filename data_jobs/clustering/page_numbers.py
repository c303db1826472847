"""The numbers of a line of print, and which of them belong to an offer."""

from __future__ import annotations

import re
import unicodedata

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_LETTER_O = re.compile(r"(?<=[\d.])[Oo]+(?![A-Za-z])|(?<![A-Za-z])[Oo]+(?=[\d.])")
_SMALL_DECIMALS = re.compile(r"(?<=[¥￥]\d)((?:\d{0,4}))[ ·](\d{1,2})(?!\d)")
_FOOTNOTE = re.compile(r"[¹²³⁴⁵⁶⁷⁸⁹⁰]")
_NUMERALS = re.compile(
    r"[一二两三四五六七八九十百千万半]+(?=[折元块件])|(?<=[买满送减])[一二两三四五六七八九十百千万]+"
)
_OFFER = re.compile(
    r"[¥￥$券价]|[\d一二两三四五六七八九十半百]\s*[折元块]|^\W*元"
    r"|[满减送省返]\W*[\d一二两三四五六七八九十]|(?<![A-Za-z])(?:rmb|RMB|CNY)"
)
_BARE = re.compile(r"\W*\d+(?:\.\d+)?\W*")


def numbers(text: str) -> tuple[str, ...]:
    """The numbers in a text as they are written, in their order: `9.90元 买二送一` gives 9.90, 二 and 一.

    Digits of any width are ASCII digits, commas of thousands are left out, footnote marks are no numbers, and the
    letter O among digits is a zero, as no two prices differ in that alone, and so is the gap before small decimals of a
    price a point. Chinese numerals count in offers only.
    """
    plain = _THOUSANDS.sub("", unicodedata.normalize("NFKC", _FOOTNOTE.sub("", text)))
    plain = _SMALL_DECIMALS.sub(r"\1.\2", plain)
    plain = _LETTER_O.sub(lambda letters: "0" * len(letters.group()), plain)
    return (*_NUMBER.findall(plain), *_NUMERALS.findall(plain))


def has_offer_mark(text: str) -> bool:
    """Whether a line speaks of a price, a discount or its condition."""
    return bool(_OFFER.search(text) or _OFFER.search(unicodedata.normalize("NFKC", text)))


def is_bare(text: str) -> bool:
    """Whether a line is nothing but a number."""
    return bool(_BARE.fullmatch(unicodedata.normalize("NFKC", text)))
