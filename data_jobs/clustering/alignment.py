"""How one picture lies on another: the scale and the shift that most of their common words agree on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data_jobs.clustering.keypoints import Points, Words

Box = tuple[float, float, float, float]
TOLERANCE = 0.02
"""Words agree on a placement that puts them this near, as a share of the picture's side."""
SCALES = (0.55, 1.8)
"""Scales of a placement, in shares of the pictures' sides: what a crop can do. (A resize alone leaves them at 1.)"""
MOST_MATCHES = 40
_APART = 0.08


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a point of picture b is on picture a: `(x * scale_x + shift_x, y * scale_y + shift_y)`.

    Points are shares of width and height; `agreeing` is the number of words that say so.
    """

    scale_x: float
    scale_y: float
    shift_x: float
    shift_y: float
    agreeing: int

    def inverse(self) -> Placement:
        """Where a point of picture a is on picture b."""
        x, y = 1 / self.scale_x, 1 / self.scale_y
        return Placement(x, y, -self.shift_x * x, -self.shift_y * y, self.agreeing)

    def box(self, box: Box) -> Box:
        """A box (left, top, right, bottom) of picture b on picture a."""
        left, top, right, bottom = box
        sx, sy, x, y = self.scale_x, self.scale_y, self.shift_x, self.shift_y
        return left * sx + x, top * sy + y, right * sx + x, bottom * sy + y


def place(words_a: Words, points_a: Points, words_b: Words, points_b: Points, ratio: float) -> Placement | None:
    """The placement of b on a that most common words agree on, or None where no two do. A word stands once on a page.

    Args:
        ratio: width over height of a by that of b: what a scale of y is for a scale of x of 1.
    """
    on_a, on_b = _matches(words_a, points_a, words_b, points_b)
    if len(on_a) < 2:
        return None
    scales, shifts = _hypotheses(on_a, on_b, ratio)
    if len(scales) == 0:
        return None
    landed = on_b[None] * scales[:, None] + shifts[:, None]
    near = (np.abs(landed - on_a[None]) <= TOLERANCE).all(2)
    best = int(near.sum(1).argmax())
    if near[best].sum() < 2:
        return None
    return _refined(on_a[near[best]], on_b[near[best]], scales[best])


def _matches(words_a: Words, points_a: Points, words_b: Words, points_b: Points) -> tuple[Points, Points]:
    """Places of the common words, on a and on b; a keypoint counts once for all tables."""
    _, at_a, at_b = np.intersect1d(words_a, words_b, assume_unique=True, return_indices=True)
    both = np.unique(np.hstack([points_a[at_a], points_b[at_b]]), axis=0)
    if len(both) > MOST_MATCHES:
        both = both[np.linspace(0, len(both) - 1, MOST_MATCHES).astype(int)]
    return both[:, :2], both[:, 2:]


def _hypotheses(on_a: Points, on_b: Points, ratio: float) -> tuple[Points, Points]:
    """A scale (x, y) and a shift for every two matches that lie far enough apart on b."""
    i, j = np.triu_indices(len(on_a), 1)
    gap_a, gap_b = on_a[i] - on_a[j], on_b[i] - on_b[j]
    stretch = np.array([1.0, ratio], np.float32)
    length_b = np.hypot(*(gap_b * stretch).T)
    scale = np.divide(np.hypot(*gap_a.T), length_b, out=np.zeros_like(length_b), where=length_b > _APART)
    fits = (scale > SCALES[0]) & (scale < SCALES[1])
    scales = scale[fits, None] * stretch
    middle_a, middle_b = (on_a[i] + on_a[j])[fits] / 2, (on_b[i] + on_b[j])[fits] / 2
    return scales, middle_a - middle_b * scales


def _refined(on_a: Points, on_b: Points, scales: Points) -> Placement:
    """The scale kept in its proportions, fitted to the agreeing matches by least squares."""
    mean_a, mean_b = on_a.mean(0), on_b.mean(0)
    moved, wanted = (on_b - mean_b) * scales, on_a - mean_a
    spread = float((moved**2).sum())
    factor = float((moved * wanted).sum()) / spread if spread > 1e-6 else 1.0
    scale_x, scale_y = (float(s) * factor for s in scales)
    shift_x, shift_y = float(mean_a[0] - mean_b[0] * scale_x), float(mean_a[1] - mean_b[1] * scale_y)
    return Placement(scale_x, scale_y, shift_x, shift_y, len(np.unique(on_b, axis=0)))
