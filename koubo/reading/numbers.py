"""Chinese number words, both directions.

Written numbers are strings of ASCII digits, never floats, so that no digit is ever rounded.
"""

from __future__ import annotations

DIGIT_WORDS = "零一二三四五六七八九"
_PLACES = ("", "十", "百", "千")
_GROUPS = ("", "万", "亿", "万亿")
_LONGEST = 16
_DIGIT_TABLE = {ord(str(i)): word for i, word in enumerate(DIGIT_WORDS)}
_YAO_TABLE = {**_DIGIT_TABLE, ord("1"): "幺"}
_VALUES = {word: i for i, word in enumerate(DIGIT_WORDS)} | {"两": 2, "〇": 0, "幺": 1}
_PLACE_VALUES = {"十": 10, "百": 100, "千": 1000}


def digits(written: str, yao: bool = False) -> str:
    """Read every digit by its name (``2023`` 二零二三); ``yao`` says 幺 for 1, as in phone numbers. The rest stays."""
    return written.translate(_YAO_TABLE if yao else _DIGIT_TABLE)


def cardinal(written: str, liang: bool = True) -> str:
    """Read an integer of ASCII digits as a quantity (``3000`` 三千).

    ``liang`` says 两 for a 2 that leads before 百, 千, 万 or 亿. Leading zeros are dropped. An integer of more than
    16 digits has no spoken quantity: it is read digit by digit.
    """
    written = written.lstrip("0") or "0"
    if len(written) > _LONGEST:
        return digits(written)
    if len(written) == 1:
        return DIGIT_WORDS[int(written)]
    words = _groups(written)
    if words.startswith("一十"):
        words = words[1:]
    if liang and words[0] == "二" and len(words) > 1 and words[1] in "百千万亿":
        words = "两" + words[1:]
    return words


def _groups(written: str) -> str:
    """Join the groups of four digits, with 零 where a group or its head is empty."""
    width = -len(written) % 4
    padded = "0" * width + written
    count = len(padded) // 4
    out: list[str] = []
    gap = False
    for index in range(count):
        group = padded[4 * index : 4 * index + 4]
        if group == "0000":
            gap = bool(out)
            continue
        if out and (gap or group[0] == "0"):
            out.append("零")
        out.append(_four(group) + _GROUPS[count - 1 - index])
        gap = False
    return _merge_wan_yi(out)


def _merge_wan_yi(parts: list[str]) -> str:
    """Say 一万两千亿, not 一万亿两千亿: 万亿 keeps its 亿 only when no 亿 group follows."""
    words = "".join(parts)
    if words.count("亿") == 2:
        words = words.replace("万亿", "万", 1)
    return words


def _four(group: str) -> str:
    """Read four digits, inner zeros once, no zero at either end."""
    out = ""
    zero = False
    for place, char in enumerate(group):
        if char == "0":
            zero = bool(out)
            continue
        out += ("零" if zero else "") + DIGIT_WORDS[int(char)] + _PLACES[3 - place]
        zero = False
    return out


def number(written: str, liang: bool = True) -> str:
    """Read a number with optional thousands separators, decimals and sign (``-1,299.50`` 负一千二百九十九点五零)."""
    written = written.replace(",", "")
    if written[:1] in "-−":
        return "负" + number(written[1:], liang)
    whole, point, fraction = written.partition(".")
    words = cardinal(whole, liang)
    return f"{words}点{digits(fraction)}" if point and fraction else words


def parse_cardinal(spoken: str) -> int:
    """Read number words back (两千三百五十 gives 2350). Raises ``ValueError`` on what is no whole number."""
    if not spoken:
        raise ValueError("no number words in an empty text")
    total, group, unit = 0, 0, 1
    pending: int | None = None
    for char in spoken:
        if char in _VALUES:
            pending = _VALUES[char]
        elif char in _PLACE_VALUES:
            group += (1 if pending is None else pending) * _PLACE_VALUES[char]
            pending = None
        elif char in ("万", "亿"):
            unit = 10**4 if char == "万" else 10**8
            total = (total + group + (pending or 0)) * unit if char == "亿" else total + (group + (pending or 0)) * unit
            group, pending = 0, None
        else:
            raise ValueError(f"not a number word: {char!r} in {spoken!r}")
    return total + group + (pending or 0)
