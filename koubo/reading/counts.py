"""Bare numbers: a quantity, or digits, by the words around them."""

from __future__ import annotations

import re

from koubo.reading.kinds import Kind
from koubo.reading.money import PRICE_CUE, SALE_AFTER
from koubo.reading.numbers import cardinal, digits, number
from koubo.reading.quantity import measure_at, say, two
from koubo.reading.rule import UNLIKELY, VARIANT, after, before, options
from koubo.reading.spans import Option

_NAMED = re.compile(r"[型款号货]号[：:]?\s?$|尾号|[Nn][Oo]\.?$|[打扣]$|单元$|[栋幢座]$")
_NAMES_AFTER = re.compile(r"\s?(?:不锈钢|路公交|路车|次列车|次航班|航班|房间|号楼|室$|高铁|国道|省道|县道|高地|工程|师|团|旅|舰|专线|特快|足金|足银|纯银)")
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
    said = _two_in_context(left, right)
    if left[-1:] and (left[-1].isascii() and left[-1].isalnum()):
        said = "二"
    other = "二" if said == "两" else "两"
    return [Option(Kind.CARDINAL, said, 0.0), Option(Kind.CARDINAL, other, VARIANT)]


_LISTED = re.compile(r"(?:\s?(?:至|到|、|和|或|及|与|,|，|~|-)\s?\d++(?:[.,]\d++)*+){1,12}+")
_LISTED_BEFORE = re.compile(r"(?:\d++(?:\.\d++)?\s?[至到、和或及与,，~-]\s?){1,12}$")
_AMOUNT_CUE = re.compile(r"人口|[共约逾近超达有仅合总计为]$|总数|数量|数目|白色|[第前后]$|至[少多]$|超过|大约|左右|合计|共计|[高低少多增减]$|范围|[加减乘除]以?$|等于$")
_NAME_CUE = re.compile(r"[型款货编代批序房车][号码次间牌]|代码|密码|邮编|尾号|验证码|航班|工号|口令|公式|[订运]单号|麒麟|天玑|骁龙|锐龙|酷睿")
_ADDRESS = re.compile(r"[路街道巷弄里村镇园][东南西北中段]?$")
_MODEL_YEAR = re.compile(r"\s?(?:[春夏秋冬新款年热大早全最]|赛季|球季|世界杯|奥运|亚运|大选|[^\d\s]{0,3}新[款品])")


def _two_in_context(left: str, right: str) -> str:
    """Say 两 before the measure word of a count, also across a list (2、3个); 二 where the 2 is a heading or a name."""
    if right[:1] == " " and (not left or left[-1] in "；;。\n"):
        return "二"
    return two(right) or two(_outside_list("", right)[1]) or "二"


def digit_weight(written: str, left: str, right: str) -> float:
    """Weigh reading an integer digit by digit: above 0 it is read so. The figures are rule scores, not probabilities."""
    if (written[0] == "0" and len(written) > 1) or len(written) > 16:
        return 6.0
    if len(written) <= 2:
        return 1.0 if _NAME_CUE.search(left[-5:]) and not measure_at(right) and written[-1] != "0" else -3.0
    start, end = _outside_list(left, right)
    if re.match(r"\s?[多余来几百]", end):
        return -4.0
    if start.endswith("公元"):
        return 3.0
    if _is_name(written, start, end, right):
        return 3.0
    if len(written) == 4 and _is_model_year(written, left, right):
        return 3.0
    if measure_at(end) or measure_at(right) or end[:1] == "/" and measure_at(end[1:]):
        return -5.0
    if PRICE_CUE.search(start[-4:]) or SALE_AFTER.match(end):
        return -3.0
    if re.search(r"[A-Za-z0-9] $", left) and len(written) <= 4 and not written.endswith("000"):
        return 1.0
    if _AMOUNT_CUE.search(start[-5:]) or end[:1] in tuple("加减乘除"):
        return -2.0
    return _by_length(written, right)


def _outside_list(left: str, right: str) -> tuple[str, str]:
    """Return the context around the list or range that the number stands in (20、37、49路)."""
    tail = _LISTED.match(right)
    head = _LISTED_BEFORE.search(left)
    return (left[: head.start()] if head else left), (right[tail.end() :] if tail else right)


def _is_name(written: str, start: str, end: str, right: str) -> bool:
    """Say whether the words around make the number a name that is spelled."""
    if _NAME_CUE.search(start[-6:]) or _NAMED.search(start) or _NAMES_AFTER.match(end):
        return True
    if end.lstrip(" ")[:1] == "号" and _ADDRESS.search(start[-5:]):
        return False
    return len(written) >= 3 and end.lstrip(" ")[:1] in ("号", "线", "路", "室") and written[-2:] != "00"


def _is_model_year(written: str, left: str, right: str) -> bool:
    """Say whether a number of four digits names a year without 年 (2017秋季新款)."""
    if not "1900" <= written <= "2035":
        return False
    if _MODEL_YEAR.match(right):
        return True
    return not measure_at(right) and not PRICE_CUE.search(left[-3:]) and not SALE_AFTER.match(right)


def _by_length(written: str, right: str) -> float:
    """Weigh a number that nothing around it explains."""
    if written.endswith("99") and not right[:1].isspace() and right[:1] not in ",/":
        return -1.0
    if len(written) == 3:
        return -1.5 if written.endswith("00") else 0.5
    return -2.0 if written.endswith("00") else 2.0


def negative(found: re.Match[str]) -> list[Option] | None:
    """Read -5 as 负五, before 度 as 零下五."""
    said = number(found["num"])
    if after(found, 2).lstrip().startswith(("度", "摄")):
        return options(Kind.TEMPERATURE, "零下" + said, "负" + said)
    return options(Kind.CARDINAL, "负" + said)
