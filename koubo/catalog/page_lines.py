"""Lines of text that were recognised on a picture, and the rows that they stand in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from koubo.catalog.facts import Box

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
