"""Opening one picture safely: every reason why it cannot be used has a name, and nothing huge is ever decoded."""

from __future__ import annotations

import io
import warnings

import fsspec
from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
MAX_BYTES = 64 * 2**20


class PictureError(Exception):
    """A picture that cannot be used. The text is `reason: detail`, its reason one of a few words."""


def open_picture(path: str, max_pixels: int) -> Image.Image:
    """The picture as upright RGB: turned by its EXIF, transparency on white, first frame, CMYK and palettes converted.

    Args:
        path: a path or a URI.
        max_pixels: larger pictures are refused from their header, before any of it is decoded.

    Raises:
        PictureError: missing_file, empty_file, too_many_bytes, not_a_picture, too_many_pixels or corrupt.
    """
    image = _parse(_read(path))
    width, height = image.size
    if width * height > max_pixels:
        raise PictureError(f"too_many_pixels: {width} x {height}, more than {max_pixels}")
    try:
        return _upright_rgb(image)
    except (OSError, ValueError, SyntaxError, EOFError, IndexError) as error:
        raise PictureError(f"corrupt: {error}") from error


def _read(path: str) -> bytes:
    try:
        with fsspec.open(path, "rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise PictureError("missing_file: there is no such file") from error
    except OSError as error:
        raise PictureError(f"missing_file: {error.strerror or error}") from error
    if not content:
        raise PictureError("empty_file: 0 bytes")
    if len(content) > MAX_BYTES:
        raise PictureError(f"too_many_bytes: more than {MAX_BYTES}")
    return bytes(content)


def _parse(content: bytes) -> Image.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # ours is the stricter check
        try:
            return Image.open(io.BytesIO(content), formats=FORMATS)
        except Image.DecompressionBombError as error:
            raise PictureError(f"too_many_pixels: {error}") from error
        except UnidentifiedImageError as error:
            head = content[:8].hex(" ")
            raise PictureError(f"not_a_picture: begins with {head}, none of {', '.join(FORMATS)}") from error
        except (OSError, ValueError, SyntaxError) as error:
            raise PictureError(f"corrupt: {error}") from error


def _upright_rgb(image: Image.Image) -> Image.Image:
    image.load()
    upright = ImageOps.exif_transpose(image)
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        layer = upright.convert("RGBA")
        white = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(white, layer).convert("RGB")
    return upright.convert("RGB")
