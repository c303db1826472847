"""What a picture looks like in a few numbers, for pictures of one kind to be near one another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

GRID = 6
"""The colour layout is a picture of GRID x GRID pixels."""


def look(image: Image.Image) -> NDArray[np.float32]:
    """The colour layout around its middle grey, of length 1 for black or white: GRID * GRID * 3 values."""
    layout = colour_layout(image)
    return ((layout - 0.5) * (2 / np.sqrt(layout.size))).astype(np.float32)


def colour_layout(image: Image.Image) -> NDArray[np.float32]:
    """Mean colours of a grid, row by row, as GRID * GRID * 3 values from 0 to 1."""
    small = image.resize((GRID, GRID), Image.Resampling.BOX)
    return (np.asarray(small, np.float32) / np.float32(255)).ravel()
