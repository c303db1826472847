"""What hosts said, as it comes: timed cues of a recognizer, plain scripts, lists of lines; into stretches of speech."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_FROM, _TO, _SAID = ("from", "start", "begin"), ("to", "end"), ("content", "text", "sentence")
_NOT_SPEECH = frozenset(
    {"source", "licence", "license", "title", "name", "id", "note", "language", "persona", "function"}
)
_CLOCK = r"(\d+):(\d\d):(\d\d)[,.](\d{1,3})"
_SRT = re.compile(rf"{_CLOCK}\s*-->\s*{_CLOCK}[^\n]*\n((?:(?!\n\n).)*)", re.S)


class TranscriptError(ValueError):
    """A file that holds no speech that can be read; says which and why."""


@dataclass(frozen=True, slots=True)
class Cue:
    """Words said from `start` to `end` (seconds)."""

    start: float
    end: float
    text: str


@dataclass(frozen=True, slots=True)
class Speech:
    """A stretch by one host: timed cues, or text as it was written. `place` says where in the file it stands.

    `function` and `persona` are what the file says of it, or None.
    """

    place: str
    cues: tuple[Cue, ...] = ()
    text: str = ""
    function: str | None = None
    persona: str | None = None


def read_transcript(name: str, content: str) -> list[Speech]:
    """The speech in a file (`name` decides how it is read): .json, .jsonl, .srt, .vtt, .txt.

    JSON may hold cues anywhere (`from`/`start`, `to`/`end`, `content`/`text`; seconds), objects with a `text`, and
    lists of lines whose key may name their function.

    Raises:
        TranscriptError: it is not JSON, or no speech is in it.
    """
    found = list(_speeches(name, content))
    if not found:
        raise TranscriptError("no speech: neither timed cues, nor objects with a text, nor lists of lines")
    return found


def _speeches(name: str, content: str) -> Iterator[Speech]:
    kind = name.rsplit(".", 1)[-1].casefold()
    if kind == "json":
        yield from _walk(_parsed(content), "", None)
    elif kind == "jsonl":
        for number, line in enumerate(content.splitlines(), start=1):
            if line.strip():
                yield from _walk(_parsed(line), f"row {number}", None)
    elif kind in ("srt", "vtt"):
        cues = tuple(_srt_cue(found) for found in _SRT.finditer(content.replace("\r\n", "\n") + "\n\n"))
        yield from (Speech("cues", cues=cues),) if cues else ()
    elif content.strip():
        paragraphs = (part.strip() for part in re.split(r"\n\s*\n", content))
        yield from (Speech(f"paragraph {n}", text=part) for n, part in enumerate(paragraphs, start=1) if part)


def _parsed(content: str) -> Any:
    try:
        return json.loads(content)
    except json.JSONDecodeError as error:
        raise TranscriptError(f"not JSON: {error}") from error


def _srt_cue(found: re.Match[str]) -> Cue:
    clock = [int(part) for part in found.groups()[:8]]
    start, end = (h * 3600 + m * 60 + s + ms / 1000 for h, m, s, ms in (clock[:4], clock[4:]))
    return Cue(start, end, " ".join(found[9].split()))


def _walk(value: Any, place: str, function: str | None) -> Iterator[Speech]:
    if isinstance(value, str):
        yield Speech(place, text=value.strip(), function=function) if value.strip() else Speech(place)
    elif isinstance(value, list):
        yield from _list(value, place, function)
    elif isinstance(value, Mapping):
        yield from _object(value, place)


def _list(values: list[Any], place: str, function: str | None) -> Iterator[Speech]:
    cues = [_cue(value) for value in values]
    if cues and all(cues):
        yield Speech(place or "cues", cues=tuple(cue for cue in cues if cue))
        return
    for number, value in enumerate(values):
        yield from _walk(value, f"{place}[{number}]", function)


def _object(value: Mapping[str, Any], place: str) -> Iterator[Speech]:
    said = next((value[key] for key in _SAID if isinstance(value.get(key), str)), None)
    if said is not None:
        name = str(value.get("title") or value.get("id") or place)
        told = {key: value[key] for key in ("function", "persona") if isinstance(value.get(key), str)}
        yield Speech(name, text=said.strip(), **told)
        return
    for key, inner in value.items():
        if key not in _NOT_SPEECH:
            yield from _walk(inner, f"{place}.{key}".strip("."), key)


def _cue(value: Any) -> Cue | None:
    if not isinstance(value, Mapping):
        return None
    start, end, said = (next((value[k] for k in keys if k in value), None) for keys in (_FROM, _TO, _SAID))
    if not (isinstance(start, int | float) and isinstance(end, int | float) and isinstance(said, str)):
        return None
    return Cue(float(start), float(end), said.strip())
