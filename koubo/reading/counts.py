"""Bare numbers: a quantity, or digits, by the words around them."""

from __future__ import annotations

import re

from koubo.reading.kinds import Kind
from koubo.reading.money import PRICE_CUE, SALE_AFTER
from koubo.reading.numbers import cardinal, digits, number
from koubo.reading.quantity import measure_at, say, two
from koubo.reading.rule import UNLIKELY, VARIANT, after, before, options
from koubo.reading.spans import Option

_NAMED = re.compile(r"[型款号货]号[：:]?\s?$|编号|代码|邮编|尾号|密码|房间?$|室$|航班|骁龙|锐龙|酷睿|[编批]号|区号|[Nn][Oo]\.?$|打$|扣$|按$")
_NAMES_AFTER = re.compile(r"\s?(?:不锈钢|路公交|路车|次列车|次航班|航班|房间|号楼|室$|高铁|国道|省道|县道|高地|工程|师|团|旅|舰|专线|特快)")
_BUY = re.compile(r"[买送赠拍换选享任抢得领加]\s?$|第\s?$|[^\d]\d\s?[送赠]\s?$")


def decimal(found: re.Match[str]) -> list[Option] | None:
    """Read 3.14 三点一四, .22 零点二二."""
    written = found[0]
    written = "0" + written if written[0] == "." else written
    price = Option(Kind.PRICE, number(written).replace("点", "块"), UNLIKELY)
    return [Option(Kind.DECIMAL, number(written), 0.0), price]


def ordinal(found: re.Match[str]) -> list[Option] | None:
    """Read the number after 第 as a quantity with two as 二."""
    return options(Kind.ORDINAL, cardinal(found[0], liang=False), wrong=((Kind.CARDINAL, "两" if found[0] == "2" else ""),))


def deal(found: re.Match[str]) -> list[Option] | None:
    """Read the numbers of 买2送1: two is 二, because the deal is a name."""
    wrong = ((Kind.CARDINAL, "两"),) if found[0] == "2" else ()
    return options(Kind.THRESHOLD, cardinal(found[0]), cardinal(found[0], liang=False), wrong=wrong)


def integer(found: re.Match[str]) -> list[Option] | None:
    """Read a bare integer: weigh a quantity, its digits and a name by the context."""
    written = found[0].replace(",", "")
    left, right = before(found), after(found)
    if len(written) == 1:
        return _single(written, left, right)
    spelled = digit_weight(written, left, right) if "," not in found[0] else UNLIKELY
    quantity = Option(Kind.CARDINAL, cardinal(written), -max(spelled, 0.0))
    out = [quantity, Option(Kind.DIGITS, digits(written), min(spelled, 0.0))]
    plain = cardinal(written, liang=False)
    if plain != quantity.spoken:
        out.append(Option(Kind.CARDINAL, plain, quantity.score + VARIANT))
    return out


def _single(written: str, left: str, right: str) -> list[Option]:
    """Read one digit; a 2 is 两 before a measure word that takes it."""
    if written != "2":
        return [Option(Kind.CARDINAL, number(written), 0.0)]
    said = two(right) or "二"
    if left[-1:] and (left[-1].isascii() and left[-1].isalnum()):
        said = "二"
    other = "二" if said == "两" else "两"
    return [Option(Kind.CARDINAL, said, 0.0), Option(Kind.CARDINAL, other, VARIANT)]


def digit_weight(written: str, left: str, right: str) -> float:
    """Weigh reading an integer digit by digit: above 0 it is read so. The figures are rule scores, not probabilities."""
    if written[0] == "0" or len(written) > 16:
        return 6.0
    if _NAMED.search(left) or _NAMES_AFTER.match(right):
        return 3.0 if len(written) > 2 else -2.0
    if measure_at(right) and not _names_before_measure(written, right):
        return -5.0
    if PRICE_CUE.search(left[-4:]) or SALE_AFTER.match(right) or re.match(r"\s?[多余来几]", right):
        return -3.0
    return _by_length(written, left, right)


def _names_before_measure(written: str, right: str) -> bool:
    """Say whether 号, 路 or 室 makes the number a name that is spelled."""
    return right.lstrip(" ")[:1] in "室" and len(written) >= 3


def _by_length(written: str, left: str, right: str) -> float:
    """Weigh a number that nothing around it explains."""
    if len(written) <= 2:
        return -3.0
    if len(written) == 3:
        return -1.5 if written.endswith("0") else 0.5
    if len(written) == 4:
        return -2.0 if written.endswith("000") else 2.0
    return -2.0 if written.endswith("000") else 2.0
