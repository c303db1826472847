"""Bare numbers: a quantity, or digits, by the words around them."""

from __future__ import annotations

import re

from koubo.reading import tables
from koubo.reading.kinds import Kind
from koubo.reading.numbers import cardinal, digits, number
from koubo.reading.quantity import measure_at, two
from koubo.reading.rule import UNLIKELY, VARIANT, after, before, options
from koubo.reading.spans import Option


def decimal(found: re.Match[str]) -> list[Option] | None:
    """Read 3.14 三点一四, .22 零点二二."""
    written = found[0]
    written = "0" + written if written[0] == "." else written
    whole = written.removesuffix(".00")
    if whole != written and len(whole) >= 2:
        return options(Kind.DECIMAL, cardinal(whole), number(written))
    price = Option(Kind.PRICE, number(written).replace("点", "块"), UNLIKELY)
    return [Option(Kind.DECIMAL, number(written), 0.0), price]


def ordinal(found: re.Match[str]) -> list[Option] | None:
    """Read the number after 第 as a quantity with two as 二."""
    return options(
        Kind.ORDINAL, cardinal(found[0], liang=False), wrong=((Kind.CARDINAL, "两" if found[0] == "2" else ""),)
    )


def deal(found: re.Match[str]) -> list[Option] | None:
    """Read the numbers of 买2送1: two is 二, because the deal is a name."""
    if measure_at(after(found)):
        return None
    wrong = ((Kind.CARDINAL, "两"),) if found[0] == "2" else ()
    return options(Kind.THRESHOLD, cardinal(found[0]), cardinal(found[0], liang=False), wrong=wrong)


def integer(found: re.Match[str]) -> list[Option] | None:
    """Read a bare integer: weigh a quantity, its digits and a name by the context."""
    written = found[0].replace(",", "")
    left, right = before(found, 30), after(found, 30)
    if written == "00" and right[:1] in ("分", "秒"):
        return options(Kind.TIME, "零")
    if len(written) == 1:
        return _single(written, left, right)
    kind = _counted_kind(left, right)
    spelled = digit_weight(written, left, right) if "," not in found[0] else UNLIKELY
    quantity = Option(kind, cardinal(written), -max(spelled, 0.0))
    out = [quantity, Option(Kind.DIGITS, digits(written), min(spelled, 0.0))]
    plain = cardinal(written, liang=False)
    if plain != quantity.spoken:
        out.append(Option(kind, plain, quantity.score + VARIANT))
    return out


def _single(written: str, left: str, right: str) -> list[Option]:
    """Read one digit; a 2 is 两 before a measure word that takes it."""
    if written != "2":
        return [Option(_counted_kind(left, right), number(written), 0.0)]
    said = _two_in_context(left, right)
    if left[-1:] and (left[-1].isascii() and left[-1].isalnum()):
        said = "二"
    other = "二" if said == "两" else "两"
    return [Option(Kind.CARDINAL, said, 0.0), Option(Kind.CARDINAL, other, VARIANT)]


_LISTED = re.compile(r"(?:\s?(?:至|到|、|和|或|及|与|,|，|~|-)\s?\d++(?:[.,]\d++)*+){1,12}+")
_LISTED_BEFORE = re.compile(r"(?:\d++(?:\.\d++)?\s?[至到、和或及与,，~-]\s?){1,12}$")


def _counted_kind(left: str, right: str) -> Kind:
    """Say what a quantity counts: part of a date or a time, or anything else."""
    if (right[:1] in ("月", "日") and right[:2] != "日本") or (right[:1] == "号" and left.endswith("月")):
        return Kind.DATE
    if right[:1] == "时" or (right[:1] == "点" and re.match(r"点(?:\d|半|整|钟|前|后)", right)):
        return Kind.TIME
    return Kind.CARDINAL


def _two_in_context(left: str, right: str) -> str:
    """Say 两 before the measure word of a count, also across a list (2、3个); 二 where the 2 is a heading or a name."""
    if right[:1] == " " and (not left or left[-1] in "；;。\n"):
        return "二"
    return two(right) or two(_outside_list("", right)[1]) or "二"


def digit_weight(written: str, left: str, right: str) -> float:
    """Weigh reading an integer digit by digit: above 0 it is read so. Figures are rule scores, no probabilities."""
    if (written[0] == "0" and len(written) > 1) or len(written) > 16:
        return 6.0
    if written in tables.words("finenesses.txt") and _is_metal(left, right):
        return 3.0
    if written in ("88", "886") and tables.cue("goodbye").search(f"{left[-4:]}|{right[:8]}"):
        return 3.0
    if len(written) <= 2:
        return (
            1.0
            if tables.cue("name_before").search(left[-5:]) and not measure_at(right) and written[-1] != "0"
            else -3.0
        )
    start, end = _outside_list(left, right)
    if re.match(r"\s?[多余来几百]", end):
        return -4.0
    if start.endswith("公元"):
        return 3.0
    if _is_name(written, start, end, right):
        return 3.0
    if len(written) == 4 and _is_model_year(written, left, right):
        return 3.0
    if measure_at(end) or measure_at(right) or (end[:1] == "/" and measure_at(end[1:])):
        return -5.0
    if tables.cue("price_before").search(start[-4:]) or tables.begins("sale_after", end):
        return -3.0
    if re.search(r"[A-Za-z0-9] $", left) and len(written) <= 4 and not written.endswith("000"):
        return 1.0
    if tables.cue("amount_before").search(start[-5:]) or end[:1] in tuple("加减乘除"):
        return -2.0
    return _by_length(written, right)


def _is_metal(left: str, right: str) -> bool:
    """Say whether a number is the fineness of gold or silver."""
    told = re.search(r"[足纯黄白Kk铂][金银]$|(?:纯度|成色)$", left)
    return told is not None or re.match(r"\s?(?:足|纯|千足)[金银]", right) is not None


def _outside_list(left: str, right: str) -> tuple[str, str]:
    """Return the context around the list or range that the number stands in (20、37、49路)."""
    tail = _LISTED.match(right)
    head = _LISTED_BEFORE.search(left)
    return (left[: head.start()] if head else left), (right[tail.end() :] if tail else right)


def _is_name(written: str, start: str, end: str, right: str) -> bool:
    """Say whether the words around make the number a name that is spelled."""
    priced = tables.cue("price_before").search(start[-2:])
    if (
        (tables.cue("name_before").search(start[-6:]) and not priced)
        or tables.cue("named_before").search(start)
        or tables.begins("name_after", end)
    ):
        return True
    if end.lstrip(" ")[:1] == "号" and tables.cue("address_before").search(start[-5:]):
        return False
    return len(written) >= 3 and end.lstrip(" ")[:1] in ("号", "线", "路", "室") and written[-2:] != "00"


def _is_model_year(written: str, left: str, right: str) -> bool:
    """Say whether a number of four digits names a year without 年 (2017秋季新款)."""
    if not "1900" <= written <= "2035":
        return False
    if tables.begins("model_year_after", right):
        return True
    return (
        not measure_at(right)
        and not tables.cue("price_before").search(left[-3:])
        and not tables.begins("sale_after", right)
    )


def _by_length(written: str, right: str) -> float:
    """Weigh a number that nothing around it explains."""
    if written.endswith("99") and not right[:1].isspace() and right[:1] not in ",/":
        return -1.0
    if written in tables.words("spelled_numbers.txt"):
        return 2.0
    if len(written) == 3:
        return -1.5 if written.endswith("00") else -0.5
    return -2.0 if written.endswith("00") else 2.0


def negative(found: re.Match[str]) -> list[Option] | None:
    """Read -5 as 负五, before 度 as 零下五."""
    said = number(found["num"])
    if after(found, 2).lstrip().startswith(("度", "摄")):
        return options(Kind.TEMPERATURE, "零下" + said, "负" + said)
    return options(Kind.CARDINAL, "负" + said)
