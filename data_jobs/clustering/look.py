"""What a picture looks like in a few numbers, for pictures of one kind to be near one another: the colours it holds."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

BINS = (5, 6, 6)
"""Steps of lightness, of green to red and of blue to yellow (CIE L*a*b*)."""
_SIDE = 96


def look(image: Image.Image) -> NDArray[np.float32]:
    """Square roots of the shares of each colour: 180 values, of length 1, the same wherever in the picture a colour is.

    The distance of two looks is Hellinger's, in which rare colours count more than in a plain histogram.
    """
    small = np.asarray(image.resize((_SIDE, _SIDE), Image.Resampling.BOX))
    shares = cv2.calcHist([cv2.cvtColor(small, cv2.COLOR_RGB2LAB)], [0, 1, 2], None, list(BINS), [0, 256] * 3)
    return np.asarray(np.sqrt(shares.ravel() / small[..., 0].size), np.float32)
