"""Lines of a picture as OCR gives them, for tests."""

from __future__ import annotations

from typing import Any


def line(text: str, left: float = 0, top: float = 0, score: float = 0.9, height: float = 20) -> dict[str, Any]:
    """A line of 20 pixels a character at a place of a picture."""
    right, bottom = left + 20 * len(text), top + height
    box = [[left, top], [right, top], [right, bottom], [left, bottom]]
    return {"text": text, "box": box, "score": score, "height": float(height)}


def rows(*cells: list[str], lefts: tuple[float, ...] = (0, 200, 400, 600, 800)) -> list[dict[str, Any]]:
    """The cells of a table, its rows 40 pixels apart, each column at its left edge."""
    return [line(text, left, 40 * n) for n, row in enumerate(cells) for text, left in zip(row, lefts, strict=False)]
