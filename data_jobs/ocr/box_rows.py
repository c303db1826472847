"""Boxes of a page in groups: the gaps between them, the parts that gaps leave, the rows that share a height.

Boxes are (left, top, right, bottom) in pixels; groups are lists of their indexes. Axis 0 runs rightwards, 1 down.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from data_jobs.ocr.text_line import Bounds

SAME_ROW = 0.5
"""Boxes share a row where they overlap vertically by this share of the lower one's height."""

Row = list[int]


def print_size(boxes: Sequence[Bounds], members: Sequence[int]) -> float:
    """Median size of the print in pixels: the shorter side of each box, so that vertical lines count the same."""
    return median(letter_height(boxes[i]) for i in members)


def letter_height(box: Bounds) -> int:
    """Size of a box's print in pixels, 1 at least."""
    return max(1, min(box[2] - box[0], box[3] - box[1]))


def spread(values: Sequence[float]) -> float:
    """The largest less the smallest."""
    return max(values) - min(values)


def along(boxes: Sequence[Bounds], members: Sequence[int], axis: int) -> list[int]:
    """The group in the order in which its boxes begin along an axis."""
    return sorted(members, key=lambda i: (boxes[i][axis], boxes[i][1 - axis]))


def gaps(boxes: Sequence[Bounds], members: Sequence[int], axis: int) -> list[int]:
    """Distance of each box but the first, in the order of `along`, from the reach of all before it; may be negative."""
    ordered = along(boxes, members, axis)
    reach, distances = boxes[ordered[0]][axis + 2], []
    for i in ordered[1:]:
        distances.append(boxes[i][axis] - reach)
        reach = max(reach, boxes[i][axis + 2])
    return distances


def split(boxes: Sequence[Bounds], members: Sequence[int], axis: int, least: float) -> list[list[int]]:
    """Parts of the group between the gaps of at least `least` pixels."""
    ordered = along(boxes, members, axis)
    parts = [ordered[:1]]
    for i, gap in zip(ordered[1:], gaps(boxes, members, axis), strict=True):
        if gap >= least:
            parts.append([])
        parts[-1].append(i)
    return parts


def looseness(boxes: Sequence[Bounds], rows: Sequence[Row]) -> list[float]:
    """How far each row stands off the one above, in letter heights of the larger print; negative where they overlap."""
    return [
        (min(boxes[i][1] for i in below) - max(boxes[i][3] for i in above))
        / max(print_size(boxes, above), print_size(boxes, below))
        for above, below in pairwise(rows)
    ]


def rows_by_overlap(boxes: Sequence[Bounds], members: Sequence[int]) -> list[Row]:
    """Rows from top to bottom, each from left to right, or from right to left where all its lines run downwards."""
    rows: list[Row] = []
    for i in sorted(members, key=lambda i: (boxes[i][1] + boxes[i][3], boxes[i][0])):
        if rows and _fits(boxes, rows[-1], i):
            rows[-1].append(i)
        else:
            rows.append([i])
    return [_across(boxes, row) for row in rows]


def _fits(boxes: Sequence[Bounds], row: Row, i: int) -> bool:
    """Whether a box goes on with the last one of a row and lies above or below none of it."""
    lower = min(boxes[i][3] - boxes[i][1], boxes[row[-1]][3] - boxes[row[-1]][1])
    beside_last = _overlap(boxes[row[-1]], boxes[i]) >= SAME_ROW * lower
    return beside_last and all(_overlap(boxes[j], boxes[i]) > 0 for j in row)


def _overlap(a: Bounds, b: Bounds) -> int:
    return min(a[3], b[3]) - max(a[1], b[1])


def _across(boxes: Sequence[Bounds], row: Row) -> Row:
    downwards = all(bottom - top >= 2 * (right - left) for left, top, right, bottom in (boxes[i] for i in row))
    return sorted(row, key=lambda i: boxes[i][0], reverse=downwards)
