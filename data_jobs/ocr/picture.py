"""Decoding one picture safely: every reason why it cannot be used has a name, and nothing huge is ever decoded.

A picture that can be read although something about it is peculiar has notes, `reason: detail` like the errors:
animated, several_pages, cmyk, deep_colour, disguised, bad_exif.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from data_jobs.ocr.picture_file import PictureError

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
_SUFFIXES = {name.lower(): name for name in FORMATS} | {
    "jpg": "JPEG",
    "jpe": "JPEG",
    "jfif": "JPEG",
    "apng": "PNG",
    "tif": "TIFF",
}


@dataclass(frozen=True, slots=True)
class Picture:
    """An upright RGB image, and what was peculiar about its file."""

    image: Image.Image
    notes: tuple[str, ...]


def decode(content: bytes, path: str, max_pixels: int) -> Picture:
    """The picture in a file's bytes: turned by its EXIF, transparency on white, first frame, 8 bits of RGB.

    Args:
        content: all bytes of the file.
        path: where it came from; its suffix is compared with what it is.
        max_pixels: larger pictures are refused from their header, before any of it is decoded.

    Raises:
        PictureError: empty_file, not_a_picture, too_many_pixels or corrupt.
    """
    image = _parse(content)
    width, height = image.size
    if width * height > max_pixels:
        raise PictureError(f"too_many_pixels: {width} x {height}, more than {max_pixels}")
    try:
        notes = [*_disguise(image, path), *_colours(image)]
        image.load()
        upright, turned = _upright(image)
        return Picture(_rgb(upright), (*notes, *turned, *_frames(image)))
    except Exception as error:  # decoders raise nearly anything for a broken file: struct.error, KeyError, ...
        raise PictureError(f"corrupt: {error or type(error).__name__}") from error


def disguise(content: bytes, path: str) -> str | None:
    """The note of a picture whose suffix names another format, from its header; null for one that cannot be told."""
    try:
        return next(_disguise(_parse(content), path), None)
    except PictureError:
        return None


def _parse(content: bytes) -> Image.Image:
    if not content:
        raise PictureError("empty_file: 0 bytes")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # ours is the stricter check of size; what Pillow mends by itself is no matter
        try:
            return Image.open(io.BytesIO(content), formats=FORMATS)
        except Image.DecompressionBombError as error:
            raise PictureError(f"too_many_pixels: {error}") from error
        except UnidentifiedImageError as error:
            head = content[:8].hex(" ")
            raise PictureError(f"not_a_picture: begins with {head}, none of {', '.join(FORMATS)}") from error
        except Exception as error:  # see decode
            raise PictureError(f"corrupt: {error or type(error).__name__}") from error


def _disguise(image: Image.Image, path: str) -> Iterator[str]:
    name = path.split("?")[0] if "://" in path else path
    suffix = name.rsplit("/", 1)[-1].rsplit(".", 1)[-1].lower()
    told, shown = _SUFFIXES.get(suffix), _format(image)
    if told not in (None, shown):
        yield f"disguised: named .{suffix}, is {shown}"


def _format(image: Image.Image) -> str:
    """The format; a camera's JPEG with a preview behind it (MPO) is a JPEG."""
    return "JPEG" if image.format == "MPO" else str(image.format)


def _colours(image: Image.Image) -> Iterator[str]:
    if image.mode == "CMYK":
        yield "cmyk: colours for print, converted to RGB"
    if image.mode[0] in "IF":
        yield f"deep_colour: mode {image.mode}, reduced to 8 bits"


def _frames(image: Image.Image) -> Iterator[str]:
    if image.format == "MPO" or not getattr(image, "is_animated", False):
        return
    if image.format == "TIFF":
        yield "several_pages: only its first page was read"
    else:
        yield "animated: only its first frame was read"


def _upright(image: Image.Image) -> tuple[Image.Image, list[str]]:
    try:
        return ImageOps.exif_transpose(image), []
    except Exception as error:  # EXIF data of cameras and editors is broken in many ways; the pixels are there
        return image, [f"bad_exif: left as it lies ({type(error).__name__})"]


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode[0] in "IF":
        return _eight_bits(image)
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layer = image.convert("RGBA")
        white = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(white, layer).convert("RGB")
    return image.convert("RGB")


def _eight_bits(image: Image.Image) -> Image.Image:
    """16-bit grey by its upper 8 bits, which Pillow would clip to white; floating point from darkest to lightest."""
    values = np.nan_to_num(np.asarray(image).astype(np.float64))
    low, high = (0.0, 65536.0) if image.mode[0] == "I" else (values.min(), values.max() + 1e-9)
    grey = np.clip((values - low) / (high - low) * 256, 0, 255).astype(np.uint8)
    return Image.fromarray(grey).convert("RGB")
