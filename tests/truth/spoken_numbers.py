"""Number words read back, apart from the code that makes them: 五十九块九, 一百二十八, 八五折, 二十点零五分."""

from __future__ import annotations

import re
from decimal import Decimal

DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
PLACES = {"十": 10, "百": 100, "千": 1_000}
GROUPS = {"万": 10_000, "亿": 100_000_000}
RUN = f"[{''.join([*DIGITS, *PLACES, *GROUPS])}]+"
DIGIT = f"[{''.join(DIGITS)}]"
SPOKEN_MONEY = (
    f"{RUN}[块元]零{DIGIT}分|{RUN}[块元]{DIGIT}毛{DIGIT}|{RUN}[块元]{DIGIT}(?:毛|角)?|{RUN}点{DIGIT}+[块元]|{RUN}[块元]"
    f"|{DIGIT}毛{DIGIT}?|{DIGIT}分钱"
)
"""An amount of yuan as a host says it."""
SPOKEN_DISCOUNT = f"{DIGIT}(?:点{DIGIT}+|{DIGIT})?折"


class NoNumber(ValueError):
    """Words that are no number, or are none that a host would say so."""


def whole(words: str) -> int:
    """A whole number: 一百二十八, 两千零五, 一万. Raises NoNumber for what nobody says (一百百, 五三)."""
    for word, size in sorted(GROUPS.items(), key=lambda group: -group[1]):
        if word in words:
            high, _, low = words.rpartition(word)
            rest = below(low, size) if low else 0
            return whole(high) * size + rest
    return _below_ten_thousand(words)


def below(words: str, size: int) -> int:
    """The rest after a group: smaller than the group, with 零 where its first place is empty."""
    number = whole(words.lstrip("零"))
    if number >= size or (number < size // 10 and not words.startswith("零")):
        raise NoNumber(words)
    return number


def _below_ten_thousand(words: str) -> int:
    total, last, digit = 0, 10_000, None
    for word in words:
        if word in PLACES:
            if PLACES[word] >= last or (digit is None and not (word == "十" and total == 0)):
                raise NoNumber(words)
            last, total, digit = PLACES[word], total + PLACES[word] * (1 if digit is None else digit), None
        elif digit not in (None, 0):
            raise NoNumber(words)
        else:
            digit = DIGITS[word]
    if digit is None and not words:
        raise NoNumber("no words")
    if digit and last > 10 and total and "零" not in words[-2:]:
        raise NoNumber(f"{words}: is it {total + digit} or more?")
    return total + (digit or 0)


def one_by_one(words: str) -> str:
    """Digits said one by one, as they would be written: 三零四 is 304."""
    return "".join(str(DIGITS[word]) for word in words)


def amount(words: str) -> Decimal:
    """An amount in yuan: 五十九块九, 九块九毛五, 十块零五分, 九毛, 五分钱, 一百万点五元."""
    if small := re.fullmatch(f"({DIGIT})毛({DIGIT})?", words):
        return Decimal(DIGITS[small[1]] * 10 + DIGITS.get(small[2] or "", 0)) / 100
    if fen := re.fullmatch(f"({DIGIT})分钱", words):
        return Decimal(DIGITS[fen[1]]) / 100
    found = re.fullmatch(f"({RUN})(?:点({DIGIT}+))?[块元](.*)", words)
    if found is None:
        raise NoNumber(words)
    yuan = Decimal(whole(found[1]))
    return yuan + (Decimal("0." + one_by_one(found[2])) if found[2] else _cents(found[3]))


def _cents(words: str) -> Decimal:
    """What follows 块: nothing, 九, 九毛, 九毛五, 零五分."""
    if not words:
        return Decimal(0)
    if fen := re.fullmatch(f"零({DIGIT})分", words):
        return Decimal(DIGITS[fen[1]]) / 100
    found = re.fullmatch(f"({DIGIT})(?:[毛角]({DIGIT})?)?", words)
    if found is None:
        raise NoNumber(words)
    return Decimal(DIGITS[found[1]] * 10 + DIGITS.get(found[2] or "", 0)) / 100


def percent(words: str) -> Decimal:
    """A discount as percent of the price: 八折 80, 八五折 85, 六点五五折 65.5."""
    tenths, point, rest = words.removesuffix("折").partition("点")
    if point:
        return (whole(tenths) + Decimal("0." + one_by_one(rest))) * 10
    return Decimal(one_by_one(tenths.ljust(2, "零")))
