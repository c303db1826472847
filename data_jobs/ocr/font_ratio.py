"""How large the print of a page's lines is, beside the page's own running text."""

from __future__ import annotations

from collections.abc import Sequence

from data_jobs.ocr.text_line import TextLine


def body_height(lines: Sequence[TextLine]) -> float:
    """Height in pixels of the page's body print: the median over letters, not lines, so that a heading counts little.

    0 for a page without letters.
    """
    sized = sorted((line.height, len("".join(line.text.split()))) for line in lines)
    half, seen = sum(letters for _, letters in sized) / 2, 0
    for height, letters in sized:
        seen += letters
        if seen >= half:
            return height
    return 0.0


def font_ratios(lines: Sequence[TextLine]) -> list[float]:
    """Each line's height over the body print's: 1.0 is body, 2.0 a heading twice as tall."""
    body = body_height(lines)
    return [round(line.height / body, 2) if body else 1.0 for line in lines]
