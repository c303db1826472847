"""Whether two pictures are one page saved, resized, cropped or stamped again.

They are where one can be laid on the other, their colours then agree, and no number of one is missing on the other
or is another one there. A number that a crop cut away lies outside the frame and proves nothing.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from data_jobs.clustering.alignment import Placement, place
from data_jobs.clustering.fingerprint import Page
from data_jobs.clustering.number_conflicts import Conflict, conflicts

OVERLAP = 0.5
"""Share of the smaller picture that lies on the other at least."""
FRAME = 0.4
"""Share of the larger picture that the smaller one covers at least: a detail of a page is another picture."""
MOST_CELLS = 30.0
"""Difference of colours, 0 to 255, that nine tenths of the common area do not exceed ..."""
ANY_CELL = 70.0
"""... and that no part of it exceeds."""
_SIDE, _CELL = 64, 8
Recheck = Callable[[Page, Page, Conflict], bool]
"""Whether the pixels of two pictures agree at a number that only one of them was read to have."""


def never(a: Page, b: Page, conflict: Conflict) -> bool:
    """A Recheck for where pictures cannot be looked at again: in doubt they differ."""
    return False


def same_page(a: Page, b: Page, recheck: Recheck = never) -> bool:
    """Whether two pages are near duplicates. Numbers of offers are never looked at again: they must read the same."""
    placed = place(a.words, a.points, b.words, b.points, (a.width * b.height) / (a.height * b.width))
    if placed is None or not _same_frame(placed) or not _same_colours(a.thumb, b.thumb, placed):
        return False
    return all(not conflict.line.offer and recheck(a, b, conflict) for conflict in conflicts(a, b, placed))


def _same_frame(placed: Placement) -> bool:
    left, top, right, bottom = placed.box((0, 0, 1, 1))
    common = max(0.0, min(right, 1) - max(left, 0)) * max(0.0, min(bottom, 1) - max(top, 0))
    areas = sorted((1.0, (right - left) * (bottom - top)))
    return common >= OVERLAP * areas[0] and common >= FRAME * areas[1]


def _same_colours(a: NDArray[np.uint8], b: NDArray[np.uint8], placed: Placement) -> bool:
    """Whether the thumbnails agree, cell by cell, where b lies on a."""
    shift = np.array([placed.shift_x, placed.shift_y]) * _SIDE
    matrix = np.array([[placed.scale_x, 0, shift[0]], [0, placed.scale_y, shift[1]]], np.float32)
    large_a, large_b = (cv2.resize(thumb, (_SIDE, _SIDE)).astype(np.float32) for thumb in (a, b))
    covered = cv2.warpAffine(np.ones((_SIDE, _SIDE), np.float32), matrix, (_SIDE, _SIDE))
    gap = np.abs(large_a - cv2.warpAffine(large_b, matrix, (_SIDE, _SIDE))).mean(2) * covered
    share = _cells(covered)
    inside = share > 0.6
    differences = _cells(gap)[inside] / share[inside]
    return bool(len(differences)) and np.quantile(differences, 0.9) < MOST_CELLS and differences.max() < ANY_CELL


def _cells(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    return pixels.reshape(_SIDE // _CELL, _CELL, _SIDE // _CELL, _CELL).mean((1, 3))
