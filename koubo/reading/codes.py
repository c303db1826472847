"""Names with digits: models, standards, versions, storage, grades of size."""

from __future__ import annotations

import re
from collections.abc import Callable

from koubo.reading import tables
from koubo.reading.kinds import Kind
from koubo.reading.numbers import cardinal, digits, number
from koubo.reading.quantity import measure_at, storage_forms, with_unit
from koubo.reading.rule import UNLIKELY, VARIANT, after, before, clause, options
from koubo.reading.spans import Option

_ROMANS = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")
_RUN = re.compile(r"\d+(?:\.\d+)*|[^\d]+")
_DIGIT_SIDE = re.compile(r"(?<=\d)[-_/]|[-_/](?=\d)")


def code(found: re.Match[str]) -> list[Option] | None:
    """Read a name of letters and digits; a plain Latin word has nothing to read."""
    written = found[0]
    if not any(c.isdecimal() for c in written):
        return None
    return options_for_code(written)


def options_for_code(written: str) -> list[Option]:
    """Read a model code: one digit by name, two as a quantity (P四十), more by name; marks are silent."""
    best = _spell(written, _model_number)
    spelled = _spell(written, digits)
    counted = _spell(written, cardinal)
    out = [
        Option(Kind.MODEL_CODE, best, 0.0),
        Option(Kind.DIGITS, spelled, VARIANT),
        Option(Kind.CARDINAL, counted, UNLIKELY),
    ]
    out.append(Option(Kind.MODEL_CODE, _spell(written, lambda run: digits(run, yao=True)), UNLIKELY))
    return out


def _model_number(run: str) -> str:
    """Read one run of digits in a name."""
    if len(run) == 2 and run[0] != "0":
        return cardinal(run)
    if len(run) >= 4 and run[1:].strip("0") == "" and run[0] != "0":
        return cardinal(run)
    return digits(run)


def _spell(written: str, say: Callable[[str], str]) -> str:
    """Read each run of digits with ``say``; letters stay, marks become a pause."""
    out = []
    for run in _RUN.findall(_DIGIT_SIDE.sub(" ", written)):
        if run[0].isdecimal():
            out.append(_pointed(run) if "." in run else say(run))
        else:
            out.append(run.replace("/", " ").replace("_", " "))
    return re.sub(r"(?<=[一-龥]) (?=[A-Za-z])|(?<=[A-Za-z]) (?=[一-龥])", "", "".join(out))


def _pointed(run: str) -> str:
    """Read 2.5 as a number and 8.2.1 as a version."""
    return number(run) if run.count(".") == 1 else "点".join(number(part) for part in run.split("."))


def standard(found: re.Match[str]) -> list[Option] | None:
    """Read GB/T 26850-2011, FZ/T 62011.3-2008: letters together, digits by name, 杠 before the year."""
    letters = re.sub(r"[/\s]", "", found["name"])
    body = re.sub(r"\.", "点", digits(found["body"]))
    year = found["year"]
    tail = digits(year) if year else ""
    if not year:
        return options(Kind.STANDARD, letters + body)
    return options(Kind.STANDARD, f"{letters}{body}杠{tail}", f"{letters}{body} {tail}")


def version(found: re.Match[str]) -> list[Option] | None:
    """Read 2.4.0, 10.1.2 with 点 between."""
    return options(Kind.VERSION, "点".join(number(p) if len(p) < 3 else digits(p) for p in found[0].split(".")))


def storage(found: re.Match[str]) -> list[Option] | None:
    """Read 16G, 512GB, 1T, 5G, 4K, 1080P; G is grams and K thousands where the words around say so."""
    written, unit = found["num"], found["unit"]
    left, right = re.split(r"[，,；;]", before(found, 8))[-1], clause(found, 8, 8)[1]
    spoken = {"GB": "G", "TB": "T", "MB": "兆", "KB": "K", "M": "兆"}.get(unit.upper() if unit != "m" else unit, unit)
    named = [Option(Kind.STORAGE, form + spoken, VARIANT * i) for i, form in enumerate(storage_forms(written))]
    named = [Option(o.kind, o.spoken, max(o.score, VARIANT)) for o in named]
    if unit in "Gg" and _is_weight(written, unit, left, right):
        return [
            Option(Kind.MEASURE, number(written) + "克", 0.0),
            *(Option(o.kind, o.spoken, o.score - 3) for o in named),
        ]
    if unit in "Mm" and ("." in written or re.search(r"[长高深]|宽(?![带频])|尺寸|身高|卷", left[-4:])):
        return [
            Option(Kind.MEASURE, number(written) + "米", 0.0),
            *(Option(o.kind, o.spoken, o.score - 3) for o in named),
        ]
    if unit in "Kk" and _is_thousands(written, unit, left, right):
        thousands = ("两" if written == "2" else number(written)) + "千"
        if len(written) == 3 and written[1] == ".":
            thousands = f"{number(written[0])}千{number(written[2])}"
        return [Option(Kind.COUNT_SUFFIX, thousands, 0.0), *(Option(o.kind, o.spoken, o.score - 1) for o in named)]
    return named


def _is_weight(written: str, unit: str, left: str, right: str) -> bool:
    """Say whether N g is grams: written small, or beside words of weight."""
    if re.search(r"[存盘]|标配|ssd|SSD|TF|固态|手机|显[卡存]|独显|闪存|内存", left + right) or (
        written in "2345" and tables.cue("network").search(left[-3:] + "|" + right[:7])
    ):
        return False
    if unit == "g":
        return True
    return bool(tables.cue("nutrient").search(left)) or (
        len(written) > 1 and bool(tables.cue("weight").search(left[-6:]))
    )


def _is_thousands(written: str, unit: str, left: str, right: str) -> bool:
    """Say whether N k counts thousands (月薪8k, 1k); screens are 2K, 4K, 8K, and gold is 18K."""
    if re.match(r"\s?[金屏画超高分镀玫白黄铂电纸]", right) or re.match(r"\s?[A-Za-z]", right):
        return False
    if re.match(r"\s?[多左块以+人单件粉步次条]", right) or re.search(r"[价卖花薪预算要]$", left):
        return True
    return unit == "k" and written not in {"2", "4", "8", "14", "18", "24"}


def w_count(found: re.Match[str]) -> list[Option] | None:
    """Read 3w as 三万 or 三瓦 by the words around it."""
    left, right = clause(found, 8, 6)
    counted = right[:1] == "+" or tables.cue("count").search(left[-4:] + "|" + right[:2])
    if found["unit"] == "W" and (not counted or tables.cue("power").search(left + right)):
        return None
    spoken = number(found["num"])
    watts = Option(Kind.MEASURE, spoken + "瓦", 0.0)
    count = Option(Kind.COUNT_SUFFIX, ("两" if found["num"] == "2" else spoken) + "万", -1.0)
    powered = tables.cue("power").search(left + right)
    few = not powered and len(found["num"]) <= 2
    if right[:1] == "+" or few or (counted and not tables.cue("power").search(right[:3])):
        count = Option(count.kind, count.spoken, 1.0)
    return [watts, count]


def seconds(found: re.Match[str]) -> list[Option] | None:
    """Read 60s as 六十支 (yarn) beside textiles, as seconds elsewhere."""
    textile = bool(tables.cue("textile").search("|".join(clause(found, 6, 4))))
    said = number(found["num"])
    if found["num"] in "345678" and tables.cue("phone").search("|".join(clause(found, 8, 12))):
        return options(Kind.MODEL_CODE, said + found[0][-1], wrong=((Kind.MEASURE, said + "秒"),))
    yarn = Option(Kind.MEASURE, said + "支", 0.0 if textile else UNLIKELY)
    return [yarn, Option(Kind.MEASURE, said + "秒", -2.0 if textile else 0.0)]


def unit_quantity(found: re.Match[str]) -> list[Option] | None:
    """Read 500ml, 1.5kg, 25cm: the unit never stays in Latin letters."""
    unit = tables.unit(found["unit"])
    if (
        unit is None
        or _names_a_grade(found["num"], found["unit"], after(found, 3))
        or _is_cup(found)
        or _is_name(found)
    ):
        return None
    forms = with_unit(found["num"], unit)
    sign = "零下" if unit.kind is Kind.TEMPERATURE else "负"
    if found["sign"]:
        forms = [sign + form for form in forms]
    wrong = ((Kind.DIGITS, digits(found["num"].replace(".", "点")) + unit.spoken),)
    return options(unit.kind, *forms, wrong=wrong)


def _names_a_grade(num: str, unit: str, right: str) -> bool:
    """Say whether digits and one letter are a name: 5A级, 7840H."""
    if len(unit) != 1 or not (unit.isupper() or right.startswith(("不锈", "钢"))):
        return False
    return right.lstrip(" ").startswith(("级", "类", "景", "认证", "店", "不锈", "钢")) or (
        unit in "HA" and num.isdecimal() and len(num) >= 4
    )


def _is_name(found: re.Match[str]) -> bool:
    """Say whether 4A, beside no word of electricity, is the end of a name (电视4A)."""
    if found["unit"] != "A" or len(found["num"]) > 1:
        return False
    return tables.cue("current").search("|".join(clause(found, 12, 12))) is None


def _is_cup(found: re.Match[str]) -> bool:
    """Say whether 80A is the size of a bra."""
    cup = found["unit"].upper() in ("A", "C", "F") and found["num"] in {"65", "70", "75", "80", "85", "90", "95", "100"}
    return cup and tables.cue("cup").search("|".join(clause(found, 12, 8))) is not None


def feet(found: re.Match[str]) -> list[Option] | None:
    """Read 5'11" as 五英尺十一英寸."""
    inches = f"{number(found['inches'])}英寸" if found["inches"] else ""
    return options(Kind.MEASURE, f"{number(found['feet'])}英尺{inches}")


def roman(found: re.Match[str]) -> list[Option] | None:
    """Read III代, IV期: Roman numbers written in letters, before the word that counts them."""
    return options(Kind.CARDINAL, number(str(_ROMANS.index(found[0]))))


def letter_range(found: re.Match[str]) -> list[Option] | None:
    """Read S-XL as S到XL."""
    first, second = (re.sub(r"\d", lambda m: number(m[0]), found[side]) for side in ("first", "second"))
    return options(Kind.RANGE, f"{first}到{second}", f"{first}至{second}")


def metre_height(found: re.Match[str]) -> list[Option] | None:
    """Read 1m65, 1米65 as 一米六五."""
    return options(Kind.MEASURE, f"{number(found['whole'])}米{digits(found['part'] or found['tenth'])}")


def garment_size(found: re.Match[str]) -> list[Option] | None:
    """Read 2XL 二XL, 165/88A 一六五八八A."""
    written = found[0]
    if "XL" in written.upper() and "/" not in written:
        return options(Kind.SIZE, digits(found["num"]) + written[len(found["num"]) :])
    first, second, grade = found["first"], found["second"], found["grade"] or ""
    tail = (" " + grade.lstrip("/")) if grade.startswith("/") else grade.replace("/", " ")
    return options(
        Kind.SIZE,
        f"{digits(first)}{digits(second)}{tail}",
        f"{digits(first)}{cardinal(second)}{tail}",
        f"{cardinal(first)} {cardinal(second)}{tail}",
    )


def grade_plus(found: re.Match[str]) -> list[Option] | None:
    """Read PA+++ as PA三个加, SPF50+ as SPF五十加."""
    if found["pluses"] is not None:
        count = len(found["pluses"])
        said = "加" if count == 1 else f"{'两' if count == 2 else number(str(count))}个加"
        return options(Kind.PLUS, found["name"] + said, found["name"] + "加" * count)
    return options(Kind.PLUS, f"{found['name']}{number(found['num'])}{'加' if found['plus'] else ''}")


def brand(found: re.Match[str]) -> list[Option] | None:
    """Read a brand or grade from the table (88VIP, 7-11)."""
    row = brands().get(found[0].upper())
    if row is None or not _is_brand(found[0], row[0], before(found, 4), after(found, 4)):
        return None
    kind = Kind(row[2])
    count = re.sub(r"^\d+", lambda m: cardinal(m[0]), found[0])
    return options(kind, row[1], *(row[3].split(";") if len(row) > 3 else ()), wrong=((Kind.CARDINAL, count),))


def _is_brand(written: str, name: str, left: str, right: str) -> bool:
    """Say whether a number that is a brand (7-11, 3m, 361°) is one here, and no hours, length or angle."""
    if not written[0].isdecimal():
        return True
    if "-" in written and (measure_at(right) or right[:1] in tuple("点月号日折")):
        return False
    if written != name and tables.unit(written.lstrip("0123456789")):
        return tables.begins("maker_after", right)
    return not (written[-1] == "°" and left.endswith(("旋转", "转", "角度", "翻转")))


def brands() -> dict[str, tuple[str, ...]]:
    """Brand rows by their spelling in upper case."""
    return {row[0].upper(): row for row in tables.rows("brands.tsv")}
