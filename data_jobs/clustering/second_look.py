"""A second look at two pictures, at a number that OCR read on one of them only: is the same print there?

OCR misses lines and misreads tiny print; pixels tell whether it is the same print all the same. Each part of the line
as wide as a digit has to agree by itself, so that one changed digit in a line is seen.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from data_jobs.clustering.alignment import Box
from data_jobs.clustering.fingerprint import Page
from data_jobs.clustering.number_conflicts import Conflict
from data_jobs.ocr.fetch import Fetcher
from data_jobs.ocr.picture_file import PictureError
from data_jobs.ocr.picture_web import WebLimits

AGREES = 0.7
"""Correlation of each part of a line on both pictures that is taken for the same print, where one was not read ..."""
CERTAIN = 0.82
"""... and where both were, and not as the same: one of two digits that look alike is what a misreading looks like."""
KEPT = 16
"""Pictures held open."""
_SHIFT = 0.025
"""How far the print may lie from where it is expected, as a share of the page's sides."""
_PRINT = 32
"""Pixels of a line's height that are compared at most."""
_SLACK = 2
"""Pixels by which a part of a line may be off, for pictures that were scaled unevenly."""
_DIGIT = 0.6
"""Width of a digit, and a little more, as a share of a line's height."""
_BLANK = 6.0
Grey = NDArray[np.uint8]


@dataclass(slots=True)
class SecondLook:
    """Compares the pixels of two pictures at a conflict; holds the last pictures open. A `same_page.Recheck`.

    `unseen` has, by image_id, why a picture could not be opened any more.
    """

    max_pixels: int = 50_000_000
    fetcher: Fetcher = field(default_factory=lambda: Fetcher(WebLimits()))
    unseen: dict[str, str] = field(default_factory=dict)
    _open: OrderedDict[str, Grey | None] = field(default_factory=OrderedDict)

    def __call__(self, a: Page, b: Page, conflict: Conflict) -> bool:
        """Whether the same print is on both; False where a picture cannot be opened any more."""
        return self.agreement(a, b, conflict) >= (CERTAIN if conflict.contradicted else AGREES)

    def agreement(self, a: Page, b: Page, conflict: Conflict) -> float:
        """The correlation, -1 to 1, of that part of the line that agrees least."""
        here, there = (b, a) if conflict.on_b else (a, b)
        first, second = self._picture(here), self._picture(there)
        if first is None or second is None:
            return -1.0
        return _least_agreement(_cut(first, conflict.line.box, 0), _cut(second, conflict.box, _SHIFT), conflict, second)

    def _picture(self, page: Page) -> Grey | None:
        if page.path not in self._open:
            self._open[page.path] = self._load(page)
            while len(self._open) > KEPT:
                self._open.popitem(last=False)
        self._open.move_to_end(page.path)
        return self._open[page.path]

    def _load(self, page: Page) -> Grey | None:
        try:
            return np.asarray(self.fetcher.open(page.path, self.max_pixels).convert("L"))
        except PictureError as error:
            self.unseen[page.image_id] = str(error)
            return None


def _cut(picture: Grey, box: Box, margin: float) -> Grey:
    high, wide = picture.shape
    left, right = (round(share * wide) for share in (max(0.0, box[0] - margin), min(1.0, box[2] + margin)))
    top, bottom = (round(share * high) for share in (max(0.0, box[1] - margin), min(1.0, box[3] + margin)))
    return picture[top:bottom, left:right]


def _least_agreement(line: Grey, around: Grey, conflict: Conflict, there: Grey) -> float:
    """Scale the line to its size on the other picture, both to the coarser print, find it, compare its parts."""
    box = conflict.box
    wide, high = (box[2] - box[0]) * there.shape[1], (box[3] - box[1]) * there.shape[0]
    shrink = min(1.0, line.shape[0] / max(high, 1), _PRINT / max(high, 1))
    size = max(4, round(wide * shrink)), max(4, round(high * shrink))
    window = max(4, round(around.shape[1] * shrink)), max(4, round(around.shape[0] * shrink))
    if min(line.shape) < 2 or min(around.shape) < 2 or window[0] < size[0] or window[1] < size[1]:
        return -1.0
    line = cv2.resize(line, size, interpolation=cv2.INTER_AREA)
    around = cv2.resize(around, window, interpolation=cv2.INTER_AREA)
    _, _, _, (x, y) = cv2.minMaxLoc(cv2.matchTemplate(around, line, cv2.TM_CCOEFF_NORMED))
    return min(_agreement(part, around, x + left, y) for left, part in _parts(line))


def _parts(line: Grey) -> Iterator[tuple[int, Grey]]:
    """Pieces about as wide as a digit, each with its left edge."""
    pieces = max(1, round(line.shape[1] / (_DIGIT * line.shape[0])))
    edges = np.linspace(0, line.shape[1], pieces + 1).astype(int)
    return ((int(left), line[:, left:right]) for left, right in pairwise(edges))


def _agreement(part: Grey, around: Grey, x: int, y: int) -> float:
    """The best correlation of a piece near its place; 1 where there is no print on either picture."""
    high, wide = part.shape
    near = around[max(0, y - _SLACK) : y + high + _SLACK, max(0, x - _SLACK) : x + wide + _SLACK]
    if part.std() < _BLANK:
        return 1.0 if near.std() < _BLANK else 0.0
    return float(cv2.matchTemplate(near, part, cv2.TM_CCOEFF_NORMED).max())
