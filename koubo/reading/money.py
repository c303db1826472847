"""Prices, discounts and deals."""

from __future__ import annotations

import re

from koubo.reading import tables
from koubo.reading.kinds import Kind
from koubo.reading.numbers import DIGIT_WORDS, cardinal, digits, number
from koubo.reading.quantity import measure_at, say
from koubo.reading.rule import after, before, options
from koubo.reading.spans import Option

_PRICE_SHAPE = re.compile(r"\d{0,2}9\.9[09]?")
_READING = re.compile(r"[为约率数温率分重长宽高深度是]$|[A-Za-z(（]$")


def yuan_forms(written: str, unit: str = "元") -> list[str]:
    """Return the ways to say an amount of yuan, best first: whole amounts with 元, others by 块 (九块九)."""
    whole, _, cents = written.replace(",", "").partition(".")
    cents = cents.rstrip("0")
    long = number(written)
    if not cents:
        said = "两" if whole == "2" else cardinal(whole)
        plain = cardinal(whole, liang=False)
        forms = [said + unit] if "." not in written else [said + unit, long + unit]
        return list(dict.fromkeys([*forms, said + "块", said + "块钱", plain + "元", plain + "块"]))
    if len(cents) > 2 or len(whole) > 6:
        return [long + unit, long + "块"]
    if whole.strip("0") == "":
        return [*_small(cents), number(written) + unit]
    return _with_cents("两" if whole == "2" else cardinal(whole), cents, long)


def _small(cents: str) -> list[str]:
    """Say an amount below one yuan: 五毛, 九毛九, 一分钱."""
    if len(cents) == 1:
        return [DIGIT_WORDS[int(cents)] + "毛", DIGIT_WORDS[int(cents)] + "毛钱", DIGIT_WORDS[int(cents)] + "角"]
    if cents[0] == "0":
        return [DIGIT_WORDS[int(cents[1])] + "分钱", DIGIT_WORDS[int(cents[1])] + "分"]
    return [DIGIT_WORDS[int(cents[0])] + "毛" + DIGIT_WORDS[int(cents[1])]]


def _with_cents(whole: str, cents: str, long: str) -> list[str]:
    """Say 九块九, 九块九毛五, 九块零五分."""
    first = DIGIT_WORDS[int(cents[0])]
    if len(cents) == 1:
        return [f"{whole}块{first}", f"{long}元", f"{long}块", f"{whole}元{first}角", f"{whole}块{first}毛"]
    second = DIGIT_WORDS[int(cents[1])]
    if cents[0] == "0":
        return [f"{whole}块零{second}分", f"{long}元", f"{long}块", f"{whole}元零{second}分"]
    return [
        f"{whole}块{first}毛{second}",
        f"{long}元",
        f"{long}块",
        f"{whole}块{first}{second}",
        f"{whole}元{first}角{second}分",
    ]


def marked_price(found: re.Match[str]) -> list[Option] | None:
    """Read ¥199, $9.99, RMB 50, with 万 or 亿 where written."""
    unit, also = tables.currencies()[found["mark"].upper()]
    written, scale = found["num"], found["scale"] or ""
    if scale:
        return options(Kind.PRICE, number(written) + scale + unit, *(number(written) + scale + other for other in also))
    forms = yuan_forms(written) if unit == "元" else [number(written) + word for word in (unit, *also)]
    return options(
        Kind.PRICE,
        *forms,
        wrong=((Kind.DIGITS, digits(written.replace(".", "点")) + unit), (Kind.CARDINAL, number(written))),
    )


def unit_price(found: re.Match[str]) -> list[Option] | None:
    """Read 199元, 9.9块, 9.9 元: the unit belongs to the span, because 九块九 moves it."""
    written, unit = found["num"], found["unit"]
    if "." in written and _is_plain_prose(found):
        return options(Kind.PRICE, number(written) + unit, *yuan_forms(written))
    forms = yuan_forms(written, "块" if unit.startswith("块") else "元")
    if unit == "块钱" and "." not in written:
        forms.insert(0, forms[0].replace("块", "块钱"))
    return options(
        Kind.PRICE,
        *forms,
        wrong=((Kind.DIGITS, digits(written.replace(".", "点")) + unit), (Kind.CARDINAL, number(written))),
    )


def _is_plain_prose(found: re.Match[str]) -> bool:
    """Say whether an amount stands in written prose (余额为63.89元), where hosts and readers keep the decimal point."""
    return len(found["num"].partition(".")[0].replace(",", "")) > 5


def price_range(found: re.Match[str]) -> list[Option] | None:
    """Read ¥199-299, 3~5元, 9.9-19.9元: whole amounts share the last unit, amounts with cents are each said in full."""
    first, second = found["first"], found["second"]
    unit = found["unit"] or "元"
    cents = "." in first or "." in second
    head = yuan_forms(first, unit)[0] if "." in first else say(first, unit)
    tail = yuan_forms(second, unit)[0]
    if cents and "." not in first:
        head += unit
    plain = f"{number(first)}到{number(second)}{unit}"
    return options(Kind.RANGE, f"{head}到{tail}", plain, f"{number(first, False)}到{number(second, False)}{unit}")


def scaled_price(found: re.Match[str]) -> list[Option] | None:
    """Read 1.2万 as a price (一万二); elsewhere it is a decimal (一点二万)."""
    written = found["num"]
    whole, _, part = written.partition(".")
    long = number(written) + found["scale"]
    if len(part) != 1 or part == "0" or len(whole) > 2 or whole[-1] == "0":
        return options(Kind.CARDINAL, long)
    short = cardinal(whole) + found["scale"] + DIGIT_WORDS[int(part)]
    short = "两" + short[1:] if whole == "2" else short
    if found["unit"]:
        return options(Kind.PRICE, long + found["unit"], short)
    if (
        tables.cue("price_before").search(before(found, 6)) or tables.begins("sale_after", after(found, 4))
    ) and not tables.measures().get(after(found, 1)):
        return options(Kind.PRICE, short, long)
    return options(Kind.CARDINAL, long, short)


def bare_price(found: re.Match[str]) -> list[Option] | None:
    """Read a decimal without a unit as a price where the words around it sell something (9.9 抢一袋)."""
    written = found["num"]
    cents = written.partition(".")[2]
    left, right = before(found, 6), after(found, 6)
    sized = len(written) == 3 and right.startswith(("的", "床"))
    if cents == "0" and not tables.begins("sale_after", right) and not re.search(r"[价要卖元¥]$", left):
        return None
    if measure_at(right) or sized or tables.cue("scored_before").search(left):
        return None
    sold = (
        tables.begins("sale_after", right)
        or tables.cue("price_before").search(left[-4:])
        or (_PRICE_SHAPE.fullmatch(written) and not _READING.search(left))
    )
    if len(cents) > 2 or not sold:
        return None
    forms = yuan_forms(written)
    return options(Kind.PRICE, *forms, number(written), wrong=((Kind.DECIMAL, number(written)),))


def masked_price(found: re.Match[str]) -> list[Option] | None:
    """Read 1**元 as 一百多元, 1X9元 digit by digit: a price that is hidden must not sound like a whole one."""
    first, stars, rest, unit = found["first"], found["stars"], found["rest"], found["unit"] or ""
    if not unit and not found["mark"] and (stars[0] != "*" or not tables.cue("price_before").search(before(found, 6))):
        return None
    unit = unit or "元" * bool(found["mark"])
    if not rest and len(stars) <= 3:
        head = "两" if first == "2" and len(stars) > 1 else number(first)
        return options(Kind.PRICE, f"{head}{'十百千'[len(stars) - 1]}多{unit}")
    return options(Kind.PRICE, digits(first) + "几" * len(stars) + digits(rest) + unit)


def spoken_price(found: re.Match[str]) -> list[Option] | None:
    """Read 12块5 十二块五, 3块50 三块五."""
    part = found["part"].rstrip("0")
    whole = "两" if found["whole"] == "2" else cardinal(found["whole"])
    return options(Kind.PRICE, f"{whole}块{digits(part)}") if part else None


def spaced_price(found: re.Match[str]) -> list[Option] | None:
    """Read 9 9包邮, a price whose point was lost, as 九块九."""
    whole, part = found["whole"], found["part"]
    long = f"{cardinal(whole)}点{digits(part)}"
    return options(Kind.PRICE, f"{cardinal(whole)}块{digits(part)}", long + "元", long, digits(whole + part))


def discount(found: re.Match[str]) -> list[Option] | None:
    """Read 8.5折, 85折 八五折, 8折 八折; a discount has tenths, so its digits are said one by one."""
    written = found["num"]
    tenths, _, rest = written.partition(".")
    if len(tenths) > 2 or len(rest) > 1:
        return None
    gap = found["gap"]
    if tenths == "10" or (len(tenths) == 2 and rest):
        return options(Kind.DISCOUNT, f"{number(written)}{gap}折")
    said = digits(tenths + rest.strip("0"))
    wrong = ((Kind.CARDINAL, number(written) + "折"),) if not rest and len(tenths) == 2 else ()
    return options(Kind.DISCOUNT, f"{said}{gap}折", f"{number(written)}{gap}折" if rest else "", wrong=wrong)


def threshold(found: re.Match[str]) -> list[Option] | None:
    """Read the numbers of 满200-15 with 减 for the mark; the words around the span stay."""
    first, second = found["first"], found["second"]
    said = f"{number(first)}减{number(second)}"
    plain = f"{number(first, liang=False)}减{number(second, liang=False)}"
    wrong = ((Kind.RANGE, f"{number(first)}到{number(second)}"), (Kind.DIGITS, f"{digits(first)}减{digits(second)}"))
    return options(Kind.THRESHOLD, said, plain, wrong=wrong)
