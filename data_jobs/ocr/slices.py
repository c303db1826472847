"""Very tall pages: cut into overlapping slices that OCR sees at full size, and stitched again.

A detector that shrinks a 750 x 9000 page until its longer side is 960 sees letters of two pixels. Cut into slices
about as tall as that side, the page is read at its own size.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from data_jobs.ocr.text_line import Bounds, TextLine

TALL = 2.0
"""Pages more than this many times as tall as wide are cut."""
OVERLAP = 0.2
"""Share of a slice that the next one repeats: lines up to this tall are whole in one of the two."""
EDGE = 4
"""A box this near to its slice's edge, in pixels, may be cut off by it."""


def cut(width: int, height: int, max_side: int) -> list[tuple[int, int]]:
    """Top and bottom of each slice, in pixels from the top of the page; one slice for a page that is not tall."""
    tall = max(width, max_side)
    if height <= TALL * width or height <= tall:
        return [(0, height)]
    step = tall - round(OVERLAP * tall)
    count = -(-(height - tall) // step) + 1
    last = height - tall
    return [(round(i * last / (count - 1)), round(i * last / (count - 1)) + tall) for i in range(count)]


def stitch(slices: Sequence[tuple[int, int]], found: Sequence[Sequence[TextLine]]) -> list[TextLine]:
    """Lines of all slices (in slice coordinates) as lines of the page, each once.

    What touches its slice's edge is left out where the next slice shows it whole. Of two sightings of a line in an
    overlap the one further from its slice's edge is kept. A line taller than an overlap may come in two pieces.
    """
    shared = min((above[1] - below[0] for above, below in pairwise(slices)), default=0)
    sightings = [
        (_clearance(line.bounds, top, bottom, slices[-1][1]), number, line)
        for number, ((top, bottom), lines) in enumerate(zip(slices, found, strict=True))
        for line in (line.moved(top) for line in lines)
    ]
    whole = [one for one in sightings if one[0] > EDGE or _rise(one[2].bounds) >= shared]
    kept: list[tuple[int, TextLine]] = []
    for _, number, line in sorted(whole, key=lambda sighting: (-sighting[0], sighting[1])):
        if not any(n != number and _same_place(line.bounds, other.bounds) for n, other in kept):
            kept.append((number, line))
    return [line for _, line in kept]


def _rise(bounds: Bounds) -> int:
    return bounds[3] - bounds[1]


def _clearance(bounds: Bounds, top: int, bottom: int, page_height: int) -> float:
    above = float("inf") if top == 0 else bounds[1] - top
    below = float("inf") if bottom == page_height else bottom - bounds[3]
    return min(above, below)


def _same_place(a: Bounds, b: Bounds) -> bool:
    """Whether two boxes share half the height of the taller and half the width of the narrower.

    A line may be in one piece in one slice and in two in the other; small print between large lines is neither of them.
    """
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    return width >= 0.5 * min(a[2] - a[0], b[2] - b[0]) and height >= 0.5 * max(_rise(a), _rise(b))


def read_in_slices(
    width: int, height: int, max_side: int, read: Callable[[int, int], Sequence[TextLine]]
) -> list[TextLine]:
    """Lines of a page, read slice by slice by `read(top, bottom)`."""
    slices = cut(width, height, max_side)
    return stitch(slices, [read(top, bottom) for top, bottom in slices])
