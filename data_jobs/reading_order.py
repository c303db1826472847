"""Reading order: from boxes scattered over a page to rows that read as a person would read them.

The page is cut recursively along its widest empty band (XY-cut: Nagy and Seth, 1984), rows before columns, since
tables and captions of sellers read across. Columns of running text, which that would tear, are found first.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from data_jobs.text_line import Bounds

PROSE_LINES = 3
"""A column of running text has at least this many lines ..."""
PROSE_WIDTH = 7.0
"""... at least this many times as wide as tall ..."""
PROSE_GAP = 1.5
"""... less than this many letter heights apart."""
MARGIN = 0.15
"""OCR boxes stand off their letters by about this share of their height, above and below."""
SAME_ROW = 0.5
"""Boxes share a row where they overlap vertically by this share of the lower one's height."""


def reading_rows(boxes: Sequence[Bounds]) -> list[list[int]]:
    """Rows from top to bottom, each the indexes of its boxes (left, top, right, bottom) from left to right."""
    tight = [_without_margin(box) for box in boxes]
    return _rows(tight, list(range(len(tight))))


def _without_margin(box: Bounds) -> Bounds:
    left, top, right, bottom = box
    margin = round(MARGIN * (bottom - top))
    return left, top + margin, right, bottom - margin


def _rows(boxes: Sequence[Bounds], members: list[int]) -> list[list[int]]:
    if len(members) <= 1:
        return [members] if members else []
    columns = _prose_columns(boxes, members)
    parts = columns or _cut(boxes, members, axis=1) or _staggered_columns(boxes, members)
    if parts:
        return [row for part in parts for row in _rows(boxes, part)]
    return _by_overlap(boxes, members)


def _staggered_columns(boxes: Sequence[Bounds], members: list[int]) -> list[list[int]] | None:
    """Columns of a band that no level line crosses freely; a single row of boxes is no set of columns."""
    return None if len(_by_overlap(boxes, members)) == 1 else _cut(boxes, members, axis=0)


def _prose_columns(boxes: Sequence[Bounds], members: list[int]) -> list[list[int]] | None:
    parts = _cut(boxes, members, axis=0)
    return parts if parts and all(_is_prose(boxes, part) for part in parts) else None


def _is_prose(boxes: Sequence[Bounds], members: list[int]) -> bool:
    if len(members) < PROSE_LINES:
        return False
    lines = sorted((boxes[i] for i in members), key=lambda box: box[1])
    tall = median(bottom - top for _, top, _, bottom in lines)
    wide = median(right - left for left, _, right, _ in lines)
    gap = median(below[1] - above[3] for above, below in pairwise(lines))
    return wide >= PROSE_WIDTH * tall and gap < PROSE_GAP * tall


def _cut(boxes: Sequence[Bounds], members: list[int], axis: int) -> list[list[int]] | None:
    """Two parts on either side of the widest empty band across `axis` (0: left and right, 1: above and below)."""
    ordered = sorted(members, key=lambda i: (boxes[i][axis], boxes[i][1 - axis]))
    reach, widest, where = boxes[ordered[0]][axis + 2], 0, 0
    for position, i in enumerate(ordered[1:], 1):
        band = boxes[i][axis] - reach
        if band > widest:
            widest, where = band, position
        reach = max(reach, boxes[i][axis + 2])
    return [ordered[:where], ordered[where:]] if where else None


def _by_overlap(boxes: Sequence[Bounds], members: list[int]) -> list[list[int]]:
    rows: list[list[int]] = []
    for i in sorted(members, key=lambda i: (boxes[i][1] + boxes[i][3], boxes[i][0])):
        if rows and _share_row(boxes[rows[-1][-1]], boxes[i]):
            rows[-1].append(i)
        else:
            rows.append([i])
    return [sorted(row, key=lambda i: boxes[i][0]) for row in rows]


def _share_row(a: Bounds, b: Bounds) -> bool:
    overlap = min(a[3], b[3]) - max(a[1], b[1])
    return overlap >= SAME_ROW * min(a[3] - a[1], b[3] - b[1])
