"""Whole sentences from the lines of a page: print that runs on over several lines is joined, split at full stops."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_STOP = re.compile(r"(?<=[。！？!?])")
_ENDED = re.compile(r"[。！？!?；;：:]$")
_NEW = re.compile(r"^[·•●*◆■✓√①-⑳【\d]|^\S{1,8}[:：]")
_GOES_ON = re.compile(r"[，、,]$")
_HANZI = re.compile(r"[\u4e00-\u9fff]")
RUNS_ON = 9
"""A line with fewer Chinese characters does not run on, but after a comma: it is a label or a heading."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words as they stand on the page, and the height of their print in pixels."""

    text: str
    height: float


def sentences(lines: Sequence[Mapping[str, Any]]) -> list[Sentence]:
    """The sentences of a page in reading order.

    Args:
        lines: of an OCR row, each with text, box (four points in pixels) and height.
    """
    found: dict[str, Sentence] = {}
    for run in _runs(lines):
        text = "".join(line["text"].strip() for line in run)
        for part in filter(None, (part.strip() for part in _STOP.split(text))):
            found.setdefault(part, Sentence(part, run[0]["height"]))
    return [*found.values()]


def _runs(lines: Sequence[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    run: list[Mapping[str, Any]] = []
    for line in lines:
        if run and not _runs_on(run[-1], line):
            yield run
            run = []
        run.append(line)
    if run:
        yield run


def _runs_on(line: Mapping[str, Any], following: Mapping[str, Any]) -> bool:
    """Whether the text of a line goes on in the one that follows: below it, of its size, and it is not at an end."""
    size, other = line["height"], following["height"]
    short = len(_HANZI.findall(line["text"])) < RUNS_ON and not _GOES_ON.search(line["text"])
    if short or _ENDED.search(line["text"]) or _NEW.match(following["text"]):
        return False
    (left, right, bottom), (next_left, next_right, _) = _edges(line), _edges(following)
    gap = min(y for _, y in following["box"]) - bottom
    beside = abs(left - next_left) < 2.5 * size or abs(left + right - next_left - next_right) < 2 * size
    return abs(size - other) < 0.25 * max(size, other) and -0.5 * size < gap < size and beside


def _edges(line: Mapping[str, Any]) -> tuple[float, float, float]:
    """Left, right and bottom of a line's box."""
    xs, ys = [x for x, _ in line["box"]], [y for _, y in line["box"]]
    return min(xs), max(xs), max(ys)
