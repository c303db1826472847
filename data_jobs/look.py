"""What a picture looks like in a few numbers: a colour layout for similarity and a perceptual hash for identity."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

GRID = 6
"""The colour layout is a picture of GRID x GRID pixels."""
_DCT_SIDE = 32


def colour_layout(image: Image.Image) -> NDArray[np.float32]:
    """Mean colours of a grid, row by row, as GRID * GRID * 3 values from 0 to 1."""
    small = image.resize((GRID, GRID), Image.Resampling.BOX)
    return (np.asarray(small, np.float32) / np.float32(255)).ravel()


def perceptual_hash(image: Image.Image) -> int:
    """64 bits that hardly change when a picture is resized or saved again (pHash: signs of the low 8 x 8 DCT terms)."""
    gray = np.asarray(image.convert("L").resize((_DCT_SIDE, _DCT_SIDE), Image.Resampling.LANCZOS), np.float64)
    basis = _dct_basis()
    low = basis @ gray @ basis.T
    signs = (low > np.median(low)).ravel()
    return int("".join("1" if bit else "0" for bit in signs), 2)


def _dct_basis() -> NDArray[np.float64]:
    """The first 8 rows of the DCT-II matrix of _DCT_SIDE points."""
    frequency, point = np.arange(8)[:, None], np.arange(_DCT_SIDE)[None, :]
    return np.cos(np.pi * frequency * (2 * point + 1) / (2 * _DCT_SIDE))
