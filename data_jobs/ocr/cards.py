"""Cards: columns that are read one after the other, not across as the cells of a table are.

A card is running text, a heading over its text, or a caption of two lines; a number or an icon halfway down beside it
belongs to it. Boxes tell cards from cells by the size of the print, the width of the lines and how close they stand.
All measures are in letter heights, so that the size of the picture does not matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from data_jobs.ocr.box_rows import Row, letter_height, looseness, print_size, rows_by_overlap, split, spread
from data_jobs.ocr.text_line import Bounds

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


def cards(boxes: Sequence[Bounds], members: Sequence[int]) -> list[list[int]] | None:
    """The columns of a part of a page, from left to right, where each is a card or belongs to one; else None.

    They begin at about one height, and no band through them is wide.
    """
    columns = split(boxes, members, axis=0, least=COLUMN_GAP * print_size(boxes, members))
    stacks = [rows_by_overlap(boxes, column) for column in columns]
    tall = [stack for stack in stacks if len(stack) > 1]
    if len(columns) < 2 or not tall:
        return None
    rows = rows_by_overlap(boxes, members)
    if not _begin_level(boxes, stacks, rows) or not _hold_together(boxes, columns, rows):
        return None
    if len(tall) == 1 and not all(_is_halfway(boxes, stack, tall[0]) for stack in stacks if stack is not tall[0]):
        return None
    return columns if all(_is_card(boxes, stack, len(rows)) for stack in tall) else None


def _begin_level(boxes: Sequence[Bounds], stacks: Sequence[list[Row]], rows: Sequence[Row]) -> bool:
    tops = [min(boxes[i][1] for i in stack[0]) for stack in stacks]
    return spread(tops) <= CARD_GAP * max(print_size(boxes, row) for row in rows)


def _hold_together(boxes: Sequence[Bounds], columns: Sequence[list[int]], rows: Sequence[Row]) -> bool:
    """Whether no band between rows is wide; less so where one column alone goes on below it, as a footnote would."""
    for at, gap in enumerate(looseness(boxes, rows), 1):
        below = {i for row in rows[at:] for i in row}
        crossing = sum(0 < len(below.intersection(column)) < len(column) for column in columns)
        if gap > (CARD_GAP if crossing > 1 else PROSE_GAP):
            return False
    return True


def _is_halfway(boxes: Sequence[Bounds], stack: Sequence[Row], tall: Sequence[Row]) -> bool:
    """Whether a stack of one row, a number or an icon, stands halfway down a tall one."""
    (top, bottom), (upper, lower) = (
        (min(boxes[i][1] for row in rows for i in row), max(boxes[i][3] for row in rows for i in row))
        for rows in (stack, tall)
    )
    return abs(top + bottom - upper - lower) / 2 <= HALFWAY * (lower - upper)


def _is_card(boxes: Sequence[Bounds], stack: Sequence[Row], rows: int) -> bool:
    """Whether a stack of rows, one of several in a part of `rows` rows, reads downwards and is no column of cells."""
    if len(stack) <= CARD_ROWS and _has_heading(boxes, stack):
        return True
    loose = looseness(boxes, stack)
    if rows > 2:
        return _is_wide(boxes, stack) and median(loose) < PROSE_GAP
    return _is_wide(boxes, stack) and (max(loose) < CAPTION_GAP or _is_centred(boxes, stack))


def _has_heading(boxes: Sequence[Bounds], stack: Sequence[Row]) -> bool:
    """Whether its first or second row is printed larger than the others."""
    sizes = [print_size(boxes, row) for row in stack]
    at = sizes.index(max(sizes[:2]))
    return sizes[at] >= HEADING * median(sizes[:at] + sizes[at + 1 :])


def _is_wide(boxes: Sequence[Bounds], stack: Sequence[Row]) -> bool:
    """Whether its wider lines are wide: the last line of a paragraph may be short."""
    widths = sorted((boxes[i][2] - boxes[i][0]) / letter_height(boxes[i]) for row in stack for i in row)
    return widths[len(widths) * 3 // 4] >= WIDE


def _is_centred(boxes: Sequence[Bounds], stack: Sequence[Row]) -> bool:
    """Whether its rows share a middle rather than a left or a right edge."""
    lefts = [min(boxes[i][0] for i in row) for row in stack]
    rights = [max(boxes[i][2] for i in row) for row in stack]
    middles = [(left + right) / 2 for left, right in zip(lefts, rights, strict=True)]
    return spread(middles) < min(spread(lefts), spread(rights))
