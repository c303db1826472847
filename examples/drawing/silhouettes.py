"""Simple product silhouettes on a canvas of 100 by 100 units, shaded as if lit from the upper left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw

from examples.drawing.palettes import WHITE, Colour, mix

Point = tuple[float, float]
_SMOOTH = 3


class Brush:
    """Draws flat shapes in one colour family: `base`, `light`, `dark` and `pale` of it."""

    def __init__(self, side: int, base: Colour) -> None:
        self.base = base
        self.light = mix(base, WHITE, 0.35)
        self.pale = mix(base, WHITE, 0.75)
        self.dark = mix(base, (20, 24, 30), 0.4)
        self.unit = side * _SMOOTH / 100
        self.image = Image.new("RGBA", (side * _SMOOTH, side * _SMOOTH), (*base, 0))
        self.draw = ImageDraw.Draw(self.image)

    def _scaled(self, values: Sequence[float]) -> list[float]:
        return [v * self.unit for v in values]

    def box(self, x0: float, y0: float, x1: float, y1: float, radius: float = 2, fill: Colour | None = None) -> None:
        """A rounded rectangle."""
        self.draw.rounded_rectangle(self._scaled((x0, y0, x1, y1)), radius * self.unit, fill=fill or self.base)

    def oval(self, x0: float, y0: float, x1: float, y1: float, fill: Colour | None = None) -> None:
        """An ellipse in its bounding box."""
        self.draw.ellipse(self._scaled((x0, y0, x1, y1)), fill=fill or self.base)

    def ring(self, x0: float, y0: float, x1: float, y1: float, width: float, fill: Colour | None = None) -> None:
        """The outline of an ellipse."""
        self.draw.ellipse(self._scaled((x0, y0, x1, y1)), outline=fill or self.base, width=round(width * self.unit))

    def stroke(self, points: Sequence[Point], width: float, fill: Colour | None = None) -> None:
        """A smooth line through `points`."""
        path = [(x * self.unit, y * self.unit) for x, y in _curve(points, closed=False)]
        self.draw.line(path, fill=fill or self.dark, width=max(1, round(width * self.unit)), joint="curve")

    def shape(self, points: Sequence[Point], fill: Colour | None = None, *, smooth: bool = True) -> None:
        """A closed outline through `points`, curved unless `smooth` is off."""
        path = _curve(points, closed=True) if smooth else points
        self.draw.polygon([(x * self.unit, y * self.unit) for x, y in path], fill=fill or self.base)

    def finished(self, side: int) -> Image.Image:
        """The drawing, shaded and scaled down to `side` pixels."""
        pixels = np.asarray(self.image.resize((side, side), Image.Resampling.LANCZOS)).astype(float)
        across = np.linspace(1.10, 0.84, side)[None, :, None]
        down = np.linspace(1.04, 0.94, side)[:, None, None]
        pixels[..., :3] = np.clip(pixels[..., :3] * across * down, 0, 255)
        return Image.fromarray(pixels.round().astype(np.uint8), "RGBA")


def _curve(points: Sequence[Point], *, closed: bool, steps: int = 12) -> list[Point]:
    """A Catmull-Rom spline through `points`."""
    n = len(points)
    around = [points[i % n] if closed else points[min(max(i, 0), n - 1)] for i in range(-1, n + 2)]
    path: list[Point] = []
    for a, b, c, d in zip(around, around[1:], around[2:], around[3:], strict=False):
        path += [
            (_spline(a[0], b[0], c[0], d[0], i / steps), _spline(a[1], b[1], c[1], d[1], i / steps))
            for i in range(steps)
        ]
    return path if closed else [*path[: (n - 1) * steps], points[-1]]


def _spline(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)


def _tee(b: Brush) -> None:
    b.shape(
        [
            (34, 14),
            (14, 22),
            (4, 44),
            (18, 51),
            (26, 42),
            (25, 90),
            (75, 90),
            (74, 42),
            (82, 51),
            (96, 44),
            (86, 22),
            (66, 14),
            (58, 21),
            (42, 21),
        ],
        smooth=False,
    )
    b.shape([(34, 14), (42, 21), (58, 21), (66, 14), (60, 25), (50, 29), (40, 25)], b.dark)
    b.stroke([(26, 42), (28, 34)], 0.7)
    b.stroke([(74, 42), (72, 34)], 0.7)
    b.stroke([(34, 88), (66, 88)], 0.5, b.light)


def _jacket(b: Brush) -> None:
    b.shape(
        [
            (36, 16),
            (16, 26),
            (8, 78),
            (21, 82),
            (28, 50),
            (27, 92),
            (73, 92),
            (72, 50),
            (79, 82),
            (92, 78),
            (84, 26),
            (64, 16),
        ],
        smooth=False,
    )
    b.shape([(34, 22), (36, 8), (50, 3), (64, 8), (66, 22), (58, 28), (42, 28)], b.dark)
    b.shape([(39, 20), (42, 11), (50, 8), (58, 11), (61, 20), (50, 27)], b.light)
    b.stroke([(50, 27), (50, 92)], 1.2, b.pale)
    b.stroke([(33, 66), (43, 70)], 1.0, b.pale)
    b.stroke([(67, 66), (57, 70)], 1.0, b.pale)


def _shoe(b: Brush) -> None:
    b.shape([(10, 38), (16, 30), (30, 32), (40, 42), (58, 52), (80, 56), (92, 63), (93, 73), (11, 73)], b.pale)
    b.shape([(10, 44), (14, 36), (26, 36), (28, 58), (22, 72), (10, 72)], b.base)
    b.box(7, 70, 96, 81, 5, WHITE)
    b.stroke([(8, 77), (95, 77)], 0.9, b.light)
    for i in range(4):
        b.stroke([(36 + 7 * i, 40 + 4.4 * i), (46 + 6 * i, 35 + 5 * i)], 1.6, b.dark)
    b.shape([(76, 57), (88, 61), (92, 68), (88, 71), (79, 71)], b.light)


def _socks(b: Brush) -> None:
    for shift, fill in ((26, b.dark), (0, b.base)):
        b.shape(
            [
                (18 + shift, 12),
                (40 + shift, 12),
                (40 + shift, 56),
                (58 + shift, 72),
                (52 + shift, 86),
                (36 + shift, 86),
                (20 + shift, 66),
            ],
            fill,
            smooth=False,
        )
        b.oval(38 + shift, 68, 62 + shift, 87, fill)
        for y in (16, 20, 24):
            b.stroke([(18 + shift, y), (40 + shift, y)], 1.4, b.pale)


def _gift_box(b: Brush) -> None:
    b.box(14, 36, 86, 90, 3)
    b.box(10, 26, 90, 40, 3, b.dark)
    b.box(45, 26, 55, 90, 0, b.pale)
    b.shape([(50, 26), (34, 8), (24, 18), (36, 26)], b.pale)
    b.shape([(50, 26), (66, 8), (76, 18), (64, 26)], b.pale)
    for x, y in ((22, 62), (32, 72), (68, 60), (77, 74), (26, 80)):
        b.oval(x - 5, y - 3.6, x + 5, y + 3.6, b.light)


def _pouch(b: Brush) -> None:
    b.shape([(22, 8), (78, 8), (76, 14), (84, 50), (80, 92), (20, 92), (16, 50), (24, 14)], smooth=False)
    b.box(22, 8, 78, 15, 1, b.dark)
    b.box(30, 30, 70, 66, 4, b.pale)
    b.oval(40, 37, 60, 59, b.base)
    b.stroke([(36, 76), (64, 76)], 1.6, b.pale)
    b.stroke([(40, 82), (60, 82)], 1.2, b.light)


def _coffee(b: Brush) -> None:
    b.box(24, 44, 70, 88, 8, WHITE)
    b.ring(62, 50, 88, 78, 5, WHITE)
    b.oval(24, 39, 70, 50, b.dark)
    b.box(30, 14, 64, 40, 2, b.light)
    b.shape([(30, 22), (64, 22), (58, 44), (36, 44)], b.base, smooth=False)
    b.stroke([(40, 10), (44, 4), (40, -2)], 1.6, b.pale)
    b.oval(14, 86, 80, 94, b.light)


def _rice(b: Brush) -> None:
    b.shape([(22, 16), (78, 16), (86, 30), (84, 92), (16, 92), (14, 30)])
    b.box(26, 8, 74, 18, 2, b.dark)
    b.oval(30, 36, 70, 76, b.pale)
    for x, y in ((42, 52), (52, 46), (57, 58), (46, 63), (52, 66)):
        b.oval(x - 4, y - 2.2, x + 4, y + 2.2, WHITE)


def _tube(b: Brush) -> None:
    b.shape([(34, 8), (66, 8), (64, 72), (36, 72)], smooth=False)
    b.box(32, 4, 68, 11, 1, b.light)
    b.box(37, 72, 63, 93, 3, b.dark)
    b.oval(41, 24, 59, 42, b.pale)
    b.stroke([(41, 50), (59, 50)], 1.6, b.pale)
    b.stroke([(44, 56), (56, 56)], 1.2, b.pale)


def _pump(b: Brush) -> None:
    for shift, fill in ((22, b.dark), (0, b.base)):
        b.box(18 + shift, 36, 52 + shift, 93, 7, fill)
        b.box(28 + shift, 26, 42 + shift, 37, 1, b.light)
        b.box(32 + shift, 14, 38 + shift, 27, 1, b.light)
        b.box(20 + shift, 10, 42 + shift, 16, 2, b.light)
    b.box(23, 52, 47, 78, 2, b.pale)
    b.stroke([(28, 60), (42, 60)], 1.6, b.dark)
    b.stroke([(28, 66), (38, 66)], 1.2, b.dark)


def _mask(b: Brush) -> None:
    b.box(14, 10, 62, 90, 3, b.dark)
    b.box(20, 16, 56, 50, 3, b.pale)
    b.shape([(50, 34), (72, 26), (90, 36), (90, 66), (72, 84), (54, 66)], WHITE)
    for x in (63, 79):
        b.oval(x - 4, 46, x + 4, 51, b.light)
    b.oval(65, 66, 77, 71, b.light)
    b.stroke([(70, 52), (69, 60), (73, 61)], 1.0, b.light)


def _toothbrush(b: Brush) -> None:
    b.box(38, 36, 60, 92, 10)
    b.box(45, 10, 53, 40, 3, b.pale)
    b.box(42, 4, 56, 22, 5, b.pale)
    b.box(32, 5, 43, 21, 2, WHITE)
    b.oval(44, 50, 54, 60, b.pale)
    for y in (68, 74, 80):
        b.oval(47, y, 51, y + 3, b.light)
    b.box(30, 90, 68, 97, 3, b.dark)


def _bedding(b: Brush) -> None:
    b.box(6, 30, 94, 84, 6, b.dark)
    b.box(12, 36, 46, 54, 8, WHITE)
    b.box(54, 36, 88, 54, 8, WHITE)
    b.shape([(4, 52), (96, 52), (98, 88), (2, 88)], b.base, smooth=False)
    b.shape([(4, 52), (96, 52), (97, 62), (60, 64), (3, 60)], b.pale, smooth=False)
    for x in (26, 50, 74):
        b.stroke([(x, 66), (x + 3, 76), (x - 2, 87)], 0.9, b.light)


def _quilt(b: Brush) -> None:
    for i, fill in enumerate((b.dark, b.base, b.light, b.pale)):
        b.box(12, 70 - 15 * i, 88, 90 - 15 * i, 9, fill)
        b.stroke([(18, 84 - 15 * i), (82, 84 - 15 * i)], 0.7, b.base)
    b.stroke([(40, 26), (40, 90)], 2.2, b.dark)
    b.stroke([(60, 26), (60, 90)], 2.2, b.dark)


def _thermos(b: Brush) -> None:
    b.box(34, 24, 66, 95, 8)
    b.box(36, 10, 64, 26, 4, b.dark)
    b.box(42, 4, 58, 12, 3, b.light)
    b.ring(58, 6, 76, 24, 2.6, b.dark)
    b.box(34, 27, 66, 31, 0, b.pale)
    b.box(39, 40, 43, 84, 2, b.light)
    b.oval(50, 50, 60, 60, b.pale)


def _tissue(b: Brush) -> None:
    b.shape([(36, 44), (30, 22), (46, 28), (54, 10), (62, 28), (74, 20), (64, 44)], WHITE)
    b.box(8, 42, 92, 86, 5)
    b.oval(26, 38, 74, 48, b.dark)
    b.box(22, 56, 78, 76, 4, b.pale)
    b.stroke([(34, 66), (66, 66)], 2.0, b.base)


def _kettle(b: Brush) -> None:
    b.shape([(24, 30), (68, 30), (76, 64), (72, 78), (20, 78), (16, 64)], b.pale)
    b.shape([(17, 58), (75, 58), (72, 78), (20, 78)], b.light, smooth=False)
    b.box(28, 20, 64, 31, 3, b.base)
    b.oval(42, 12, 50, 22, b.dark)
    b.stroke([(70, 34), (94, 38), (92, 60), (75, 66)], 4.5, b.dark)
    b.shape([(24, 34), (8, 30), (18, 48)], b.pale, smooth=False)
    b.box(14, 80, 80, 94, 4, b.dark)
    for x, y in ((34, 66), (44, 70), (56, 65)):
        b.oval(x - 3, y - 3, x + 3, y + 3, b.base)


def _power_bank(b: Brush) -> None:
    b.box(26, 10, 74, 92, 9)
    b.box(34, 20, 66, 42, 4, b.dark)
    b.stroke([(40, 31), (60, 31)], 2.4, b.pale)
    for i in range(4):
        b.oval(38 + 7 * i, 52, 41 + 7 * i, 55, b.pale)
    b.stroke([(74, 22), (86, 30), (84, 66), (76, 82)], 3, b.dark)
    b.shape([(52, 62), (42, 76), (49, 76), (46, 88), (58, 72), (51, 72)], b.pale, smooth=False)


def _earphones(b: Brush) -> None:
    b.box(16, 50, 84, 92, 18)
    b.stroke([(18, 64), (82, 64)], 1.0, b.dark)
    b.oval(47, 74, 53, 80, b.pale)
    for x, flip in ((30, 1), (70, -1)):
        b.oval(x - 11, 10, x + 11, 32, b.light)
        b.box(x - 4 * flip - 4, 24, x - 4 * flip + 4, 52, 4, b.light)
        b.oval(x + 3 * flip - 5, 15, x + 3 * flip + 5, 27, b.dark)


def _fan(b: Brush) -> None:
    b.box(45, 58, 55, 96, 4, b.dark)
    b.ring(20, 4, 80, 64, 4)
    for dx, dy in ((0, -20), (17, 10), (-17, 10)):
        b.shape(
            [
                (50, 34),
                (50 + dx * 0.7 - dy * 0.4, 34 + dy * 0.7 + dx * 0.4),
                (50 + dx, 34 + dy),
                (50 + dx * 0.8 + dy * 0.5, 34 + dy * 0.8 - dx * 0.5),
            ],
            b.light,
        )
    b.oval(44, 28, 56, 40, b.dark)
    b.box(40, 90, 60, 97, 3, b.base)


def _baby_bottle(b: Brush) -> None:
    b.shape([(46, 4), (54, 4), (58, 18), (42, 18)], b.pale)
    b.box(34, 17, 66, 31, 3, b.dark)
    b.shape([(34, 31), (66, 31), (70, 50), (70, 88), (62, 95), (38, 95), (30, 88), (30, 50)], b.pale)
    b.box(31, 62, 69, 93, 6, WHITE)
    for y in (48, 58, 68, 78):
        b.stroke([(58, y), (67, y)], 1.2, b.base)
    b.stroke([(30, 44), (16, 58), (30, 74)], 3.6, b.base)


def _romper(b: Brush) -> None:
    b.shape(
        [
            (36, 12),
            (18, 20),
            (10, 42),
            (22, 47),
            (30, 38),
            (29, 66),
            (36, 88),
            (48, 90),
            (50, 78),
            (52, 90),
            (64, 88),
            (71, 66),
            (70, 38),
            (78, 47),
            (90, 42),
            (82, 20),
            (64, 12),
            (56, 18),
            (44, 18),
        ],
        smooth=False,
    )
    b.shape([(36, 12), (44, 18), (56, 18), (64, 12), (58, 22), (50, 25), (42, 22)], b.dark)
    b.oval(42, 36, 58, 50, b.pale)
    b.oval(41, 33, 46, 38, b.pale)
    b.oval(54, 33, 59, 38, b.pale)
    for x in (42, 50, 58):
        b.oval(x - 1.6, 81, x + 1.6, 84, b.pale)


_DRAWERS: dict[str, Callable[[Brush], None]] = {
    "tee": _tee,
    "jacket": _jacket,
    "shoe": _shoe,
    "socks": _socks,
    "gift_box": _gift_box,
    "pouch": _pouch,
    "coffee": _coffee,
    "rice": _rice,
    "tube": _tube,
    "pump": _pump,
    "mask": _mask,
    "toothbrush": _toothbrush,
    "bedding": _bedding,
    "quilt": _quilt,
    "thermos": _thermos,
    "tissue": _tissue,
    "kettle": _kettle,
    "power_bank": _power_bank,
    "earphones": _earphones,
    "fan": _fan,
    "baby_bottle": _baby_bottle,
    "romper": _romper,
}


@lru_cache(maxsize=64)
def silhouette(name: str, side: int, colour: Colour) -> Image.Image:
    """The product `name` in `colour` as an RGBA picture of `side` pixels. Raises KeyError for an unknown name."""
    brush = Brush(side, colour)
    _DRAWERS[name](brush)
    return brush.finished(side)
