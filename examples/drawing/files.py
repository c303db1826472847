"""From sheets to files: near duplicates, file formats, a file that breaks off, labels and the contact sheet."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from examples.drawing.book import Picture
from examples.drawing.fonts import FontSet
from examples.drawing.pages import TEMPLATES
from examples.drawing.palettes import PALETTES
from examples.drawing.sheet import Sheet

WATERMARK = "禾屿生活 店铺实拍"


def draw(picture: Picture, fonts: FontSet, seed: int = 0) -> Sheet:
    """Draws `picture` (not a variant). The same arguments give the same pixels.

    Raises KeyError for an unknown template or palette and for missing content.
    """
    content = picture.content
    width, height = content["size"]
    sheet = Sheet(picture.seed_name, (width, height), PALETTES[content["palette"]], fonts, seed)
    TEMPLATES[content["template"]](sheet, content)
    if "ribbon" in content:
        sheet.ribbon(content["ribbon"])
    if content.get("grain"):
        sheet.grain()
    return sheet


def changed(image: Image.Image, change: str, fonts: FontSet) -> Image.Image:
    """A near duplicate of `image`: resized, cropped, watermarked, or recompressed (the same pixels, see `quality`)."""
    width, height = image.size
    if change == "resized":
        return image.resize((round(width * 0.55), round(height * 0.55)), Image.Resampling.LANCZOS)
    if change == "cropped":
        return image.crop((round(width * 0.03), round(height * 0.02), round(width * 0.97), round(height * 0.98)))
    if change == "watermarked":
        return _watermarked(image, fonts)
    if change == "recompressed":
        return image
    raise ValueError(f"change {change!r}: expected resized, cropped, watermarked or recompressed")


def _watermarked(image: Image.Image, fonts: FontSet) -> Image.Image:
    layer = Image.new("RGBA", image.size, (255, 255, 255, 0))
    face = fonts.at(36, "bold")
    at = (image.width / 2, image.height * 0.58)
    ImageDraw.Draw(layer).text(at, WATERMARK, fill=(255, 255, 255, 150), font=face, anchor="mm")
    return Image.alpha_composite(image.convert("RGBA"), layer.rotate(18)).convert("RGB")


def encoded(image: Image.Image, picture: Picture) -> bytes:
    """The bytes of the file, in the format of its name; a corrupt one breaks off after two fifths."""
    suffix, out = Path(picture.image_id).suffix, io.BytesIO()
    quality = 30 if picture.change == "recompressed" else (70 if picture.expected == "overlong" else 84)
    if suffix == ".png":
        image.quantize(160, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    else:
        image.save(out, {".jpg": "JPEG", ".webp": "WEBP"}[suffix], quality=quality)
    data = out.getvalue()
    return data[: len(data) * 2 // 5] if picture.expected == "corrupt" else data


def label(picture: Picture, lines: list[str], topic: str) -> Mapping[str, Any]:
    """The ground truth of a picture, a row of labels.jsonl."""
    return {
        "image_id": picture.image_id,
        "product_id": picture.product_id,
        "lines": lines,
        "topic": topic,
        "duplicate_of": picture.variant_of,
        "expected": picture.expected,
    }


def contact_sheet(images: list[Image.Image], columns: int = 12, cell: int = 128) -> Image.Image:
    """All pictures in a grid of small cells; a very long one shows its head."""
    rows = -(-len(images) // columns)
    sheet = Image.new("RGB", (columns * cell, rows * cell), (245, 245, 245))
    for i, image in enumerate(images):
        small = image.crop((0, 0, image.width, min(image.height, image.width * 3 // 2)))
        small.thumbnail((cell - 8, cell - 8), Image.Resampling.LANCZOS)
        left, top = i % columns * cell, i // columns * cell
        sheet.paste(small, (left + (cell - small.width) // 2, top + (cell - small.height) // 2))
    return sheet
