"""Dates, times, years, sale days and phone numbers."""

from __future__ import annotations

import re

from koubo.reading import tables
from koubo.reading.kinds import Kind
from koubo.reading.numbers import cardinal, digits, number
from koubo.reading.quantity import say
from koubo.reading.rule import after, before, options
from koubo.reading.spans import Option


def full_date(found: re.Match[str]) -> list[Option] | None:
    """Read 2022-03-15, 2022/3/15, 2022.3.15."""
    year, month, day = found["year"], int(found["month"]), int(found["day"])
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    return options(Kind.DATE, f"{digits(year)}年{cardinal(str(month))}月{cardinal(str(day))}日")


def year(found: re.Match[str]) -> list[Option] | None:
    """Read the number of 2023年, 08年, 98年: by digits where it names a year, as a quantity where it counts."""
    written = found["num"]
    right = after(found, 6)[1:]
    named = _names_year(written, before(found, 6), right)
    spelled = Option(Kind.YEAR, digits(written), 0.0 if named else -3.0)
    counted = Option(Kind.CARDINAL, say(written, "年"), -3.0 if named else 0.0)
    return [spelled, counted]


def _names_year(written: str, left: str, right: str) -> bool:
    """Say whether a number before 年 is the name of a year."""
    if written[0] == "0":
        return True
    if (len(written) >= 3 and left[-1:] == "前") or left[-2:] == "公元":
        return True
    if len(written) == 4:
        return (
            written[1:] != "000"
            or written == "2000"
            or not (tables.cue("about_years_before").search(left) or right.startswith(tuple("的历前来多后间之")))
        )
    if len(written) == 3:
        counted = tables.cue("about_years_before").search(left) or right.startswith(tuple("的历前来多后间之"))
        return not counted and (written[1:] != "00" or left.endswith(tuple("从自至到于在")))
    if len(written) == 2:
        if re.match(r"[新老旧]?款|[春夏秋冬初底末]|\d{1,2}月|生?产|的?[新老旧]款", right):
            return written <= "35"
        return written[0] in "789" and not tables.cue("about_years_before").search(left) and right[:1] not in "代"
    return False


def month_day(found: re.Match[str]) -> list[Option] | None:
    """Read 7.21早上, a date written with a point, as 七月二十一日."""
    month, day = int(found["month"]), int(found["day"])
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    said = f"{cardinal(str(month))}月{cardinal(str(day))}日"
    plain = "" if "/" in found[0] else number(found[0])
    return options(Kind.DATE, said, plain, f"{cardinal(str(month))}月{cardinal(str(day))}号")


def day_range(found: re.Match[str]) -> list[Option] | None:
    """Read 3/21-3/23, 6.1-6.18活动 as two days."""
    days = [int(found[name]) for name in ("month", "day", "month2", "day2")]
    if not (1 <= days[0] <= days[2] <= 12 and all(1 <= day <= 31 for day in days[1::2])) or days[:2] >= days[2:]:
        return None
    words = [cardinal(str(value), liang=False) for value in days]
    first, last = f"{words[0]}月{words[1]}日", f"{words[2]}月{words[3]}日"
    return options(Kind.DATE, f"{first}到{last}", f"{first}至{last}", f"{first}到{last}".replace("日", "号"))


def masked_phone(found: re.Match[str]) -> list[Option] | None:
    """Read 138****5566: digits by name, the stars silent."""
    said = re.sub(r"[*xX]+", " ", found[0])
    return options(Kind.PHONE, digits(said), digits(said, yao=True))


def cohort(found: re.Match[str]) -> list[Option] | None:
    """Read the decade of 90后, 00后 digit by digit."""
    return options(Kind.YEAR, digits(found[0]), wrong=((Kind.CARDINAL, cardinal(found[0])),))


def day_of_month(found: re.Match[str]) -> list[Option] | None:
    """Read 11/12日, 02-26日 as a month and a day; the word after the day stays."""
    month, day = int(found["month"] or found["month0"]), int(found["day"] or found["day0"])
    if not 1 <= month <= 12 or not 1 <= day <= 31:
        return None
    return options(Kind.DATE, f"{cardinal(str(month))}月{cardinal(str(day))}")


def doubled_day(found: re.Match[str]) -> list[Option] | None:
    """Read the number of 双11 as a quantity."""
    return options(Kind.SALE_DAY, cardinal(found[0]), wrong=((Kind.DIGITS, digits(found[0])),))


def run_in_year(found: re.Match[str]) -> list[Option] | None:
    """Read 1301949年, a note number run into a year, as the number and the year."""
    note = found["note"]
    said = digits(note) if len(note) == 4 else cardinal(note, liang=False)
    return options(Kind.YEAR, f"{said} {digits(found['year'])}", digits(found[0]))


def paired_years(found: re.Match[str]) -> list[Option] | None:
    """Read 2014/2015 before 年度 or a season, and the first year of 2002至2015年."""
    second = found["second"]
    said = digits(found["first"]) + (f"至{digits(second)}" if second else "")
    return options(Kind.YEAR, said, wrong=((Kind.CARDINAL, cardinal(found["first"])),))


def clock(found: re.Match[str]) -> list[Option] | None:
    """Read 20:30 二十点三十分, 9:05:30, unless the words around it make it a score or a ratio."""
    hour, minute, second = found["hour"], found["minute"], found["second"]
    left, right = before(found), after(found)
    as_ratio = options(Kind.RATIO, "比".join(number(p, liang=False) for p in found[0].split(":")))
    if (
        tables.cue("ratio").search(left[-4:] + "|" + right[:4])
        or int(hour) > 24
        or int(minute) > 59
        or tables.cue("score").search(left[-5:] + "|" + right[:4])
    ):
        return as_ratio
    said = f"{_hour(hour)}点{_minute(minute)}"
    if second:
        said += f"{cardinal(second.lstrip('0') or '0')}秒"
    short = said[:-1] if said.endswith("分") and not second else ""
    if right[:1] == "分" and said.endswith("分"):
        said, short = said[:-1], ""
    wrong = ((Kind.RATIO, as_ratio[0].spoken),)
    return options(Kind.TIME, said, short, wrong=wrong)


def _hour(written: str) -> str:
    """Read an hour; two o'clock is 两点."""
    return "两" if int(written) == 2 else cardinal(written)


def _minute(written: str) -> str:
    """Read minutes: nothing on the hour, 零 before one digit."""
    if int(written) == 0:
        return ""
    return ("零" if written[0] == "0" else "") + cardinal(written) + "分"


def phone(found: re.Match[str]) -> list[Option] | None:
    """Read a telephone number digit by digit; 幺 for 1 is as good."""
    said = re.sub(r"[-\s]", " ", found[0].lstrip("+"))
    return options(
        Kind.PHONE,
        digits(said),
        digits(said, yao=True),
        wrong=((Kind.CARDINAL, cardinal(re.sub(r"\D", "", found[0]))),),
    )


def sale_day(found: re.Match[str]) -> list[Option] | None:
    """Read 618, 双11, 11.11 by their names where they are the sale."""
    row = _sale_days().get(found[0])
    if row is None:
        return None
    if (row[2] == "near" and not _near_sale(found)) or (row[2] == "named" and not _names_day(found)):
        return None
    also = row[3].split(";") if len(row) > 3 else []
    plain = number(found[0]) if found[0].replace(".", "").isdecimal() else ""
    return options(Kind.SALE_DAY, row[1], *also, wrong=((Kind.CARDINAL, plain),))


def _sale_days() -> dict[str, tuple[str, ...]]:
    """Sale days by what is written."""
    return {row[0]: row for row in tables.rows("sale_days.tsv")}


def _names_day(found: re.Match[str]) -> bool:
    """Say whether the word after the match makes it a day (818发烧节, 88会员日)."""
    return (
        re.match(r"\s?(?:[\u4e00-\u9fff]{0,3}节(?![省能约水电日假])|会员日|女神|品牌日)", after(found, 6)) is not None
    )


def _near_sale(found: re.Match[str]) -> bool:
    """Say whether a sale word stands beside the match."""
    if _names_day(found):
        return True
    right, left = after(found, 4).lstrip(" "), before(found, 3)
    known = tables.words("sale_words.txt")
    return any(right.startswith(word) for word in known) or tables.cue("sale_before").search(left) is not None
