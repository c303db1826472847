"""Captions of what is said: the written form in short lines, broken where a reader would pause, and WebVTT of them.

A line holds at most 18 characters and a cue two lines, about what is asked of Chinese subtitles that are read while one
looks at a picture. A number is never broken, nor a slot's phrase that fits a line; a longer phrase breaks at its own
marks first. WebVTT: https://www.w3.org/TR/webvtt1/
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from itertools import accumulate, pairwise

from koubo.script.numerals import find_numbers

LINE = 18.0
"""Width of a line in Chinese characters; an ASCII character is half as wide."""
LINES = 2
_OPENING = "“‘「『（(《【"
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9.%+\-/*×°']*")
_PAUSE = {**dict.fromkeys("。！？!?…；;", 0.0), **dict.fromkeys("，,：:—”」", 1.0), **dict.fromkeys("、 ", 3.0)}
_PARTICLES = "的了着过吧呢吗啊呀嘛哦就也都把被"
_AFTER_PARTICLE, _BESIDE_SLOT, _ANYWHERE = 8.0, 4.0, 10.0
_IN_LONG_SLOT, _NEW_CUE, _CUE_IN_SLOT, _TOO_WIDE = 4.0, 3.0, 4.0, 100.0

Range = tuple[int, int]
Lines = tuple[Range, ...]


@dataclass(frozen=True, slots=True)
class CaptionCue:
    """One or two lines that are shown from ``start`` to ``end``, in seconds of the script."""

    start: float
    end: float
    lines: tuple[str, ...]


def width(text: str) -> float:
    """Return the width of a text in Chinese characters."""
    return sum(0.5 if character.isascii() else 1.0 for character in text)


def break_lines(text: str, readings: Sequence[Range], phrases: Sequence[Range]) -> tuple[Lines, ...]:
    """Break a sentence into cues of at most two lines, each a range of its characters; joined, they are the text.

    ``readings`` are stretches that are read as one (numbers), ``phrases`` those of slots. Of all ways to break, the one
    is taken that breaks at the weightiest marks, into the fewest cues, with lines of like length.
    """
    return _Breaking(text, tuple(readings), tuple(phrases)).cues()


@dataclass(frozen=True)
class _Breaking:
    """A text, and what it costs to break it at each place where that is allowed."""

    text: str
    readings: tuple[Range, ...]
    phrases: tuple[Range, ...]

    @cached_property
    def costs(self) -> dict[int, float]:
        """The cost of a break by its place; where there is none, the text is not broken. The end costs nothing.

        A stretch without marks is broken between its words only where it is longer than a line.
        """
        whole = {place for start, end in self._unbroken() for place in range(start + 1, end)}
        allowed = [place for place in range(1, len(self.text)) if place not in whole and self._between(place)]
        costs = {place: self._cost(place) for place in allowed}
        good = [0, *(place for place in allowed if costs[place] < _AFTER_PARTICLE), len(self.text)]
        long = [(start, end) for start, end in pairwise(good) if self.widths[end] - self.widths[start] > LINE]
        needed = {*good, *(place for start, end in long for place in range(start, end))}
        return {place: cost for place, cost in costs.items() if place in needed} | {len(self.text): 0.0}

    def _unbroken(self) -> Iterator[Range]:
        """Readings, numbers, Latin words, and phrases that fit a line."""
        yield from self.readings
        yield from ((number.start, number.end) for number in find_numbers(self.text))
        yield from (found.span() for found in _WORD.finditer(self.text))
        yield from (phrase for phrase in self.phrases if width(self.text[slice(*phrase)]) < LINE)

    def _between(self, place: int) -> bool:
        """A line begins with a word or an opening mark, and does not end in an opening one."""
        before, after = self.text[place - 1], self.text[place]
        return before not in _OPENING and (after.isalnum() or after in _OPENING)

    def _cost(self, place: int) -> float:
        before = self.text[place - 1]
        inside = _IN_LONG_SLOT if place in self.inside else 0.0
        if before in _PAUSE:
            return _PAUSE[before] + inside
        if any(place in phrase for phrase in self.phrases):
            return _BESIDE_SLOT
        if any(place == end for _, end in self.readings):  # 54 and 件 belong together
            return 2 * _ANYWHERE + inside
        return (_AFTER_PARTICLE if before in _PARTICLES else _ANYWHERE) + inside

    @cached_property
    def inside(self) -> frozenset[int]:
        """The places within slots' phrases."""
        return frozenset(place for start, end in self.phrases for place in range(start + 1, end))

    @cached_property
    def widths(self) -> list[float]:
        """The width of the text before each place."""
        return list(accumulate(map(width, self.text), initial=0.0))

    def cues(self) -> tuple[Lines, ...]:
        """Take the cheapest way: for each place, and lines already in its cue, the best way to break what follows."""
        places = [0, *sorted(self.costs)]
        best: dict[tuple[int, int], tuple[float, int]] = {(len(self.text), used): (0.0, -1) for used in range(LINES)}
        for at in reversed(range(len(places) - 1)):
            for used in range(LINES):
                best[places[at], used] = min(self._ways(places, at, used, best))
        return tuple(self._follow(best))

    def _ways(
        self, places: list[int], at: int, used: int, best: dict[tuple[int, int], tuple[float, int]]
    ) -> Iterator[tuple[float, int]]:
        """Yield each line that may begin at a place, as its cost with all that follows, and where it ends.

        The end is negative where a new cue follows.
        """
        for number in range(at + 1, len(places)):
            end = places[number]
            wide = self.widths[end] - self.widths[places[at]]
            if wide > LINE and number > at + 1:
                return
            cost = self.costs[end] + (_TOO_WIDE if wide > LINE else 2 * ((LINE - wide) / LINE) ** 2)
            if used + 1 < LINES:
                yield cost + best[end, used + 1][0], end
            new = _NEW_CUE + (_CUE_IN_SLOT if end in self.inside else 0.0)
            yield cost + (new if end < len(self.text) else 0.0) + best[end, 0][0], -end

    def _follow(self, best: dict[tuple[int, int], tuple[float, int]]) -> Iterator[Lines]:
        """Walk along the best way."""
        at = 0
        lines: list[Range] = []
        while at < len(self.text):
            end = best[at, len(lines)][1]
            lines.append((at, abs(end)))
            at = abs(end)
            if end < 0 or at == len(self.text):
                yield tuple(lines)
                lines = []


def webvtt(note: str, sentences: Iterable[Sequence[CaptionCue]]) -> str:
    """Write captions as WebVTT. ``note`` is a comment; a cue's id is its sentence and its place in it (3-1), from 1."""
    blocks = ["WEBVTT", "\n".join(["NOTE", *filter(str.strip, _text(note).splitlines())])]
    for sentence, cues in enumerate(sentences, 1):
        blocks += [_block(f"{sentence}-{number}", cue) for number, cue in enumerate(cues, 1)]
    return "\n\n".join(blocks) + "\n"


def _block(name: str, cue: CaptionCue) -> str:
    lines = (_text(re.sub(r"[\n\r\0\u2028\u2029]", " ", line)) for line in cue.lines)
    return "\n".join((name, f"{_clock(cue.start)} --> {_clock(cue.end)}", *lines))


def _text(text: str) -> str:
    """Escape what WebVTT would take for markup or for a cue's times."""
    return escape(text, quote=False)


def _clock(seconds: float) -> str:
    """Write a moment as HH:MM:SS.mmm."""
    minutes, milliseconds = divmod(round(seconds * 1000), 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{milliseconds // 1000:02d}.{milliseconds % 1000:03d}"
