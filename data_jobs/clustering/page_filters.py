"""Why a picture may not feed a script: unreadable, overlong or tiny print. (Redundant ones: see near_duplicates.)"""

from __future__ import annotations

from dataclasses import dataclass

LEGIBLE = 8.0
"""With this much legible print, in hanzi, a page says something however much small print is on it."""
_LATIN = 0.4
"""A Latin letter or a digit beside a hanzi: words of six letters say about as much as two or three hanzi."""


@dataclass(frozen=True, slots=True)
class FilterLimits:
    """Limits of the filters.

    `overlong`: times as tall as wide. `tiny_print`: letter height as a share of the page's width (of twice its height,
    for a banner), below which print is not legible. `min_letters`: letters and digits of a readable page at least.
    """

    overlong: float
    tiny_print: float
    min_letters: int


def filter_reason(
    limits: FilterLimits, width: int, height: int, lines: list[tuple[str, float]], error: str | None
) -> str | None:
    """The first filter that a page fails, as `filter: detail`, or None.

    Args:
        width, height: pixels of the page.
        lines: text and print height in pixels of each line.
        error: why it could not be read, or None.
    """
    if error:
        return f"unreadable: {error}"
    if height > limits.overlong * width:
        return f"overlong: {height / width:.1f} times as tall as wide, more than {limits.overlong:g}"
    letters = sum(_letters(text) for text, _ in lines)
    if letters < limits.min_letters:
        return f"unreadable: too little text, {letters} letters of at least {limits.min_letters}"
    side = min(width, 2 * height)
    tiny, legible = _weights(lines, limits.tiny_print * side)
    if legible < min(tiny, LEGIBLE):
        share = tiny / (tiny + legible)
        below = f"{limits.tiny_print * side:.0f} px, {limits.tiny_print:.1%} of {side} px"
        return f"tiny_print: {share:.0%} of it lower than {below}"
    return None


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))


def _weights(lines: list[tuple[str, float]], least: float) -> tuple[float, float]:
    """How much print, in hanzi, is lower than `least` pixels, and how much is not."""
    tiny = legible = 0.0
    for text, height in lines:
        weight = sum((1.0 if letter > "\u2e80" else _LATIN) for letter in text if letter.isalnum())
        tiny, legible = (tiny + weight, legible) if height < least else (tiny, legible + weight)
    return tiny, legible
