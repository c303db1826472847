"""Reads WebVTT as its standard says, apart from the code under test; raises where a player would stop."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

_TIMES = re.compile(r"(\d{2,}):([0-5]\d):([0-5]\d\.\d{3}) --> (\d{2,}):([0-5]\d):([0-5]\d\.\d{3})")


@dataclass(frozen=True)
class Cue:
    """One cue: its id, times in seconds, and lines with character references resolved."""

    name: str
    start: float
    end: float
    lines: tuple[str, ...]


def parse(text: str) -> tuple[list[str], list[Cue]]:
    """Return the comments and the cues of a file."""
    head, *blocks = text.removesuffix("\n").split("\n\n")
    assert head == "WEBVTT"
    notes = [block for block in blocks if block.startswith("NOTE")]
    assert all("-->" not in note for note in notes)
    return notes, [_cue(block) for block in blocks if block not in notes]


def _cue(block: str) -> Cue:
    name, times, *lines = block.split("\n")
    assert "-->" not in name
    found = _TIMES.fullmatch(times)
    assert found, times
    assert lines and all(lines), block
    assert not any("<" in line or "-->" in line for line in lines), block
    assert not any(re.search("&(?!amp;|lt;|gt;)", line) for line in lines), block
    hours, minutes, seconds, *end = map(float, found.groups())
    start_at, end_at = hours * 3600 + minutes * 60 + seconds, end[0] * 3600 + end[1] * 60 + end[2]
    return Cue(name, start_at, end_at, tuple(map(unescape, lines)))
