"""Main pictures, feature posters, banners, brand stories and scenes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from PIL import Image, ImageDraw

from examples.drawing.palettes import WHITE, mix
from examples.drawing.sheet import Sheet

Content = Mapping[str, Any]
RED = (220, 38, 38)


def _price(sheet: Sheet, at: tuple[float, float], price: str, size: int, colour: tuple[int, int, int]) -> None:
    """A price as shops print it: in one string, so that it is one line of text."""
    sheet.text(at, f"¥{price}", size, colour=colour, weight="bold", anchor="mm")


def hero_badge(sheet: Sheet, content: Content) -> None:
    """Product in the middle, title above, round price badge at the lower right."""
    palette, w, h = sheet.palette, sheet.width, sheet.height
    sheet.gradient()
    sheet.discs(5, WHITE, 0.22)
    sheet.disc((w * 0.5, h * 0.6), w * 0.31, mix(palette.top, WHITE, 0.5), 0.8)
    sheet.text((w / 2, 44), content["title"], 52, weight="bold", anchor="ma", fit=w - 90)
    sheet.text((w / 2, 118), content["line"], 28, colour=palette.muted, anchor="ma", fit=w - 120)
    sheet.product(content["shape"], (w * 0.2, h * 0.27, w * 0.8, h * 0.9))
    for i, tag in enumerate(content["tags"]):
        top = 250 + 84 * i
        sheet.card((36, top, 196, top + 58), palette.paper, 29, shadow=0.15)
        sheet.text((116, top + 29), tag, 24, colour=palette.accent, weight="bold", anchor="mm", fit=144)
    x, y = w - 132, h - 132
    sheet.card((x - 104, y - 104, x + 104, y + 104), palette.accent, 104, shadow=0.3)
    sheet.text((x, y - 46), content["badge"], 26, colour=palette.on_accent, anchor="mm")
    _price(sheet, (x, y + 14), content["price"], 50, palette.on_accent)


def hero_band(sheet: Sheet, content: Content) -> None:
    """Product on a plain stage with a price band along the lower edge."""
    palette, w, h = sheet.palette, sheet.width, sheet.height
    sheet.gradient(palette.paper, palette.top, 90)
    sheet.card((0, h * 0.66, w, h), mix(palette.top, palette.bottom, 0.6), 0)
    sheet.product(content["shape"], (w * 0.36, h * 0.16, w * 0.96, h * 0.8))
    sheet.card((40, 44, 40 + 132, 44 + 44), palette.accent, 8)
    sheet.text((106, 66), content["brand"], 26, colour=WHITE, weight="bold", anchor="mm", fit=120)
    sheet.text((40, 110), content["title"], 54, weight="bold", fit=w - 80)
    sheet.text((40, 186), content["line"], 28, colour=palette.muted, fit=w - 240)
    for i, tag in enumerate(content["tags"]):
        top = 262 + 78 * i
        sheet.disc((58, top + 23), 7, palette.accent)
        sheet.text((80, top), tag, 30, weight="bold")
    sheet.card((0, h - 128, w, h), palette.accent, 0)
    sheet.text((40, h - 64), content["badge"], 34, colour=WHITE, weight="bold", anchor="lm")
    _price(sheet, (w - 190, h - 66), content["price"], 76, WHITE)


def hero_side(sheet: Sheet, content: Content) -> None:
    """Text on a coloured panel at the left, product at the right."""
    palette, w, h = sheet.palette, sheet.width, sheet.height
    tone = palette.on_accent
    sheet.gradient(mix(palette.top, WHITE, 0.4), palette.bottom, 30)
    sheet.card((-40, -40, w * 0.44, h + 40), palette.accent, 40, shadow=0.25)
    sheet.disc((w * 0.72, h * 0.52), w * 0.25, WHITE, 0.55)
    sheet.product(content["shape"], (w * 0.45, h * 0.22, w * 0.99, h * 0.82))
    sheet.text((36, 60), content["brand"], 28, colour=tone)
    y = sheet.paragraph((36, 112, w * 0.42, h), content["title"], 50, colour=tone, weight="bold", leading=1.3)
    sheet.line((38, y + 16), (110, y + 16), tone, 4)
    y = sheet.paragraph((36, y + 40, w * 0.42, h), content["line"], 26, colour=tone)
    for i, tag in enumerate(content["tags"]):
        top = y + 24 + 58 * i
        sheet.card((36, top, 36 + 236, top + 44), mix(palette.accent, WHITE, 0.2), 22)
        sheet.text((154, top + 22), tag, 24, colour=tone, anchor="mm", fit=216)
    sheet.card((36, h - 138, w * 0.42, h - 46), WHITE, 18, shadow=0.2)
    sheet.text((56, h - 92), content["badge"], 24, colour=mix(palette.accent, (0, 0, 0), 0.35), anchor="lm", fit=90)
    _price(sheet, (w * 0.29, h - 93), content["price"], 48, RED)


def callouts(sheet: Sheet, content: Content) -> None:
    """A feature poster: product in the middle, points scattered around it on leader lines."""
    palette, w, h = sheet.palette, sheet.width, sheet.height
    sheet.gradient()
    sheet.discs(6, mix(palette.top, palette.paper, 0.8), 0.3)
    sheet.text((w / 2, 56), content["title"], 58, weight="bold", anchor="ma", fit=w - 80)
    sheet.text((w / 2, 138), content["line"], 28, colour=palette.muted, anchor="ma", fit=w - 100)
    centre = (w / 2, h * 0.56)
    sheet.disc(centre, w * 0.27, mix(palette.top, palette.paper, 0.6), 0.9)
    points = content["points"]
    places = [(0.2, 0.27), (0.8, 0.3), (0.82, 0.62), (0.76, 0.88), (0.22, 0.86), (0.17, 0.58)]
    for (x, y), _ in zip(places, points, strict=False):
        sheet.line((x * w, y * h), centre, mix(palette.accent, palette.top, 0.45), 2)
    sheet.product(content["shape"], (w * 0.24, h * 0.36, w * 0.76, h * 0.76))
    for (x, y), (head, note) in zip(places, points, strict=False):
        left, top = x * w - 122 + sheet.random.uniform(-8, 8), y * h - 50 + sheet.random.uniform(-14, 14)
        left = min(max(left, 20), w - 264)
        sheet.card((left, top, left + 244, top + 100), palette.paper, 16, shadow=0.25)
        sheet.text((left + 122, top + 34), head, 32, colour=palette.accent, weight="bold", anchor="mm", fit=224)
        sheet.text((left + 122, top + 74), note, 22, colour=palette.muted, anchor="mm", fit=228)


def split(sheet: Sheet, content: Content) -> None:
    """Two columns: alternating picture tiles and texts."""
    palette, w, h = sheet.palette, sheet.width, sheet.height
    sheet.card((0, 0, w, h), palette.paper, 0)
    sheet.text((w / 2, 40), content["title"], 46, weight="bold", anchor="ma", fit=w - 80)
    rows = content["points"]
    tall = (h - 130) / len(rows)
    for i, (head, note) in enumerate(rows):
        top, left = 120 + tall * i, i % 2 == 0
        tile = (20.0, top, w / 2 - 10, top + tall - 16) if left else (w / 2 + 10, top, w - 20.0, top + tall - 16)
        tone = mix(palette.top, palette.bottom, i / len(rows))
        sheet.card(tile, tone, 20)
        sheet.product(content["shape"], (tile[0] + 20, tile[1] + 14, tile[2] - 20, tile[3] - 14))
        x = w / 2 + 24 if left else 36
        sheet.text((x, top + tall * 0.2), head, 36, colour=palette.accent, weight="bold", fit=w / 2 - 60)
        sheet.paragraph((x, top + tall * 0.2 + 58, x + w / 2 - 70, h), note, 26, colour=palette.muted)


def banner(sheet: Sheet, content: Content) -> None:
    """A promotion banner with coupons as torn tickets."""
    palette, w, h = sheet.palette, sheet.width, sheet.height
    sheet.gradient(angle=20)
    sheet.discs(7, palette.accent, 0.12)
    sheet.text((54, 48), content["title"], 74, colour=palette.ink, weight="bold", fit=w - 360)
    sheet.text((56, 150), content["line"], 32, colour=palette.muted, fit=w - 380)
    if "shape" in content:
        sheet.product(content["shape"], (w - 310, 20, w - 30, 250))
    coupons = content["coupons"]
    wide = (w - 108 - 24 * (len(coupons) - 1)) / len(coupons)
    for i, (amount, condition) in enumerate(coupons):
        left, top, bottom = 54 + i * (wide + 24), h - 206.0, h - 56.0
        sheet.card((left, top, left + wide, bottom), (255, 248, 236), 16, shadow=0.3)
        for y in (top, bottom):
            sheet.disc((left + wide * 0.66, y), 13, palette.bottom)
        sheet.text((left + wide * 0.33, top + 54), amount, 50, colour=RED, weight="bold", anchor="mm", fit=wide * 0.58)
        sheet.text((left + wide * 0.33, top + 112), condition, 23, colour=(140, 80, 60), anchor="mm", fit=wide * 0.6)
        sheet.text(
            (left + wide * 0.83, top + 75),
            content["action"],
            26,
            colour=RED,
            weight="bold",
            anchor="mm",
            fit=wide * 0.28,
        )
    sheet.text((w / 2, h - 26), content["small"], 18, colour=palette.muted, anchor="mm", fit=w - 80)


def _hills(sheet: Sheet) -> None:
    """Three ranges of hills under a sun."""
    w, h = sheet.width, sheet.height
    sheet.disc((w * 0.76, h * 0.62), w * 0.1, (255, 236, 190), 0.95)
    draw = ImageDraw.Draw(sheet.image)
    for i in range(3):
        tone = mix(mix(sheet.palette.bottom, sheet.palette.top, 0.3), sheet.palette.accent, 0.2 + 0.25 * i)
        base, phase = h * (0.72 + 0.08 * i), sheet.random.uniform(0, 6)
        ridge = [
            (x, base - 60 * math.sin(x / w * (4 + i) + phase) - 22 * math.sin(x / w * 11 + phase))
            for x in range(0, w + 10, 10)
        ]
        draw.polygon([*ridge, (w, h), (0, h)], fill=tone)


def story(sheet: Sheet, content: Content) -> None:
    """A brand story in a serif face over a landscape."""
    palette, w = sheet.palette, sheet.width
    sheet.gradient(mix(palette.top, WHITE, 0.3), palette.bottom)
    _hills(sheet)
    sheet.text((64, 76), content["title"], 56, weight="serif", fit=w - 128)
    sheet.line((66, 164), (166, 164), palette.accent, 4)
    y = 196.0
    for sentence in content["paragraphs"]:
        y = sheet.paragraph((64, y, w - 150, sheet.height), sentence, 28, weight="serif", leading=1.75) + 14
    sheet.column((w - 62, 110), content["slogan"], 34, palette.accent)
    sheet.text((64, sheet.height - 70), content["sign"], 26, colour=WHITE, weight="serif")


def scene(sheet: Sheet, content: Content) -> None:
    """A still life that is almost free of text: the product on a table by a window."""
    palette, w, h = sheet.palette, sheet.width, sheet.height
    sheet.gradient(mix(palette.top, WHITE, 0.2), mix(palette.top, palette.bottom, 0.5), 60)
    for column in range(2):
        for row in range(2):
            left, top = 70 + column * 170, 80 + row * 190
            sheet.card((left, top, left + 156, top + 176), mix(palette.top, WHITE, 0.8), 10)
    light = Image.new("L", (w, h), 0)
    ImageDraw.Draw(light).polygon([(70, 470), (420, 470), (760, h), (220, h)], fill=46)
    sheet.card((0, h * 0.72, w, h), mix(palette.bottom, (120, 86, 56), 0.45), 0)
    sheet.image.paste(Image.new("RGB", (w, h), (255, 250, 232)), (0, 0), light)
    sheet.product(content["shape"], (w * 0.4, h * 0.2, w * 0.94, h * 0.88))
    sheet.card((110, h * 0.66, 230, h * 0.82), mix(palette.accent, WHITE, 0.55), 14, shadow=0.3)
    for dx, dy in ((-40, -110), (0, -140), (44, -104)):
        sheet.line((170, h * 0.66), (170 + dx, h * 0.66 + dy), (74, 120, 84), 5)
        sheet.disc((170 + dx, h * 0.66 + dy), 24, (98, 152, 104))
    if content.get("line"):
        sheet.text((w - 40, h - 44), content["line"], 22, colour=WHITE, anchor="rm")
