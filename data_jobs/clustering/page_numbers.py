"""The numbers of a line of print, and which of them belong to an offer."""

from __future__ import annotations

import re
import unicodedata

_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_LETTER_O = re.compile(r"(?<=[\d.])[Oo]+(?![A-Za-z])|(?<![A-Za-z])[Oo]+(?=[\d.])")
_SMALL_DECIMALS = re.compile(r"(?<=[¥￥]\d)((?:\d{0,4}))[ ·](\d{1,2})(?!\d)")
_FOOTNOTE = re.compile(r"[¹²³⁴⁵⁶⁷⁸⁹⁰]")
_SIMPLE = str.maketrans("兩萬億點塊價買滿減贈貳參陸", "两万亿点块价买满减赠贰叁陆")
_FIGURE = "〇零一二两三四五六七八九壹贰叁肆伍陆柒捌玖"
_NUMERAL = _FIGURE + "十百千万亿半拾佰仟"
_DIGITS = r"\d+(?:\.\d+)?"
_SPELLED = rf"[{_NUMERAL}]+(?:点[{_NUMERAL}]+)?"
_IDLE = rf"零(?=[售食件钱])|(?<![买送赠满减省免返第])一(?![{_NUMERAL}折元块毛角件]|点[{_NUMERAL}])"
_NUMBER = re.compile(rf"(?:{_DIGITS}|(?!{_IDLE}){_SPELLED})[毛角]?")
# 十分, 千万 and 万一 have no figure before or after their place.
_NO_IDIOM = re.compile(rf"\d|[{_FIGURE}][十百千万]|十[{_FIGURE}]")
_OFFER = re.compile(
    rf"[¥￥$券价]|[\d{_NUMERAL}]\s*[折元块毛]|^\W*(?:元|块[{_NUMERAL}]|折起?\W*$)"
    rf"|[买满减送赠省免返]\W*[\d{_NUMERAL}]|(?:到手|只要|只需|仅需|仅售|特惠|秒杀)\W*[\d{_NUMERAL}]"
    r"|(?<![A-Za-z])(?:rmb|RMB|CNY)"
)
# Alone, 一, 二 and 十 are rather a dash, an equals sign and a plus.
_BARE = re.compile(rf"\W*(?:{_DIGITS}|[{_NUMERAL}]{{2,}}|[{_NUMERAL}]+点[{_NUMERAL}]+|[三四五六七八九半])\W*")


def numbers(text: str, offer: bool | None = None) -> tuple[str, ...]:
    """The numbers in a text in their order: `9.90元 买二送一` gives 9.9, 二 and 一.

    Digits of any width are ASCII digits, commas of thousands and zeros at the end of decimals are left out, and
    footnote marks are no numbers. The letter O among digits is a zero, as no two prices differ in that alone, and so is
    the gap before small decimals of a price a point. In an offer every numeral in hanzi counts, but 一 where it counts
    nothing (一起), as OCR often takes it for a dash; elsewhere only those that count pieces or have two places do, as
    十分 and 万一 are no numbers.

    Args:
        offer: whether the text is part of an offer; by its own marks unless given.
    """
    plain = _THOUSANDS.sub("", _plain(_FOOTNOTE.sub("", text)))
    plain = _SMALL_DECIMALS.sub(r"\1.\2", plain)
    plain = _LETTER_O.sub(lambda letters: "0" * len(letters.group()), plain)
    every = has_offer_mark(text) if offer is None else offer
    found = _NUMBER.finditer(plain)
    return tuple(_written_alike(n.group()) for n in found if every or _counts(n.group(), plain[n.end() :]))


def _counts(number: str, after: str) -> bool:
    """Whether a number counts on a line that is no offer."""
    return bool(_NO_IDIOM.search(number)) or after.startswith("件")


def _written_alike(number: str) -> str:
    """One way of writing for 99.90 and 99.9, and for 〇, 零 and 0."""
    if number in ("〇", "零"):
        return "0"
    return number.rstrip("0").rstrip(".") if "." in number else number.replace("〇", "零")


def has_offer_mark(text: str) -> bool:
    """Whether a line speaks of a price, a discount or its condition."""
    return bool(_OFFER.search(text) or _OFFER.search(_plain(text)))


def is_bare(text: str) -> bool:
    """Whether a line is nothing but a number."""
    return bool(_BARE.fullmatch(_plain(text)))


def _plain(text: str) -> str:
    """A text in characters of one width, with the Simplified ones of numbers and offers."""
    return unicodedata.normalize("NFKC", text).translate(_SIMPLE)
