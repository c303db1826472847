"""What one cell of a table may look like before it is a typed value: text, lists, attributes, options, moments."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Annotated, Any

from pydantic import BeforeValidator

SHOP_ZONE = timezone(timedelta(hours=8), "UTC+08:00")
"""Zone of moments that a table writes without one: China's."""
_LIST_MARKS = re.compile(r"[,，;；|、\n]+")
_PATH_MARKS = re.compile(r"\s*(?:/|>|›|»|,|，|\|)\s*")
_PAIR_MARKS = re.compile(r"[;；|\n]+")
_INVISIBLE = re.compile("[\u200b\ufeff]")
_EPOCH = re.compile(r"[0-9]{10}(?:[0-9]{3})?")
_CELL_WHITE = re.compile(r"[^\S\n]+")
_UNTIDY = re.compile(r"[^\S ]|  |^ | $|[\u200b\ufeff]")


def text(value: object) -> object:
    """Text without outer, repeated or invisible white space; numbers as they print; other values as they are."""
    if isinstance(value, str):
        if not _UNTIDY.search(value):
            return value
        lines = (_CELL_WHITE.sub(" ", line).strip() for line in _INVISIBLE.sub("", value).split("\n"))
        return "\n".join(line for line in lines if line)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # a spreadsheet keeps the article number 1001 as 1001.0
    return value if value is None or isinstance(value, bool | Mapping | list | tuple) else str(value)


def optional_text(value: object) -> object:
    """Like `text`, with None for an empty cell."""
    found = text(value)
    return None if found == "" else found


def plain_text(value: object) -> object:
    """Like `text`, with "" for a missing cell."""
    return "" if value is None else text(value)


def from_json(value: object) -> object:
    """The value of a cell that holds a JSON list or object; any other cell as it is."""
    if isinstance(value, str) and value.strip()[:1] in ("[", "{"):
        try:
            return json.loads(value)
        except json.JSONDecodeError:
            return value
    return value


def text_list(value: object) -> object:
    """A list of texts from a list, a JSON list, or one cell of texts with commas or the like between them."""
    found = from_json(value)
    if found is None:
        return ()
    parts = _LIST_MARKS.split(found) if isinstance(found, str) else found
    return _texts(parts)


def optional_list(value: object) -> object:
    """Like `text_list`, with None for a missing or empty cell."""
    return None if value is None or value == "" else text_list(value)


def path(value: object) -> object:
    """A category path from a list or a cell such as `居家/床品件套` or `居家 > 床品件套`."""
    found = from_json(value)
    if found is None:
        return ()
    return _texts(_PATH_MARKS.split(found) if isinstance(found, str) else found)


def _texts(parts: object) -> object:
    if not isinstance(parts, list | tuple):
        return parts
    return tuple(t for t in (text(part) for part in parts) if t not in ("", None))


def attributes(value: object) -> object:
    """{name: value} from a mapping, a JSON object, a list of {name, value}, or a cell `材质:棉;产地:中国`."""
    found = from_json(value)
    if found is None or found == "":
        return {}
    if isinstance(found, str):
        found = dict(_pair(part) for part in _PAIR_MARKS.split(found) if part.strip())
    if isinstance(found, list):
        found = dict(_named(pair) for pair in found)
    if not isinstance(found, Mapping):
        return found
    return {str(text(k)): _joined(v) for k, v in found.items() if v not in (None, "", [])}


def _pair(part: str) -> tuple[str, str]:
    name, mark, value = part.replace("：", ":").partition(":")
    if not mark:
        raise ValueError(f"{part!r} is no attribute; write 名称:值;名称:值")
    return name, value


def _named(pair: object) -> tuple[object, object]:
    if not isinstance(pair, Mapping) or not {"name", "value"} <= pair.keys():
        raise ValueError(f"{pair!r} is no attribute; write {{name: ..., value: ...}}")
    return pair["name"], pair["value"]


def _joined(value: object) -> object:
    return "/".join(str(v) for v in value) if isinstance(value, list | tuple) else text(value)


def options(value: object) -> object:
    """What a buyer chooses: {name: value}. A list has no names, so its values are named 规格 (规格1, 规格2, ...)."""
    found = from_json(value)
    if found is None or found == "":
        return {}
    if isinstance(found, str):
        found = [found] if ":" not in found and "：" not in found else attributes(found)
    if isinstance(found, list | tuple):
        names = ["规格"] if len(found) == 1 else [f"规格{n}" for n in range(1, len(found) + 1)]
        found = dict(zip(names, found, strict=True))
    return attributes(found)


def moment(value: object) -> object:
    """A zoned moment from text (ISO, `2026-11-11 00:00:00`), a datetime, or seconds or milliseconds since 1970.

    Ten digits are seconds, thirteen are milliseconds (2001 to 2286 both), as a number or as text. Other numbers are
    refused: 20261111200000 is a date to people and the year 2612 to a computer. Without a zone the moment is China's.

    Raises:
        ValueError: text or a number that is no date and time.
    """
    if value is None or value == "":
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _since_1970(value)
    if isinstance(value, str):
        return _in_words(value.strip())
    return _zoned(value)


def _since_1970(number: float) -> datetime:
    for unit in (1, 1000):
        if 10**9 * unit <= number < 10**10 * unit:
            return datetime.fromtimestamp(number / unit, UTC)
    raise ValueError(
        "no moment; write 2026-11-11T20:00:00+08:00, or seconds (10 digits) or milliseconds (13) since 1970"
    )


def _in_words(written: str) -> object:
    if _EPOCH.fullmatch(written):
        return _since_1970(int(written))
    try:
        return _zoned(datetime.fromisoformat(written.replace("/", "-")))
    except ValueError as error:
        raise ValueError("no date and time; write 2026-11-11 20:00:00 or 2026-11-11T20:00:00+08:00") from error


def _zoned(value: object) -> object:
    return value.replace(tzinfo=SHOP_ZONE) if isinstance(value, datetime) and value.tzinfo is None else value


def blank_is_none(value: Any) -> Any:
    """None for an empty cell, any other value as it is."""
    return None if isinstance(value, str) and not value.strip() else value


Text = Annotated[str, BeforeValidator(text)]
PlainText = Annotated[str, BeforeValidator(plain_text)]
OptionalText = Annotated[str | None, BeforeValidator(optional_text)]
TextList = Annotated[tuple[str, ...], BeforeValidator(text_list)]
OptionalList = Annotated[tuple[str, ...] | None, BeforeValidator(optional_list)]
PathList = Annotated[tuple[str, ...], BeforeValidator(path)]
Attributes = Annotated[dict[str, str], BeforeValidator(attributes)]
Options = Annotated[dict[str, str], BeforeValidator(options)]
Moment = Annotated[datetime | None, BeforeValidator(moment)]
