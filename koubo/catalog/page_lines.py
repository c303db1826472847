"""Lines of text that were recognised on a picture, and the rows that they stand in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from koubo.catalog.facts import Box

FULL = 12
"""A line with fewer characters does not run on."""
_COLON = re.compile(r"\S[:：]\S")
_STARTS = re.compile(r"^[·•●*◆■✓√①-⑳【（(注]|[:：]")
_ENDED = re.compile(r"[。！？；)）]$")
LEAST_SCORE = 0.5
"""Lines that were recognised with a lower score are left out."""


@dataclass(frozen=True, slots=True)
class PageLine:
    """A recognised line: its place among the picture's lines, words, box (pixels), and score (0 to 1)."""

    number: int
    text: str
    box: Box
    score: float

    @property
    def middle(self) -> float:
        """Mean height of the box's points, pixels from the top."""
        return sum(y for _, y in self.box) / len(self.box)

    @property
    def height(self) -> float:
        """Pixels from the highest to the lowest point."""
        return max(y for _, y in self.box) - min(y for _, y in self.box)

    @property
    def left(self) -> float:
        """Pixels of the leftmost point."""
        return min(x for x, _ in self.box)

    @property
    def right(self) -> float:
        """Pixels of the rightmost point."""
        return max(x for x, _ in self.box)

    @property
    def centre(self) -> float:
        """Mean x of the box's points, pixels from the left."""
        return sum(x for x, _ in self.box) / len(self.box)


Row = Sequence[PageLine]


def page_lines(raw: Sequence[Mapping[str, Any]]) -> list[PageLine]:
    """The lines of an OCR row (text, box of four points in pixels, score) that were read well enough."""
    lines = (_line(number, line) for number, line in enumerate(raw) if line["score"] >= LEAST_SCORE)
    return [line for line in lines if line.text and line.box]


def _line(number: int, raw: Mapping[str, Any]) -> PageLine:
    box = tuple((float(x), float(y)) for x, y in raw["box"])
    return PageLine(number, " ".join(raw["text"].split()), box, float(raw["score"]))


def rows_of(lines: Sequence[PageLine]) -> list[list[PageLine]]:
    """Lines side by side, those whose middles differ by less than half a line's height, from left to right."""
    rows: list[list[PageLine]] = []
    for line in sorted(lines, key=lambda line: line.middle):
        if rows and abs(rows[-1][0].middle - line.middle) < 0.5 * min(rows[-1][0].height, line.height):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda line: line.left) for row in rows]


def joined_run_ons(rows: Sequence[Row]) -> list[list[PageLine]]:
    """The rows, with the value of a `名称：值` line that runs on below it joined to it: half a value is a wrong one."""
    joined: list[list[PageLine]] = []
    last: PageLine | None = None
    for row in rows:
        if joined and last and len(row) == 1 and _runs_on(joined[-1], last, row[0]):
            joined[-1] = [_one(joined[-1][0], row[0])]
        else:
            joined.append([*row])
        last = row[-1]
    return joined


def _runs_on(row: Row, above: PageLine, line: PageLine) -> bool:
    """Whether a line goes on with the pair above it: full, of the same print, close below, and no label of its own."""
    near = abs(line.middle - above.middle) < 2.2 * above.height and abs(line.height - above.height) < 0.25 * line.height
    within = line.left - above.left > -above.height and above.right > line.right - above.height
    pair = len(row) == 1 and _COLON.search(row[0].text) and not _ENDED.search(row[0].text)
    return bool(pair) and near and within and len(above.text) >= FULL and not _STARTS.search(line.text)


def _one(first: PageLine, second: PageLine) -> PageLine:
    score = min(first.score, second.score)
    return PageLine(first.number, first.text + second.text, box_around([first, second]), score)


def box_around(lines: Row) -> Box:
    """The box of one line as it is, or the upright rectangle around several."""
    if len(lines) == 1:
        return lines[0].box
    xs = [x for line in lines for x, _ in line.box]
    ys = [y for line in lines for _, y in line.box]
    return ((min(xs), min(ys)), (max(xs), min(ys)), (max(xs), max(ys)), (min(xs), max(ys)))


def quote_of(lines: Row) -> str:
    """The words as they stand there, a space between pieces."""
    return " ".join(line.text for line in lines)
