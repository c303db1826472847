"""Colour schemes of the pictures."""

from __future__ import annotations

from dataclasses import dataclass

Colour = tuple[int, int, int]
WHITE: Colour = (255, 255, 255)


@dataclass(frozen=True, slots=True)
class Palette:
    """Background from `top` to `bottom`, text in `ink` and `muted`, highlights in `accent`, cards in `paper`."""

    top: Colour
    bottom: Colour
    ink: Colour
    muted: Colour
    accent: Colour
    product: Colour
    paper: Colour = (255, 255, 255)

    @property
    def pale(self) -> Colour:
        """A tint for table stripes and quiet panels."""
        return mix(self.paper, self.accent, 0.09)

    @property
    def on_accent(self) -> Colour:
        """Text on the accent colour: white, or a dark brown where the accent is light."""
        red, green, blue = self.accent
        return (88, 24, 10) if 0.3 * red + 0.59 * green + 0.11 * blue > 165 else WHITE


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """`a` with `share` (0 to 1) of `b`."""
    return (
        round(a[0] + (b[0] - a[0]) * share),
        round(a[1] + (b[1] - a[1]) * share),
        round(a[2] + (b[2] - a[2]) * share),
    )


PALETTES: dict[str, Palette] = {
    "sage": Palette((226, 236, 224), (176, 200, 178), (38, 56, 44), (104, 124, 108), (62, 112, 82), (92, 140, 110)),
    "mist": Palette((232, 240, 247), (176, 203, 226), (30, 50, 74), (98, 118, 140), (48, 104, 168), (110, 152, 194)),
    "peach": Palette((255, 240, 230), (250, 200, 178), (92, 44, 34), (156, 110, 96), (226, 92, 66), (240, 148, 120)),
    "wheat": Palette((253, 245, 226), (236, 206, 148), (82, 56, 22), (146, 120, 82), (190, 110, 30), (206, 152, 84)),
    "berry": Palette((253, 232, 238), (240, 176, 196), (88, 26, 54), (152, 98, 120), (204, 48, 98), (232, 128, 160)),
    "lilac": Palette((242, 236, 252), (200, 184, 236), (54, 38, 92), (116, 102, 148), (116, 76, 190), (158, 132, 212)),
    "night": Palette(
        (38, 46, 66), (14, 18, 30), (244, 246, 250), (168, 178, 198), (255, 176, 72), (84, 98, 128), (52, 60, 82)
    ),
    "cocoa": Palette((240, 230, 220), (196, 168, 142), (62, 40, 28), (128, 102, 84), (146, 84, 48), (138, 92, 64)),
    "mint": Palette((228, 247, 241), (158, 220, 204), (16, 66, 60), (86, 130, 122), (0, 142, 122), (86, 188, 168)),
    "festive": Palette(
        (226, 52, 46), (168, 18, 30), (255, 246, 226), (255, 214, 178), (255, 208, 84), (244, 130, 84), (190, 28, 34)
    ),
    "linen": Palette((250, 247, 241), (228, 219, 204), (66, 58, 48), (134, 124, 110), (150, 112, 72), (190, 170, 140)),
    "sky": Palette((222, 244, 255), (134, 204, 246), (8, 58, 96), (70, 116, 148), (0, 122, 204), (92, 178, 232)),
}
