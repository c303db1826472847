"""A picture in the making: backgrounds, cards, product silhouettes and text, remembering every line it printed."""

from __future__ import annotations

import math
import random
import re
import zlib

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from examples.drawing.fonts import FontSet
from examples.drawing.palettes import Colour, Palette, mix
from examples.drawing.silhouettes import silhouette

RIBBON: Colour = (214, 40, 40)
Box = tuple[float, float, float, float]
_TOKEN = re.compile(r"[!-~]+|.")
_SMOOTH = 3  # shapes are drawn this many times larger and scaled down, for smooth edges


class Sheet:
    """A drawing surface of `size` (width, height in pixels); `lines` holds the printed texts in the order drawn."""

    def __init__(self, image_id: str, size: tuple[int, int], palette: Palette, fonts: FontSet, seed: int = 0) -> None:
        self.width, self.height = size
        self.palette = palette
        self.fonts = fonts
        self.lines: list[str] = []
        self.random = random.Random(zlib.crc32(image_id.encode()) + seed)
        self.image = Image.new("RGB", size, palette.top)

    def gradient(self, top: Colour | None = None, bottom: Colour | None = None, angle: float = 100) -> None:
        """Fills the sheet from `top` to `bottom` along `angle` (degrees, 90 is downwards)."""
        first, last = top or self.palette.top, bottom or self.palette.bottom
        ys, xs = np.mgrid[0 : self.height, 0 : self.width]
        along = xs / self.width * math.cos(math.radians(angle)) + ys / self.height * math.sin(math.radians(angle))
        along = (along - along.min()) / (along.max() - along.min())
        colours = np.array(first) + along[..., None] * (np.array(last) - np.array(first))
        self.image = Image.fromarray(colours.round().astype(np.uint8), "RGB")

    def discs(self, count: int, colour: Colour, strength: float = 0.25) -> None:
        """Scatters large, faint discs over the background."""
        for _ in range(count):
            radius = self.random.uniform(0.08, 0.3) * self.width
            x, y = self.random.uniform(0, self.width), self.random.uniform(0, self.height)
            self.disc((x, y), radius, colour, strength)

    def disc(self, centre: tuple[float, float], radius: float, colour: Colour, strength: float = 1.0) -> None:
        """A disc around `centre`, as opaque as `strength` (0 to 1)."""
        x, y = centre
        self.card((x - radius, y - radius, x + radius, y + radius), colour, radius, strength=strength)

    def card(
        self,
        box: Box,
        fill: Colour,
        radius: float = 18,
        *,
        shadow: float = 0.0,
        strength: float = 1.0,
        edge: Colour | None = None,
    ) -> None:
        """A rounded rectangle; `shadow` (0 to 1) lifts it, `edge` draws a thin outline."""
        x0, y0, x1, y1 = box
        mask = self._rounded_mask((round(x1 - x0), round(y1 - y0)), radius)
        at = (round(x0), round(y0))
        if shadow:
            self._shadow(mask, at, shadow)
        if strength < 1:
            mask = mask.point([round(v * strength) for v in range(256)])
        self.image.paste(Image.new("RGB", mask.size, fill), at, mask)
        if edge:
            ImageDraw.Draw(self.image).rounded_rectangle(box, radius, outline=edge, width=2)

    def _rounded_mask(self, size: tuple[int, int], radius: float) -> Image.Image:
        large = Image.new("L", (max(size[0], 1) * _SMOOTH, max(size[1], 1) * _SMOOTH), 0)
        ImageDraw.Draw(large).rounded_rectangle((0, 0, large.width - 1, large.height - 1), radius * _SMOOTH, fill=255)
        return large.resize((max(size[0], 1), max(size[1], 1)), Image.Resampling.LANCZOS)

    def _shadow(self, mask: Image.Image, at: tuple[int, int], strength: float) -> None:
        margin = 28
        soft = Image.new("L", (mask.width + 2 * margin, mask.height + 2 * margin), 0)
        soft.paste(mask, (margin, margin + 8))
        soft = soft.filter(ImageFilter.GaussianBlur(10)).point([round(v * strength) for v in range(256)])
        dark = mix(self.palette.bottom, (0, 0, 0), 0.6)
        self.image.paste(Image.new("RGB", soft.size, dark), (at[0] - margin, at[1] - margin), soft)

    def product(self, name: str, box: Box, colour: Colour | None = None) -> None:
        """Draws the silhouette `name` to fit `box`, shaded from the left, on a soft shadow."""
        x0, y0, x1, y1 = box
        side = round(min(x1 - x0, y1 - y0))
        layer = silhouette(name, side, colour or self.palette.product)
        at = (round((x0 + x1 - side) / 2), round((y0 + y1 - side) / 2))
        self._shadow(layer.getchannel("A"), at, 0.35)
        self.image.paste(layer.convert("RGB"), at, layer.getchannel("A"))

    def line(self, start: tuple[float, float], end: tuple[float, float], colour: Colour, width: int = 2) -> None:
        """A straight stroke."""
        ImageDraw.Draw(self.image).line((start, end), fill=colour, width=width)

    def text(
        self,
        at: tuple[float, float],
        text: str,
        size: int,
        *,
        colour: Colour | None = None,
        weight: str = "regular",
        anchor: str = "la",
        fit: float | None = None,
    ) -> float:
        """Prints and remembers `text`; `fit` is the widest it may be (the size shrinks to it). Returns its width."""
        face = self.fonts.at(size, weight)
        while fit and face.getlength(text) > fit and size > 8:
            size -= 1
            face = self.fonts.at(size, weight)
        ImageDraw.Draw(self.image).text(at, text, fill=colour or self.palette.ink, font=face, anchor=anchor)
        self.lines.append(text)
        return face.getlength(text)

    def ribbon(self, text: str) -> None:
        """A slanted ribbon across the upper right corner, with `text` turned by 45 degrees."""
        side = 210
        layer = Image.new("RGBA", (side * 2, side * 2), (0, 0, 0, 0))
        draw = ImageDraw.Draw(layer)
        draw.rectangle((0, side - 100, side * 2, side - 54), fill=(*RIBBON, 255))
        draw.text((side, side - 78), text, fill=(255, 255, 255, 255), font=self.fonts.at(28, "bold"), anchor="mm")
        turned = layer.rotate(-45, Image.Resampling.BICUBIC)
        self.image.paste(turned.convert("RGB"), (self.width - 2 * side + 80, -80), turned.getchannel("A"))
        self.lines.append(text)

    def column(self, at: tuple[float, float], text: str, size: int, colour: Colour, weight: str = "serif") -> None:
        """Prints `text` from the top down, one character a row, and remembers it as one line."""
        draw, face = ImageDraw.Draw(self.image), self.fonts.at(size, weight)
        for i, character in enumerate(text):
            draw.text((at[0], at[1] + i * size * 1.2), character, fill=colour, font=face, anchor="mm")
        self.lines.append(text)

    def grain(self, strength: float = 7.0) -> None:
        """Adds the noise of a photograph, `strength` grey levels of deviation."""
        noise = np.random.default_rng(self.random.randrange(2**32)).normal(0, strength, (self.height, self.width, 1))
        pixels = np.clip(np.asarray(self.image).astype(float) + noise, 0, 255)
        self.image = Image.fromarray(pixels.round().astype(np.uint8), "RGB")

    def paragraph(
        self,
        box: Box,
        text: str,
        size: int,
        *,
        colour: Colour | None = None,
        weight: str = "regular",
        leading: float = 1.6,
    ) -> float:
        """Prints `text` wrapped into the width of `box`, one remembered line each. Returns the y below it."""
        x0, y, x1, _ = box
        for line in self.wrap(text, size, x1 - x0, weight):
            self.text((x0, y), line, size, colour=colour, weight=weight)
            y += size * leading
        return y

    def wrap(self, text: str, size: int, width: float, weight: str = "regular") -> list[str]:
        """Cuts `text` into lines no wider than `width`; a closing mark never starts one, a Latin word is never cut."""
        face, lines, current = self.fonts.at(size, weight), [], ""
        for token in _TOKEN.findall(text):
            if current and face.getlength(current + token) > width and token not in "，。、；：！？）":
                lines.append(current)
                current = ""
            current += token.lstrip() if not current else token
        return [*lines, current] if current else lines
