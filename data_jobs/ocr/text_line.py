"""A line of text that OCR found on a page."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

Point = tuple[int, int]
Bounds = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class TextLine:
    """Text, its box (four points x, y in pixels, clockwise from the top left of the text) and its score, 0 to 1."""

    text: str
    box: tuple[Point, Point, Point, Point]
    score: float

    @property
    def bounds(self) -> Bounds:
        """Upright rectangle around the box: left, top, right, bottom."""
        xs, ys = zip(*self.box, strict=True)
        return min(xs), min(ys), max(xs), max(ys)

    @property
    def height(self) -> float:
        """Size of the print in pixels: the shorter side of the box, so that vertical lines count the same."""
        a, b, c, d = self.box
        across = (math.dist(a, d) + math.dist(b, c)) / 2
        along = (math.dist(a, b) + math.dist(d, c)) / 2
        return min(across, along)

    def moved(self, down: int) -> TextLine:
        """The same line `down` pixels further down the page."""
        a, b, c, d = ((x, y + down) for x, y in self.box)
        return TextLine(self.text, (a, b, c, d), self.score)

    def as_row(self, font_ratio: float) -> dict[str, Any]:
        """The line as a `schemas.LINE` struct; `font_ratio` compares it with the page's body print."""
        return {
            "text": self.text,
            "box": [[x, y] for x, y in self.box],
            "score": round(self.score, 4),
            "height": round(self.height, 1),
            "font_ratio": font_ratio,
        }
