"""Pages for the tests of near-duplicate search: drawings with lines of print where OCR would find them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from data_jobs.clustering.fingerprint import Page, fingerprint, read_page
from data_jobs.clustering.keypoints import KeypointFinder

Print = tuple[str, tuple[int, int], int]
"""Text, left and top in pixels, height in pixels."""
PRICE: Print = ("¥79.9", (420, 520), 40)
LINES: tuple[Print, ...] = (("316 STEEL CUP", (40, 40), 44), ("FLIP LID 260G", (60, 130), 30), PRICE)


def drawing(seed: int, lines: Sequence[Print] = LINES, side: int = 600) -> Image.Image:
    """Coloured shapes that the seed places, and print."""
    random = np.random.default_rng(seed)
    image = Image.new("RGB", (side, side), tuple(int(v) for v in random.integers(150, 255, 3)))
    draw = ImageDraw.Draw(image)
    for _ in range(25):
        x, y, w, h = (int(v) for v in random.integers(20, side // 2, 4))
        draw.ellipse([x, y, x + w // 2, y + h // 2], fill=tuple(int(v) for v in random.integers(0, 255, 3)))
        draw.rectangle([side - x, side - y, side - x + w // 3, side - y + h // 3], outline="black", width=4)
    for text, at, height in lines:
        draw.text(at, text, fill="black", font=ImageFont.load_default(height))
    return image


def ocr_lines(lines: Sequence[Print] = LINES, left: int = 0, top: int = 0, scale: float = 1.0) -> list[dict[str, Any]]:
    """What OCR would give for the lines of a drawing that was cropped at the left and top and then scaled."""
    rows = []
    for text, (x, y), height in lines:
        wide = ImageFont.load_default(height).getlength(text)
        corners = ((x, y), (x + wide, y), (x + wide, y + height), (x, y + height))
        box = [[(px - left) * scale, (py - top) * scale] for px, py in corners]
        rows.append({"text": text, "box": box, "score": 0.97, "height": height * scale})
    return rows


def row(image_id: str, image: Image.Image, lines: Sequence[dict[str, Any]], usable: bool = True, path: str = "") -> Any:
    """The FINGERPRINT row of a drawing."""
    return fingerprint(image_id, path, image, lines, usable, KeypointFinder())


def page(image: Image.Image, lines: Sequence[dict[str, Any]], path: str = "") -> Page:
    """The page of a drawing."""
    return read_page(row(path or "page", image, lines, path=path))
