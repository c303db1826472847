"""Variants of pictures for near-duplicate search: the same picture changed, and one template with another number."""

from __future__ import annotations

import io
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

NUMBER = re.compile(r"\d+(?:\.\d+)?")
STAMP = "KOUBO SHOP"
LEAST_SHRINK = 0.8
"""A number is made this much smaller at most to fit where another was: it has to stay readable."""
LEAST_PRINT = 20
"""Pixels of a line's height whose number is repainted: smaller ones no shopper reads."""
_HANZI = 0x2E80
Change = Callable[[Image.Image, random.Random], Image.Image]


@dataclass(frozen=True, slots=True)
class Variant:
    """A picture made from another. Two variants are the same page where `page` is the same."""

    name: str
    page: str
    change: str
    image: Image.Image


def resized(image: Image.Image, chance: random.Random) -> Image.Image:
    """Between half and four fifths of its size."""
    share = chance.uniform(0.5, 0.8)
    return image.resize((round(image.width * share), round(image.height * share)), Image.Resampling.LANCZOS)


def recompressed(image: Image.Image, chance: random.Random) -> Image.Image:
    """Saved as JPEG of quality 30 to 60."""
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=chance.randint(30, 60))
    return Image.open(buffer).convert("RGB")


def cropped(image: Image.Image, chance: random.Random) -> Image.Image:
    """Up to a tenth cut off at each side."""
    left, right = (round(image.width * chance.uniform(0, 0.1)) for _ in range(2))
    top, bottom = (round(image.height * chance.uniform(0, 0.1)) for _ in range(2))
    return image.crop((left, top, image.width - right, image.height - bottom))


def watermarked(image: Image.Image, chance: random.Random) -> Image.Image:
    """A half transparent line of letters across the picture."""
    layer = Image.new("RGBA", image.size, (255, 255, 255, 0))
    size, grey = max(16, round(image.width * chance.uniform(0.05, 0.08))), chance.choice([255, 120])
    at = (image.width / 2, image.height * chance.uniform(0.3, 0.7))
    ImageDraw.Draw(layer).text(at, STAMP, fill=(grey, grey, grey, 140), font=ImageFont.load_default(size), anchor="mm")
    layer = layer.rotate(chance.uniform(-25, 25))
    return Image.alpha_composite(image.convert("RGBA"), layer).convert("RGB")


def together(*changes: Change) -> Change:
    """One change after the other."""

    def all_of_them(image: Image.Image, chance: random.Random) -> Image.Image:
        for change in changes:
            image = change(image, chance)
        return image

    return all_of_them


CHANGES: dict[str, Change] = {
    "resized": resized,
    "recompressed": recompressed,
    "cropped": cropped,
    "watermarked": watermarked,
    "resized+recompressed": together(resized, recompressed),
    "cropped+recompressed": together(cropped, recompressed),
    "cropped+watermarked": together(cropped, watermarked),
    "cropped+resized+watermarked+recompressed": together(cropped, resized, watermarked, recompressed),
}


def variants(name: str, page: str, image: Image.Image, changes: Sequence[str]) -> list[Variant]:
    """The picture changed in each of these ways; the same arguments give the same pixels."""
    return [
        Variant(f"{name}~{change}", page, change, CHANGES[change](image, random.Random(f"{name}{change}")))
        for change in changes
    ]


def numbered_lines(lines: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Upright lines with a number in print that a shopper reads, surely read; the largest print first."""
    fit = [
        line
        for line in lines
        if NUMBER.search(line["text"])
        and line["score"] >= 0.9
        and line["height"] >= LEAST_PRINT
        and _level(line["box"])
    ]
    return sorted(fit, key=lambda line: -line["height"])


def _level(box: Sequence[Sequence[float]]) -> bool:
    (left, top), (right, other), *_ = box
    return right - left > 0 and abs(other - top) <= 0.05 * (right - left)


def repriced(image: Image.Image, line: dict[str, Any], chance: random.Random) -> tuple[Image.Image, str]:
    """The same template with another number, and that number: the line's first one painted over, another written there.

    A line of ASCII letters, all of which Pillow's own font has, is written anew as a whole.
    """
    found = NUMBER.search(line["text"])
    if found is None:
        raise ValueError(f"no number in {line['text']!r}")
    xs, ys = [x for x, _ in line["box"]], [y for _, y in line["box"]]
    other = another_number(found.group(), chance)
    changed = image.copy()
    if line["text"].isascii():
        box = (min(xs), min(ys), max(xs), max(ys))
        _write_over(changed, box, line["text"].replace(found.group(), other, 1))
        return changed, other
    widths = [_advance(letter) for letter in line["text"]]
    per_unit = (max(xs) - min(xs)) / sum(widths)
    left = min(xs) + per_unit * sum(widths[: found.start()])
    right = min(xs) + per_unit * sum(widths[: found.end()])
    _write_over(changed, (left, min(ys), right, max(ys)), other)
    return changed, other


def _advance(letter: str) -> float:
    return 0.6 if letter in "¥￥" else 1.0 if ord(letter) >= _HANZI else 0.3 if letter in ".,:1il|" else 0.56


def another_number(number: str, chance: random.Random) -> str:
    """A number of as many digits that differs in at least one of them."""
    while True:
        other = "".join(chance.choice("123456789") if letter.isdigit() else letter for letter in number)
        if other != number:
            return other


def _write_over(image: Image.Image, box: tuple[float, float, float, float], text: str) -> None:
    left, top, right, bottom = (round(v) for v in box)
    patch = np.asarray(image.crop((left, top, right, bottom)), np.float32).reshape(-1, 3)
    edge = np.asarray(image.crop((left - 1, top, right + 1, top + 2)), np.float32).reshape(-1, 3)
    paper = np.median(edge, axis=0)
    ink = patch[np.abs(patch - paper).sum(1).argmax()]
    draw = ImageDraw.Draw(image)
    draw.rectangle((left, top, right, bottom), fill=tuple(int(v) for v in paper))
    font = ImageFont.load_default(max(8, round((bottom - top) * 0.86)))
    wide = font.getlength(text)
    if wide > right - left:
        font = ImageFont.load_default(max(8, round((bottom - top) * 0.86 * max(LEAST_SHRINK, (right - left) / wide))))
    draw.text(((left + right) / 2, (top + bottom) / 2), text, fill=tuple(int(v) for v in ink), font=font, anchor="mm")
