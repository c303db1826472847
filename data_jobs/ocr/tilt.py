"""Tilted pages: boxes of a photographed label or a slanted poster, laid level so that its rows can be told apart.

On a page tilted by 3 degrees the end of a line stands as high as the beginning of the one above it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate

from data_jobs.ocr.text_line import Bounds, Point, TextLine

LEAST = 1.5
"""Degrees below which a page counts as level: boxes of short lines are no more exact than that."""
APART = 2.0
"""Degrees up to which a line goes along with the page's tilt."""
LONG = 3.0
"""A line tells its angle where it is at least this many times as long as tall."""


def level_bounds(lines: Sequence[TextLine]) -> list[Bounds]:
    """Upright rectangles (left, top, right, bottom, in pixels) around the lines after the page's tilt is taken out."""
    tilt = page_tilt(lines)
    return [TextLine(line.text, _turned(line.box, -tilt), line.score).bounds if tilt else line.bounds for line in lines]


def page_tilt(lines: Sequence[TextLine]) -> float:
    """Degrees clockwise that most of the print runs from the horizontal; 0 where lines differ or the page is level.

    The median angle of the long lines, weighted by their length.
    """
    angles = sorted((_angle(line), _length(line)) for line in lines if _length(line) >= LONG * line.height)
    total = sum(length for _, length in angles)
    reached = accumulate(length for _, length in angles)
    tilt = next((a for (a, _), so_far in zip(angles, reached, strict=True) if so_far >= total / 2), 0.0)
    along = sum(length for angle, length in angles if abs(angle - tilt) <= APART)
    return tilt if LEAST <= abs(tilt) < 45 and along >= 0.75 * total else 0.0


def _turned(box: tuple[Point, Point, Point, Point], degrees: float) -> tuple[Point, Point, Point, Point]:
    """A box turned clockwise about the page's corner. Whole pixels, as everywhere."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    a, b, c, d = ((round(x * cos - y * sin), round(x * sin + y * cos)) for x, y in box)
    return a, b, c, d


def _length(line: TextLine) -> float:
    a, b, c, d = line.box
    return max(math.dist(a, b), math.dist(d, c), math.dist(a, d), math.dist(b, c))


def _angle(line: TextLine) -> float:
    """Degrees clockwise from the horizontal of the line's longer side, above -90 and up to 90."""
    a, b, c, d = line.box
    (x1, y1), (x2, y2) = max(((a, b), (d, c), (a, d), (b, c)), key=lambda side: math.dist(*side))
    angle = math.degrees(math.atan2(y2 - y1, x2 - x1))
    return angle - 180 if angle > 90 else angle + 180 if angle <= -90 else angle
