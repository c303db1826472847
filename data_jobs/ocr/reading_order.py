"""Reading order: from boxes scattered over a page to rows that read as a person would read them.

The page is cut recursively along its empty bands (XY-cut: Nagy and Seth, 1984), rows before columns, since tables and
captions of sellers read across. Two things are ours. Bands of about the same width are cut together, so that a table
falls into its rows at once and what stays in one piece belongs together. And cards that stand side by side
(`data_jobs.ocr.cards`) are read one after the other.
"""

from __future__ import annotations

from collections.abc import Sequence

from data_jobs.ocr.box_rows import Row, along, gaps, letter_height, rows_by_overlap, split
from data_jobs.ocr.cards import cards
from data_jobs.ocr.text_line import Bounds

MARGIN = 0.15
"""OCR boxes stand off their letters by about this share of their height, on every side."""
ALIKE = 0.85
"""Bands at least this share of the widest one are cut with it."""


def reading_rows(boxes: Sequence[Bounds]) -> list[Row]:
    """Rows from top to bottom, each the indexes of its boxes (left, top, right, bottom) from left to right.

    Lines that run from top to bottom, side by side, are read from right to left.
    """
    tight = [_without_margin(box) for box in boxes]
    return _rows(tight, list(range(len(tight))))


def _without_margin(box: Bounds) -> Bounds:
    left, top, right, bottom = box
    margin = round(MARGIN * min(right - left, bottom - top))
    return left, top + margin, right, bottom - margin


def _rows(boxes: Sequence[Bounds], members: list[int]) -> list[Row]:
    if len(members) <= 1:
        return [members] if members else []
    parts = cards(boxes, members) or _bands(boxes, members) or _beside(boxes, members)
    if parts:
        return [row for part in parts for row in _rows(boxes, part)]
    return rows_by_overlap(boxes, members)


def _bands(boxes: Sequence[Bounds], members: list[int]) -> list[list[int]] | None:
    """Parts one above the other, along the widest empty bands; None where there is none."""
    widest = max(gaps(boxes, members, axis=1), default=0)
    return split(boxes, members, axis=1, least=ALIKE * widest) if widest > 0 else None


def _beside(boxes: Sequence[Bounds], members: list[int]) -> list[list[int]] | None:
    """Two parts side by side, of a part that no level line crosses freely; a single row of boxes is left whole.

    Of all cuts through at most the boxes' margins, the one after which the parts fall into the most rows.
    """
    if len(rows_by_overlap(boxes, members)) == 1:
        return None
    ordered = along(boxes, members, axis=0)
    touch = -2 * MARGIN * max(letter_height(boxes[i]) for i in members)
    distances = enumerate(gaps(boxes, members, axis=0), 1)
    cuts = [(gap, [ordered[:at], ordered[at:]]) for at, gap in distances if gap > touch]
    _, parts = max(cuts, key=lambda cut: (sum(_count_bands(boxes, part) for part in cut[1]), cut[0]), default=(0, None))
    return parts


def _count_bands(boxes: Sequence[Bounds], members: list[int]) -> int:
    return len(_bands(boxes, members) or [members])
