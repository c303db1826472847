"""Why a picture may not feed a script: unreadable, overlong or tiny print. (Redundant ones: see near_duplicates.)"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FilterLimits:
    """Limits of the filters.

    `overlong`: times as tall as wide. `tiny_print`: letter height as a share of the page's width, for more than half of
    the letters. `min_letters`: letters and digits that a readable page has at least.
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
    print_height = _median_print(lines)
    if print_height < limits.tiny_print * width:
        return f"tiny_print: half of it at most {print_height:.0f} px on {width} px, below {limits.tiny_print:.1%}"
    return None


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))


def _median_print(lines: list[tuple[str, float]]) -> float:
    """The print height that half of the letters do not exceed."""
    half, seen = sum(_letters(text) for text, _ in lines) / 2, 0
    for text, height in sorted(lines, key=lambda line: line[1]):
        seen += _letters(text)
        if seen >= half:
            return height
    return 0.0
