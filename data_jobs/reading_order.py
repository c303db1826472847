"""Reading order: from boxes scattered over a page to rows that read as a person would read them.

The page is cut recursively along its empty bands (XY-cut: Nagy and Seth, 1984), rows before columns, since tables and
captions of sellers read across. Two things are ours. Bands of about the same width are cut together, so that a table
falls into its rows at once and what is left in one piece belongs together. And *cards* that stand side by side are
read one after the other: running text, a heading over its text, a caption of two lines. All measures are in letter
heights, so that the size of the picture does not matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from data_jobs.text_line import Bounds

MARGIN = 0.15
"""OCR boxes stand off their letters by about this share of their height, on every side."""
SAME_ROW = 0.5
"""Boxes share a row where they overlap vertically by this share of the lower one's height."""
ALIKE = 0.85
"""Bands at least this share of the widest one are cut with it."""
COLUMN_GAP = 1.0
"""Columns are at least this far apart."""
CARD_GAP = 2.2
"""No band through a card is wider than this: a heading may stand off its text, ..."""
PROSE_GAP = 1.4
"""... the lines of running text may not by more than this in the median, ..."""
CAPTION_GAP = 0.7
"""... and the two lines of a caption by more than this, where they are not centred on each other."""
HEADING = 1.25
"""Print this many times as large as other print of its card is a heading."""
CARD_ROWS = 4
"""A stack of more rows than this needs running text to be a card: the heads of tables are printed large too."""
HALFWAY = 0.25
"""What stands within this share of a card's height from its middle is halfway down."""
WIDE = 5.7
"""A line is wide, as cells of tables seldom are, from this many letter heights on."""

Row = list[int]


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
    parts = _cards(boxes, members) or _bands(boxes, members) or _beside(boxes, members)
    if parts:
        return [row for part in parts for row in _rows(boxes, part)]
    return _by_overlap(boxes, members)


def _cards(boxes: Sequence[Bounds], members: list[int]) -> list[list[int]] | None:
    """Columns that are cards: they begin at about one height, and no band through them is wide."""
    columns = _split(boxes, members, axis=0, least=COLUMN_GAP * _print(boxes, members))
    stacks = [_by_overlap(boxes, column) for column in columns]
    tall = [stack for stack in stacks if len(stack) > 1]
    if not tall or len(columns) < 2:
        return None
    rows = _by_overlap(boxes, members)
    tops = [min(boxes[i][1] for i in stack[0]) for stack in stacks]
    level = _spread(tops) <= CARD_GAP * max(_print(boxes, row) for row in rows)
    if not level or not _holds_together(boxes, columns, rows):
        return None
    if len(tall) == 1 and not all(_is_halfway(boxes, stack, tall[0]) for stack in stacks if stack is not tall[0]):
        return None
    return columns if all(_is_card(boxes, stack, len(rows)) for stack in tall) else None


def _holds_together(boxes: Sequence[Bounds], columns: list[list[int]], rows: list[Row]) -> bool:
    """Whether no band between rows is wide; less so where one column alone goes on below it, as a footnote would."""
    for at, gap in enumerate(_looseness(boxes, rows), 1):
        below = {i for row in rows[at:] for i in row}
        crossing = sum(0 < len(below.intersection(column)) < len(column) for column in columns)
        if gap > (CARD_GAP if crossing > 1 else PROSE_GAP):
            return False
    return True


def _is_halfway(boxes: Sequence[Bounds], stack: list[Row], tall: list[Row]) -> bool:
    """Whether a stack of one row, a number or an icon, stands halfway down a tall one."""
    (top, bottom), (upper, lower) = (
        (min(boxes[i][1] for row in rows for i in row), max(boxes[i][3] for row in rows for i in row))
        for rows in (stack, tall)
    )
    return abs(top + bottom - upper - lower) / 2 <= HALFWAY * (lower - upper)


def _is_card(boxes: Sequence[Bounds], stack: list[Row], rows: int) -> bool:
    """Whether a stack of rows, one of several in a part of `rows` rows, reads downwards and is no column of cells."""
    if len(stack) <= CARD_ROWS and _has_heading(boxes, stack):
        return True
    gaps = _looseness(boxes, stack)
    if rows > 2:
        return _is_wide(boxes, stack) and median(gaps) < PROSE_GAP
    return _is_wide(boxes, stack) and (max(gaps) < CAPTION_GAP or _is_centred(boxes, stack))


def _has_heading(boxes: Sequence[Bounds], stack: list[Row]) -> bool:
    """Whether its first or second row is printed larger than the others."""
    sizes = [_print(boxes, row) for row in stack]
    at = sizes.index(max(sizes[:2]))
    return sizes[at] >= HEADING * median(sizes[:at] + sizes[at + 1 :])


def _is_wide(boxes: Sequence[Bounds], stack: list[Row]) -> bool:
    """Whether its wider lines are wide: the last line of a paragraph may be short."""
    widths = sorted((boxes[i][2] - boxes[i][0]) / _height(boxes[i]) for row in stack for i in row)
    return widths[len(widths) * 3 // 4] >= WIDE


def _is_centred(boxes: Sequence[Bounds], stack: list[Row]) -> bool:
    """Whether its rows share a middle rather than a left or a right edge."""
    lefts = [min(boxes[i][0] for i in row) for row in stack]
    rights = [max(boxes[i][2] for i in row) for row in stack]
    middles = [(left + right) / 2 for left, right in zip(lefts, rights, strict=True)]
    return _spread(middles) < min(_spread(lefts), _spread(rights))


def _spread(values: Sequence[float]) -> float:
    return max(values) - min(values)


def _height(box: Bounds) -> int:
    """Size of the print, across the reading direction."""
    return max(1, min(box[2] - box[0], box[3] - box[1]))


def _print(boxes: Sequence[Bounds], members: list[int]) -> float:
    return median(_height(boxes[i]) for i in members)


def _looseness(boxes: Sequence[Bounds], rows: list[Row]) -> list[float]:
    """How far each row stands off the one above, in letter heights of the larger print; negative where they overlap."""
    return [
        (min(boxes[i][1] for i in below) - max(boxes[i][3] for i in above))
        / max(_print(boxes, above), _print(boxes, below))
        for above, below in pairwise(rows)
    ]


def _bands(boxes: Sequence[Bounds], members: list[int]) -> list[list[int]] | None:
    """Parts one above the other, along the widest empty bands; None where there is none."""
    widest = max(_gaps(boxes, members, axis=1), default=0)
    return _split(boxes, members, axis=1, least=ALIKE * widest) if widest > 0 else None


def _beside(boxes: Sequence[Bounds], members: list[int]) -> list[list[int]] | None:
    """Two parts side by side, of a part that no level line crosses freely; a single row of boxes is left whole.

    Of all cuts that at most touch margins, the one after which the parts fall into the most rows.
    """
    if len(_by_overlap(boxes, members)) == 1:
        return None
    ordered = _along(boxes, members, axis=0)
    touch = -2 * MARGIN * max(_height(boxes[i]) for i in members)
    gaps = enumerate(_gaps(boxes, members, axis=0), 1)
    cuts = [(gap, [ordered[:at], ordered[at:]]) for at, gap in gaps if gap > touch]
    _, parts = max(cuts, key=lambda cut: (sum(_count_bands(boxes, part) for part in cut[1]), cut[0]), default=(0, None))
    return parts


def _count_bands(boxes: Sequence[Bounds], members: list[int]) -> int:
    return len(_bands(boxes, members) or [members])


def _gaps(boxes: Sequence[Bounds], members: list[int], axis: int) -> list[int]:
    """Distance of each box but the first from the reach of all before it, along `axis` (0: rightwards, 1: down)."""
    ordered = _along(boxes, members, axis)
    reach, gaps = boxes[ordered[0]][axis + 2], []
    for i in ordered[1:]:
        gaps.append(boxes[i][axis] - reach)
        reach = max(reach, boxes[i][axis + 2])
    return gaps


def _split(boxes: Sequence[Bounds], members: list[int], axis: int, least: float) -> list[list[int]]:
    """Parts between the empty bands at least `least` wide."""
    ordered = _along(boxes, members, axis)
    parts = [ordered[:1]]
    for i, gap in zip(ordered[1:], _gaps(boxes, members, axis), strict=True):
        if gap >= least:
            parts.append([])
        parts[-1].append(i)
    return parts


def _along(boxes: Sequence[Bounds], members: list[int], axis: int) -> list[int]:
    return sorted(members, key=lambda i: (boxes[i][axis], boxes[i][1 - axis]))


def _by_overlap(boxes: Sequence[Bounds], members: list[int]) -> list[Row]:
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
