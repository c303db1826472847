"""Tables, size charts, notes, steps, certificates, labels and the long detail page."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from PIL import ImageDraw

from examples.drawing.palettes import WHITE, mix
from examples.drawing.posters import banner, callouts, hero_badge, hero_band, hero_side, scene, split, story
from examples.drawing.sheet import Sheet

Content = Mapping[str, Any]


def _heading(sheet: Sheet, title: str, line: str = "") -> float:
    """A section heading with a bar of the accent colour. Returns the y below it."""
    sheet.card((40, 46, 52, 98), sheet.palette.accent, 6)
    sheet.text((70, 44), title, 44, weight="bold", fit=sheet.width - 120)
    if line:
        sheet.text((70, 106), line, 24, colour=sheet.palette.muted, fit=sheet.width - 120)
    return 160.0 if line else 126.0


def _grid(sheet: Sheet, rows: list[list[str]], top: float, shares: list[float], size: int, tall: int) -> float:
    """A table whose first row is its head; `shares` are the column widths. Returns the y below it."""
    palette, left, wide = sheet.palette, 40.0, sheet.width - 80
    for i, row in enumerate(rows):
        y = top + i * tall
        fill = palette.accent if i == 0 else (palette.pale if i % 2 else palette.paper)
        sheet.card((left, y, left + wide, y + tall), fill, 0)
        x = left
        for cell, share in zip(row, shares, strict=True):
            colour = WHITE if i == 0 else palette.ink
            sheet.text(
                (x + wide * share / 2, y + tall / 2),
                str(cell),
                size,
                colour=colour,
                weight="bold" if i == 0 else "regular",
                anchor="mm",
                fit=wide * share - 14,
            )
            x += wide * share
            sheet.line((x, y), (x, y + tall), mix(palette.paper, palette.muted, 0.3), 1)
    bottom = top + len(rows) * tall
    ImageDraw.Draw(sheet.image).rectangle((left, top, left + wide, bottom), outline=palette.accent, width=2)
    return bottom


def table(sheet: Sheet, content: Content) -> None:
    """A specification table of two columns, name and value, with a note under it."""
    sheet.card((0, 0, sheet.width, sheet.height), sheet.palette.paper, 0)
    top = _heading(sheet, content["title"], content.get("line", ""))
    rows = [["参数", "说明"], *([str(a), str(b)] for a, b in content["rows"])]
    y = _grid(sheet, rows, top, [0.34, 0.66], 27, 62)
    sheet.paragraph((44, y + 22, sheet.width - 44, sheet.height), content["note"], 20, colour=sheet.palette.muted)


def pairs(sheet: Sheet, content: Content) -> None:
    """A product information card: `name：value` lines beside the product."""
    palette, w, h = sheet.palette, sheet.width, sheet.height
    sheet.card((0, 0, w, h), mix(palette.top, palette.bottom, 0.25), 0)
    sheet.card((24, 24, w - 24, h - 24), palette.paper, 26)
    sheet.text((64, 62), content["title"], 46, weight="bold", fit=w - 128)
    sheet.line((64, 132), (w - 64, 132), palette.accent, 3)
    sheet.card((w * 0.64, 160, w - 60, h - 130), palette.pale, 22)
    sheet.product(content["shape"], (w * 0.66, 190, w - 80, h - 160))
    step = (h - 300) / len(content["rows"])
    for i, (name, value) in enumerate(content["rows"]):
        y = 166 + i * step
        sheet.text((64, y), f"{name}：{value}", 28, fit=w * 0.6 - 64)
        sheet.line((64, y + step * 0.78), (w * 0.6, y + step * 0.78), mix(palette.paper, palette.muted, 0.25), 1)
    sheet.text((64, h - 88), content["note"], 20, colour=palette.muted, fit=w - 128)


def size_chart(sheet: Sheet, content: Content) -> None:
    """A size chart with as many columns as its head, a sketch and measuring advice."""
    w = sheet.width
    sheet.card((0, 0, w, sheet.height), sheet.palette.paper, 0)
    top = _heading(sheet, content["title"], content["line"])
    rows = [[str(c) for c in row] for row in content["rows"]]
    y = _grid(sheet, rows, top, [1 / len(rows[0])] * len(rows[0]), 25, 58) + 28
    sheet.card((40, y, w - 40, y + 210), sheet.palette.pale, 20)
    sheet.product(content["shape"], (60, y + 14, 250, y + 196))
    sheet.paragraph((280, y + 30, w - 64, sheet.height), content["note"], 24, colour=sheet.palette.muted)


def notes(sheet: Sheet, content: Content) -> None:
    """After-sales notes: numbered cards of a heading and a sentence."""
    palette, w = sheet.palette, sheet.width
    sheet.gradient()
    sheet.text((w / 2, 50), content["title"], 50, weight="bold", anchor="ma", fit=w - 80)
    sheet.text((w / 2, 122), content["line"], 24, colour=palette.muted, anchor="ma", fit=w - 100)
    tall = (sheet.height - 200) / len(content["points"])
    for i, (head, sentence) in enumerate(content["points"]):
        top = 178 + i * tall
        sheet.card((36, top, w - 36, top + tall - 20), palette.paper, 20, shadow=0.2)
        sheet.disc((94, top + tall / 2 - 10), 32, palette.accent)
        sheet.text((94, top + tall / 2 - 11), f"{i + 1:02d}", 28, colour=WHITE, weight="bold", anchor="mm")
        sheet.text((150, top + 22), head, 30, weight="bold", fit=w - 210)
        sheet.paragraph((150, top + 66, w - 70, 0), sentence, 22, colour=palette.muted, leading=1.45)


def steps(sheet: Sheet, content: Content) -> None:
    """Usage in steps: cards of two columns, joined in reading order."""
    palette, w, h = sheet.palette, sheet.width, sheet.height
    sheet.gradient(mix(palette.top, WHITE, 0.3), palette.top)
    sheet.text((w / 2, 46), content["title"], 50, weight="bold", anchor="ma", fit=w - 80)
    sheet.text((w / 2, 120), content["line"], 26, colour=palette.muted, anchor="ma", fit=w - 90)
    rows = math.ceil(len(content["points"]) / 2)
    wide, tall = (w - 108) / 2, (h - 210) / rows
    for i, (head, sentence) in enumerate(content["points"]):
        left, top = 40 + (i % 2) * (wide + 28), 180 + (i // 2) * tall
        sheet.card((left, top, left + wide, top + tall - 24), palette.paper, 24, shadow=0.22)
        sheet.card((left + 24, top + 22, left + 150, top + 62), palette.accent, 20)
        sheet.text((left + 87, top + 42), f"STEP {i + 1}", 24, colour=WHITE, weight="bold", anchor="mm")
        sheet.product(content["shape"], (left + wide - 120, top + 14, left + wide - 20, top + 114))
        sheet.text((left + 24, top + 88), head, 32, weight="bold", fit=wide - 140)
        sheet.paragraph((left + 24, top + 144, left + wide - 22, 0), sentence, 23, colour=palette.muted, leading=1.5)


def certificate(sheet: Sheet, content: Content) -> None:
    """An inspection report on bordered paper with a round seal."""
    palette, w, h = sheet.palette, sheet.width, sheet.height
    sheet.card((0, 0, w, h), mix(palette.top, palette.bottom, 0.4), 0)
    sheet.card((40, 40, w - 40, h - 40), (255, 253, 247), 6, shadow=0.35)
    draw = ImageDraw.Draw(sheet.image)
    for inset, width in ((62, 4), (72, 1)):
        draw.rectangle((inset, inset, w - inset, h - inset), outline=palette.accent, width=width)
    ink = mix(palette.accent, (20, 20, 20), 0.6)
    sheet.text((w / 2, 108), content["title"], 54, colour=ink, weight="serif", anchor="ma", fit=w - 200)
    sheet.text((w / 2, 186), content["line"], 22, colour=ink, anchor="ma", fit=w - 200)
    step = (h - 420) / len(content["rows"])
    for i, (name, value) in enumerate(content["rows"]):
        y = 250 + i * step
        sheet.text((110, y), f"{name}：{value}", 28, colour=ink, fit=w - 220)
        sheet.line((110, y + 44), (w - 110, y + 44), mix((255, 253, 247), palette.accent, 0.35), 1)
    seal = (w - 230, h - 220)
    for radius, width in ((92, 5), (80, 2)):
        box = (seal[0] - radius, seal[1] - radius, seal[0] + radius, seal[1] + radius)
        draw.ellipse(box, outline=(206, 54, 48), width=width)
    sheet.text(seal, content["seal"], 38, colour=(206, 54, 48), weight="bold", anchor="mm", fit=140)
    sheet.text((110, h - 130), content["note"], 20, colour=ink, fit=w - 480)


def tiny_label(sheet: Sheet, content: Content) -> None:
    """The back of a package in print too small to read from a phone: 8 pixels high."""
    palette, w = sheet.palette, sheet.width
    sheet.card((0, 0, w, sheet.height), palette.paper, 0)
    sheet.card((20, 20, w - 20, sheet.height - 20), palette.pale, 12)
    y = 40.0
    for name, value in content["rows"]:
        y = sheet.paragraph((40, y, w - 40, 0), f"{name}：{value}", 8, leading=1.5) + 2
    for i in range(46):
        thick = sheet.random.choice((1, 1, 2, 3))
        sheet.line((w - 200 + i * 3.4, sheet.height - 90), (w - 200 + i * 3.4, sheet.height - 46), palette.ink, thick)


_PARTS = {
    "callouts": callouts,
    "split": split,
    "story": story,
    "table": table,
    "size_chart": size_chart,
    "notes": notes,
    "steps": steps,
    "pairs": pairs,
    "certificate": certificate,
}


def long_page(sheet: Sheet, content: Content) -> None:
    """An overlong detail page: several pages under one another, each as high as it says."""
    y = 0
    for index, part in enumerate(content["parts"]):
        page = Sheet(f"part {index}", (sheet.width, part["height"]), sheet.palette, sheet.fonts)
        _PARTS[part["template"]](page, part)
        sheet.image.paste(page.image, (0, y))
        sheet.lines += page.lines
        y += part["height"]


TEMPLATES: dict[str, Callable[[Sheet, Content], None]] = {
    **_PARTS,
    "hero_badge": hero_badge,
    "hero_band": hero_band,
    "hero_side": hero_side,
    "banner": banner,
    "scene": scene,
    "tiny_label": tiny_label,
    "long_page": long_page,
}
