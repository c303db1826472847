"""Quantities joined by a mark: sizes, ranges, ratios, fractions, pluses, tolerances."""

from __future__ import annotations

import re
from functools import cache

from koubo.reading import tables
from koubo.reading.kinds import Kind
from koubo.reading.numbers import digits, number
from koubo.reading.quantity import NUMBER, latin_unit, measure_at, number_forms, say, with_unit
from koubo.reading.rule import UNLIKELY, VARIANT, after, before, options
from koubo.reading.spans import Option


@cache
def _part() -> re.Pattern[str]:
    """Match one quantity of a chain."""
    return re.compile(rf"(?P<num>{NUMBER})\s*(?P<unit>{latin_unit()})?(?P<zh>[\u4e00-\u9fff]*)")


def _parts(chain: str, mark: str) -> list[tuple[str, tables.Unit | None, str]]:
    """Split a chain at its marks into (number, Latin unit, Chinese words)."""
    out = []
    for piece in re.split(mark, chain):
        found = _part().match(piece.strip())
        if found:
            out.append((found["num"], _unit(found["unit"]), found["zh"]))
    return out


def size(found: re.Match[str]) -> list[Option] | None:
    """Read 200*230cm, 48*38*13cm, 100g*3, 200g*12碗: 乘 between, the unit where it is written."""
    parts = _parts(found[0], r"[*xX×]")
    said = [with_unit(num, unit, zh or after(found, 3))[0] + zh for num, unit, zh in parts]
    plain = [_plain(num, unit) + zh for num, unit, zh in parts]
    times = options(Kind.SIZE, "乘".join(said), "乘".join(plain), "乘以".join(said))
    spelled = "乘".join(digits(num) + (unit.spoken if unit else "") + zh for num, unit, zh in parts)
    return [*times, Option(Kind.DIGITS, spelled, UNLIKELY)]


def _plain(num: str, unit: tables.Unit | None) -> str:
    """Read a quantity with 二 throughout."""
    return number(num, liang=False) + (unit.spoken if unit else "")


def alternatives_size(found: re.Match[str]) -> list[Option] | None:
    """Read 1.5/1.8m*2m*5cm: two first sizes, the unit said once, then the rest."""
    rest = size(re.fullmatch(r"[\s\S]*", found["rest"]) or found)
    if rest is None:
        return None
    return options(
        Kind.SIZE, f"{number(found['first'])}或{rest[0].spoken}", f"{number(found['first'])}{rest[0].spoken}"
    )


def below_zero(found: re.Match[str]) -> list[Option] | None:
    """Read -5~40℃, -8到3度: 零下 before what is below zero."""
    unit = tables.unit(found["unit"]) if found["unit"] != "度" else None
    word, sign = (unit.spoken, "零下" if unit.kind is Kind.TEMPERATURE else "负") if unit else ("度", "零下")
    first, second = sign + number(found["first"]), (sign if found["minus"] else "") + number(found["second"])
    kind = Kind.TEMPERATURE if sign == "零下" else Kind.RANGE
    return options(kind, f"{first}到{second}{word}", f"{first}{word}到{second}{word}", f"{first}至{second}{word}")


def tolerance(found: re.Match[str]) -> list[Option] | None:
    """Read 54+-3kg, ±2: 正负 before the tolerance."""
    unit = tables.unit(found["unit"]) if found["unit"] else None
    head = found["head"] or ""
    start = size(re.fullmatch(r"[\s\S]*", head) or found)[0].spoken if head else ""  # type: ignore[index]
    tail = with_unit(found["num"], unit)[0]
    if unit is None and after(found, 1) != "%" and found[0].endswith("%"):
        tail = _percent(found["num"], "%")
    return options(Kind.RANGE, f"{start}正负{tail}", f"{start}加减{tail}")


def span_of(found: re.Match[str]) -> list[Option] | None:
    """Read N-M: a range 到, a score 比, two years, a deal 减, or, where it cannot be a quantity, a code."""
    first, second = found["first"], found["second"]
    unit_a, unit_b = _unit(found["unit_a"]), _unit(found["unit_b"])
    left, right = before(found), after(found)
    if right.startswith(("款", "年款")) and len(first) == len(second) == 2:
        return options(Kind.YEAR, f"{digits(first)}到{digits(second)}")
    if unit_a is None and unit_b is None and tables.begins("equals", right):
        return options(Kind.CARDINAL, f"{number(first)}减{number(second)}")
    if _names_place(first, second, left, right):
        return named(found)
    if _numbered(first, second, unit_a or unit_b):
        return options(Kind.RANGE, f"{digits(first)}到{digits(second)}", f"{digits(first)}至{digits(second)}")
    if _is_code(first, second, unit_a or unit_b):
        return [
            Option(Kind.MODEL_CODE, f"{digits(first)} {digits(second)}", 0.0),
            Option(Kind.MODEL_CODE, f"{digits(first)}杠{digits(second)}", VARIANT),
        ]
    years = _years(found, right)
    if years:
        return years
    if unit_a is None and unit_b is None and _is_deal(first, second, left, right):
        return options(
            Kind.THRESHOLD,
            f"{number(first)}减{number(second)}",
            f"{number(first, False)}减{number(second, False)}",
            wrong=((Kind.RANGE, f"{number(first)}到{number(second)}"),),
        )
    score = 1.0 if _is_score(found, left, right) else UNLIKELY
    reading = _range_forms(found, unit_a, unit_b, right)
    return [*reading, Option(Kind.RATIO, f"{number(first)}比{number(second)}", score)]


def _names_place(first: str, second: str, left: str, right: str) -> bool:
    """Say whether N-M is a house, a locker, a seat or a model, by the words around it."""
    if "." in first + second or "," in first + second:
        return False
    if tables.cue("type_before").search(left) or right.startswith(("号座", "号房", "号铺", "号柜", "号门")):
        return True
    return len(second) >= 3 > len(first) - 1 and tables.cue("place_before").search(left) is not None


def named(found: re.Match[str]) -> list[Option] | None:
    """Read 5-302, 3-2-1056 part by part; digits by name."""
    parts = [digits(part) for part in re.findall(r"\d+", found[0])]
    return options(Kind.MODEL_CODE, "杠".join(parts), " ".join(parts), wrong=((Kind.RANGE, "到".join(parts)),))


def named_run(found: re.Match[str]) -> list[Option] | None:
    """Read 3-2-1056 as a name where the words before say so."""
    known = tables.cue("place_before").search(before(found)) or tables.cue("type_before").search(before(found))
    return named(found) if known else None


def _numbered(first: str, second: str, unit: tables.Unit | None) -> bool:
    """Say whether N-M are numbers of a series that is filled with zeros (01-08)."""
    return unit is None and len(first) == len(second) > 1 and first[0] == "0" and "." not in first and first < second


def _is_deal(first: str, second: str, left: str, right: str) -> bool:
    """Say whether N-M takes M off N: 满200-20, 领100-20券, or a round M well below N."""
    if "." in first + second or "," in first + second or int(second) >= int(first):
        return False
    if re.search(r"[满领券减足够]\s?$", left) or tables.begins("deal_after", right):
        return True
    return int(second) % 5 == 0 and 2 * int(second) <= int(first) and int(first) >= 50 and not measure_at(right)


def _range_forms(found: re.Match[str], a: tables.Unit | None, b: tables.Unit | None, right: str) -> list[Option]:
    """Read both ends with 到; an end before a measure word takes 两."""
    counted = right
    tail = with_unit(found["second"], b, counted)
    head = with_unit(found["first"], a, counted if b is None else "")
    if b is not None and a is None and found["first"] == "2":
        head = ["两", "二"]
    best = f"{head[0]}到{tail[0]}"
    plain = f"{head[-1]}到{tail[-1]}"
    wrong = ((Kind.MODEL_CODE, f"{digits(found['first'])}杠{digits(found['second'])}"),)
    return options(Kind.RANGE, best, plain, best.replace("到", "至"), wrong=wrong)


def _unit(written: str | None) -> tables.Unit | None:
    """Look up an optional Latin unit; between lengths M is metres, not megabytes."""
    if written == "M":
        written = "m"
    return tables.unit(written) if written else None


def _is_code(first: str, second: str, unit: tables.Unit | None) -> bool:
    """Say whether N-M names a thing: a leading zero, or a number too long to be a quantity in a range."""
    if unit is not None or "." in first + second or "," in first + second:
        return False
    return (
        (len(first) > 1 and first[0] == "0")
        or (len(second) > 1 and second[0] == "0")
        or (len(first) >= 5 and len(second) <= 2)
    )


def _years(found: re.Match[str], right: str) -> list[Option] | None:
    """Read 2004-2010年, 2019-20赛季 as years."""
    first, second = found["first"], found["second"]
    if not (
        len(first) in (3, 4)
        and first.isdecimal()
        and second.isdecimal()
        and not found["unit_a"]
        and not found["unit_b"]
    ):
        return None
    if len(first) == 4 and right.startswith("年代") and len(second) in (2, 4):
        return options(Kind.YEAR, f"{digits(first)}到{digits(second)}")
    named = right.startswith(("年", "赛季")) and int(second) <= 2100 and not right.startswith("年间")
    full = len(second) == len(first) and int(second) >= int(first) and (named or _both_recent(first, second))
    short = len(first) == 4 and len(second) == 2 and _recent(first) and int(second) == (int(first) + 1) % 100
    if not (full or short):
        return None
    said = f"{digits(first)}到{digits(second)}"
    return options(
        Kind.YEAR, said, said.replace("到", "至"), wrong=((Kind.RANGE, f"{number(first)}到{number(second)}"),)
    )


def _recent(written: str) -> bool:
    """Say whether a number of four digits reads as a year of our time."""
    return len(written) == 4 and "1000" <= written <= "2100"


def _both_recent(first: str, second: str) -> bool:
    """Say whether both ends are years, written without 年."""
    return _recent(first) and _recent(second) and first >= "1500" and int(second) - int(first) <= 200


def _is_score(found: re.Match[str], left: str, right: str) -> bool:
    """Say whether N-M is the score of a match."""
    if found["unit_a"] or found["unit_b"] or "." in found[0]:
        return False
    small = len(found["first"]) <= 3 and len(found["second"]) <= 3
    return small and (
        bool(tables.cue("score").search(left[-6:] + "|" + right[:6]))
        or (int(found["second"]) < int(found["first"]) <= 25 and not measure_at(right))
    )


def ratio(found: re.Match[str]) -> list[Option] | None:
    """Read 1:1, 16:9, 3:2:1 with 比."""
    parts = found[0].replace(" ", "").split(":")
    return options(Kind.RATIO, "比".join(number(p, liang=False) for p in parts))


def fraction(found: re.Match[str]) -> list[Option] | None:
    """Read 1/3 三分之一; where no fraction is meant (21/16mm, 165/88A), the slash is silent."""
    first, second = found["first"], found["second"]
    unit = _unit(found["unit"])
    tail = with_unit(second, unit)[0]
    if unit is None and after(found, 1) == "的" and len(second) <= 2 and "0" not in (first[0], second[0]):
        return options(Kind.FRACTION, f"{number(second, liang=False)}分之{number(first)}")
    if unit is None and _is_grade(int(first), int(second)):
        return options(
            Kind.RANGE,
            f"{number(first)}到{number(second)}",
            wrong=((Kind.FRACTION, f"{number(second)}分之{number(first)}"),),
        )
    if unit is None and int(first) < int(second) and (len(first) <= 2) and second[0] != "0":
        slash = 0.0 if int(second) > 20 and int(second) % 10 and int(first) > 9 else -2.0
        return [
            Option(Kind.FRACTION, f"{number(second, liang=False)}分之{number(first)}", -1.0),
            Option(Kind.MODEL_CODE, f"{number(first)} {number(second)}", slash),
        ]
    if unit is None and int(first) > int(second) and measure_at(after(found)):
        return options(Kind.MODEL_CODE, f"{number(first)} {say(second, after(found))}")
    if unit is None and len(first) == 3 and len(second) in (2, 3):
        return options(Kind.MODEL_CODE, f"{digits(first)} {digits(second)}", f"{number(first)} {number(second)}")
    return options(Kind.MODEL_CODE, f"{number(first)} {tail}", f"{number(first)}斜杠{tail}")


def _is_grade(first: int, second: int) -> bool:
    """Say whether N/M is a count a pound (虾仁31/40, 16/20), the way shrimps and prawns are graded."""
    return first >= 13 and second % 5 == 0 and second - first in (4, 9) and first % 5 == 1


def power(found: re.Match[str]) -> list[Option] | None:
    """Read 10^5 as 十的五次方."""
    return options(Kind.MEASURE, f"{number(found['base'])}的{number(found['exponent'])}次方")


def season(found: re.Match[str]) -> list[Option] | None:
    """Read 2004/05赛季 as two years."""
    return options(Kind.YEAR, f"{digits(found['first'])}至{digits(found['second'])}")


def plus_chain(found: re.Match[str]) -> list[Option] | None:
    """Read 8+256, 12GB+256GB, 5+1; the second number of a memory pair is spelled (二五六)."""
    parts = _parts(found[0], r"\+")
    memory = len(parts) == 2 and parts[1][0] in {"128", "256", "512", "64", "32", "16"}
    if memory and parts[1][1] is tables.unit("g"):
        parts[1] = (parts[1][0], tables.unit("GB"), "")
    said = [_plus_part(num, unit, memory and i > 0) for i, (num, unit, _) in enumerate(parts)]
    plain = [with_unit(num, unit)[0] for num, unit, _ in parts]
    return options(Kind.PLUS, "加".join(said), "加".join(plain), wrong=((Kind.CARDINAL, "".join(plain)),))


def _plus_part(num: str, unit: tables.Unit | None, spelled: bool) -> str:
    """Read one side of a plus."""
    if not spelled or len(num) != 3:
        return with_unit(num, unit)[0]
    return digits(num) + ("" if unit is None else unit.spoken)


def plus_suffix(found: re.Match[str]) -> list[Option] | None:
    """Read 100w+, 2+, 1300+: 加 after the count."""
    scale = {"w": "万", "W": "万", "k": "千", "K": "千"}.get(found["scale"] or "", found["scale"] or "")
    if not scale and tables.cue("name_before").search(before(found, 4)):
        return options(Kind.MODEL_CODE, digits(found["num"]) + "加")
    forms = [form + scale for form in number_forms(found["num"], "")]
    if scale == "万" and found["num"] == "2":
        forms.insert(0, "两万")
    return options(Kind.COUNT_SUFFIX, forms[0] + "加", forms[0] + "多", forms[0] + "以上")


def percent(found: re.Match[str]) -> list[Option] | None:
    """Read 5%, 90%-95%, 20-30%: 百分之 before each number; 100% is 百分之百."""
    first, second = found["first"], found["second"]
    tail = _percent(second or first, found["mark"])
    if second is None:
        spelled = number(first, liang=False)
        name = "千分之" if found["mark"] == "‰" else "百分之"
        return options(Kind.PERCENT, tail, name + spelled)
    return options(
        Kind.PERCENT, f"{_percent(first, found['mark'])}到{tail}", f"{_percent(first, found['mark'])}至{tail}"
    )


def _percent(written: str, mark: str) -> str:
    """Read one percentage."""
    name = "千分之" if mark == "‰" else "百分之"
    return "百分之百" if written == "100" and mark != "‰" else name + say(written)


def months_plus(found: re.Match[str]) -> list[Option] | None:
    """Read the age of 6M+ baby food."""
    said = say(found["num"], "个月")
    return options(Kind.MEASURE, f"{said}个月以上", f"{said}个月加", f"{number(found['num'])}M加")


def per_unit(found: re.Match[str]) -> list[Option] | None:
    """Read the slash and the unit of 32元/kg, 1.5m³/min, 0.05mg/m³."""
    unit, rated = _unit(found["unit"]), _RATED.search(before(found, 8))
    if unit is None or rated is None or (rated["latin"] and tables.unit(rated["latin"]) is None):
        return None
    return options(Kind.MEASURE, "每" + unit.spoken, "一" + unit.spoken, *("每" + word for word in unit.also))


_RATED = re.compile(r"\d\s?(?:[元块]|块钱|(?P<latin>[A-Za-zμµ²³㎡℃°]{1,4})|毫?[克升]|公斤|[千毫厘]?米)$")
_COUNTED = re.compile(r"\d\s?[\u4e00-\u9fff]{0,4}$|\d\s?[A-Za-z]{1,3}$|[元块发转次字帧]$")
_BOUND = re.compile(
    r"\d\s?[万亿千百]$|\d\s?[a-zA-Z]{1,3}$|[*xX×]\s?\d{1,4}(?:\.\d{1,2})?$|[年月日天岁时分秒代末初元块斤克个号点度米人)）%][\s]?$|\d:\d\d\s?$"
)


def per(found: re.Match[str]) -> list[Option] | None:
    """Read 3斤/只, 1300/箱, 45元/证: 每 for the slash between what is counted and what it is counted by."""
    if not _COUNTED.search(before(found, 8)) or not measure_at(after(found, 4)):
        return None
    return options(Kind.MEASURE, "每", "一")


def joint(found: re.Match[str]) -> list[Option] | None:
    """Read the mark of 1945年-1949年, 14:00-15:00, 360天~380天 as 到."""
    if not _BOUND.search(before(found, 8)):
        return None
    return options(Kind.RANGE, "到", "至")


def until(found: re.Match[str]) -> list[Option] | None:
    """Read the mark before a year as 至."""
    return options(Kind.RANGE, "至", "到")


def open_end(found: re.Match[str]) -> list[Option] | None:
    """Read the mark of (1392-) as 至, and of a score whose other side is missing (21-、) as 比."""
    left = before(found, 40)
    said = "比" if tables.cue("score").search(left) or "比" in left else "至"
    return options(Kind.RATIO if said == "比" else Kind.RANGE, said)


def lost_mark(found: re.Match[str]) -> list[Option] | None:
    """Read 7 12岁, a range whose mark was lost."""
    first, second = found["first"], found["second"]
    if int(first) >= int(second):
        return None
    said = f"{say(first, after(found))}到{say(second, after(found))}"
    return options(Kind.RANGE, said, f"{number(first)} {number(second)}")


def listed(found: re.Match[str]) -> list[Option] | None:
    """Read 10/12/14寸, 3/5/8mm: a list of sizes, the slashes silent, the unit said once."""
    numbers = found["numbers"].split("/")
    unit = _unit(found["unit"])
    said = "、".join([number(num) for num in numbers[:-1]] + with_unit(numbers[-1], unit)[:1])
    return options(Kind.SIZE, said)


def stages(found: re.Match[str]) -> list[Option] | None:
    """Read 0-1-3岁, 3-6-9个月: a run of ages joined by 到."""
    return options(Kind.RANGE, "到".join(say(num, after(found)) for num in found[0].split("-")))


def times(found: re.Match[str]) -> list[Option] | None:
    """Read the mark of 电池*1 as 乘."""
    return options(Kind.SIZE, "乘", "乘以")
