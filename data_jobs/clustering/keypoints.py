"""Local features of a picture as words: what stays when it is resized, saved again, cropped or stamped.

A word is a corner or blob of the picture (SIFT: Lowe, 2004) in 28 bits: the signs of random projections of its
descriptor, twice. Two pictures of the same thing share many words at places that one scale and shift explain;
words are compared for equality only, so that a join finds the pictures that share some.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

KEYPOINTS = 64
"""Words of a picture at most, of each table: those of its strongest keypoints."""
TABLES = 2
BITS = 28
"""Bits of a word beside its table's number. Pictures without a keypoint in common share a word by chance about
KEYPOINTS**2 / 2**BITS times."""
SIDE = 256
"""A picture is looked at in about SIDE**2 pixels, whatever its shape."""
CONTRAST = 0.02

Words = NDArray[np.uint32]
Points = NDArray[np.float32]


@dataclass(slots=True)
class KeypointFinder:
    """Finds the words of pictures. OpenCV objects are not sent between processes: make one where it works."""

    _sift: Any = field(init=False)

    def __post_init__(self) -> None:
        """Keep OpenCV on the thread it is called on: the job's actors are its parallelism."""
        cv2.setNumThreads(1)
        self._sift = cv2.SIFT.create(nfeatures=KEYPOINTS, contrastThreshold=CONTRAST)

    def find(self, image: Image.Image) -> tuple[Words, Points]:
        """Words (n) and where they are (n x 2: x and y as shares of width and height); the same picture, the same bits.

        n is at most KEYPOINTS * TABLES; a blank picture has none.
        """
        grey = _grey(image)
        keypoints, descriptors = self._sift.detectAndCompute(grey, None)
        if not keypoints:
            return np.zeros(0, np.uint32), np.zeros((0, 2), np.float32)
        order = np.argsort([-point.response for point in keypoints], kind="stable")[:KEYPOINTS]
        places = np.asarray([keypoints[i].pt for i in order], np.float32) / np.asarray(grey.shape[::-1], np.float32)
        return encode(descriptors[order]), np.tile(places, (TABLES, 1))


def _grey(image: Image.Image) -> NDArray[np.uint8]:
    scale = SIDE / (image.width * image.height) ** 0.5
    size = max(16, round(image.width * scale)), max(16, round(image.height * scale))
    return np.asarray(image.convert("L").resize(size, Image.Resampling.BOX if scale < 1 else Image.Resampling.BICUBIC))


def encode(descriptors: NDArray[np.float32]) -> Words:
    """Words of SIFT descriptors (n x 128), table after table: TABLES * n."""
    roots = np.sqrt(descriptors / np.maximum(descriptors.sum(1, keepdims=True), 1))
    bits = (roots @ _projections() > 0).reshape(len(roots), TABLES, BITS)
    words = (bits * (1 << np.arange(BITS, dtype=np.uint32))).sum(2, dtype=np.uint32)
    return (words | (np.arange(TABLES, dtype=np.uint32) << BITS)).T.ravel()


@cache
def _projections() -> NDArray[np.float32]:
    """Random directions that sum to 0, since all entries of a descriptor are positive."""
    directions = np.random.default_rng(0).normal(size=(128, TABLES * BITS))
    return (directions - directions.mean(0)).astype(np.float32)
