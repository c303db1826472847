"""Numbers of one page that another, laid upon it, does not show at the same place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from data_jobs.clustering.alignment import Box, Placement
from data_jobs.clustering.fingerprint import Line, Page

EDGE = 0.012
"""A line this near to a page's edge, as a share of its side, may have been cut there."""
SURE = {True: 0.7, False: 0.85}
"""Lines read with a lower score say nothing for certain; offers count from a lower one on."""


CODE = 8
"""Numbers of as many characters are those of codes and telephones, which OCR seldom reads twice alike."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A line of one page (`b` where `on_b`) whose numbers the other lacks; its box on the other; what is there."""

    line: Line
    on_b: bool
    box: Box
    there: tuple[Line, ...]

    @property
    def contradicted(self) -> bool:
        """Whether the other page surely reads another number there, no code of many digits, rather than none."""
        own = set(self.line.numbers)
        return any(
            near.score >= SURE[False] and any(len(number) < CODE and number not in own for number in near.numbers)
            for near in self.there
        )


def conflicts(a: Page, b: Page, b_on_a: Placement) -> Iterator[Conflict]:
    """Every line whose numbers should be on the other page, as its place is in that frame, and are not."""
    yield from _missing(b, a, b_on_a, on_b=True)
    yield from _missing(a, b, b_on_a.inverse(), on_b=False)


def _missing(page: Page, other: Page, placement: Placement, on_b: bool) -> Iterator[Conflict]:
    for line in page.lines:
        box = placement.box(line.box)
        if line.score < SURE[line.offer] or not _within(box):
            continue
        there = tuple(near for near in other.lines if _same_place(box, near.box))
        if not _shown(line, there):
            yield Conflict(line, on_b, box, there)


def _within(box: Box) -> bool:
    return box[0] >= -EDGE and box[1] >= -EDGE and box[2] <= 1 + EDGE and box[3] <= 1 + EDGE


def _same_place(box: Box, other: Box) -> bool:
    wide = min(box[2], other[2]) - max(box[0], other[0])
    high = min(box[3], other[3]) - max(box[1], other[1])
    return wide > 0 and high > 0.4 * min(box[3] - box[1], other[3] - other[1])


def _shown(line: Line, there: Sequence[Line]) -> bool:
    """Whether each number of the line is among those there, as often; one cut at the edge as the end of one of them."""
    left = [number for near in there for number in near.readable]
    cut_left, cut_right = line.box[0] <= EDGE, line.box[2] >= 1 - EDGE
    for number in line.numbers:
        whole = next((n for n in left if n == number), None) or next(
            (n for n in left if (cut_left and n.endswith(number)) or (cut_right and n.startswith(number))), None
        )
        if whole is None:
            return False
        left.remove(whole)
    return not _reordered(line, there)


def _reordered(line: Line, there: Sequence[Line]) -> bool:
    """Whether a line there has the same numbers in another order: 买二送一 and 买一送二."""
    same = [near.numbers for near in there if sorted(near.numbers) == sorted(line.numbers)]
    return bool(same) and line.numbers not in same
