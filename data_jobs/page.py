"""One page read: a picture in, its row of the OCR table out, whatever happens on the way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PIL import Image

from data_jobs.picture import PictureError, open_picture
from data_jobs.reading_order import reading_rows
from data_jobs.slices import read_in_slices
from data_jobs.text_line import TextLine
from data_jobs.tilt import level_bounds

Read = Callable[[Image.Image], Sequence[TextLine]]


def read_page(image_id: str, path: str, read: Read, max_side: int, max_pixels: int) -> dict[str, Any]:
    """The row (schemas.OCR, but for the stamp) of one picture; `read` finds the lines of an image or of a slice of one.

    Never raises for a picture: what goes wrong is in the row's `error`, as `reason: detail`.
    """
    try:
        image = open_picture(path, max_pixels)
    except PictureError as error:
        return failed(image_id, str(error))
    width, height = image.size
    try:
        lines = read_in_slices(width, height, max_side, lambda top, bottom: read(image.crop((0, top, width, bottom))))
    except Exception as error:  # of the OCR engine: one picture must not stop the others
        return failed(image_id, f"ocr_failed: {type(error).__name__}: {error}", width, height)
    rows = reading_rows(level_bounds(lines))
    return {
        "image_id": image_id,
        "lines": [lines[i].as_row() for row in rows for i in row],
        "text": "\n".join(" ".join(lines[i].text for i in row) for row in rows),
        "width": width,
        "height": height,
        "error": None,
    }


def failed(image_id: str, error: str, width: int | None = None, height: int | None = None) -> dict[str, Any]:
    """The row of a picture that could not be read."""
    return {"image_id": image_id, "lines": [], "text": "", "width": width, "height": height, "error": error}
