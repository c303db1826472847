"""One page read: the bytes of a picture in, its row of the OCR table out, whatever happens on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from PIL import Image

from data_jobs.ocr.font_ratio import font_ratios
from data_jobs.ocr.picture import PictureError, decode
from data_jobs.ocr.reading_order import reading_rows
from data_jobs.ocr.slices import cut, read_in_slices
from data_jobs.ocr.text_line import TextLine
from data_jobs.ocr.tilt import level_bounds

Read = Callable[[Image.Image], Sequence[TextLine]]
LONG_SIDE = 10_000
"""Pages with a side of so many pixels are noted; what is shorter is a usual detail page."""


def read_page(image_id: str, path: str, content: bytes, read: Read, max_side: int, max_pixels: int) -> dict[str, Any]:
    """The row (schemas.OCR, but for stamp and digest) of the picture in `content`, which came from `path`.

    `read` finds the lines of an image or of a slice of one. Never raises for a picture: what goes wrong is in the row's
    `error`, as `reason: detail`.
    """
    try:
        picture = decode(content, path, max_pixels)
    except PictureError as error:
        return failed(image_id, str(error))
    image = picture.image
    width, height = image.size
    try:
        lines = read_in_slices(width, height, max_side, lambda top, bottom: read(image.crop((0, top, width, bottom))))
    except Exception as error:  # of the OCR engine: one picture must not stop the others
        return failed(image_id, f"ocr_failed: {type(error).__name__}: {error}", width, height)
    notes = [*picture.notes, *_length(width, height, max_side)]
    return {
        "image_id": image_id,
        **_text(lines),
        "width": width,
        "height": height,
        "error": None,
        "note": "; ".join(notes) or None,
    }


def _text(lines: Sequence[TextLine]) -> dict[str, Any]:
    rows = reading_rows(level_bounds(lines))
    ratios = font_ratios(lines)
    return {
        "lines": [lines[i].as_row(ratios[i]) for row in rows for i in row],
        "text": "\n".join(" ".join(lines[i].text for i in row) for row in rows),
    }


def _length(width: int, height: int, max_side: int) -> Iterator[str]:
    if height >= LONG_SIDE:
        yield f"very_tall: {width} x {height}, read in {len(cut(width, height, max_side))} slices"
    if width >= LONG_SIDE:
        yield f"very_wide: {width} x {height}, read at a width of {max_side}"


def failed(image_id: str, error: str, width: int | None = None, height: int | None = None) -> dict[str, Any]:
    """The row of a picture that could not be read."""
    return {
        "image_id": image_id,
        "lines": [],
        "text": "",
        "width": width,
        "height": height,
        "error": error,
        "note": None,
    }
