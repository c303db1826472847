"""Reliability of probabilities: bins, expected calibration error (Naeini et al., AAAI 2015), and a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from xml.sax.saxutils import escape

_COLOURS = ("#0f6fff", "#d9480f", "#2b8a3e", "#862e9c")
_LOW = 0.5
_SIDE, _LEFT, _TOP = 360, 60, 30


@dataclass(frozen=True, slots=True)
class Bin:
    """Spans with like probabilities: the mean probability, the share that was right, how many."""

    sure: float
    right: float
    count: int


def bins(judged: Sequence[tuple[float, bool]], wanted: int = 30) -> list[Bin]:
    """Group (probability, right) by probability into about `wanted` bins of like size; equal ones stay together."""
    least = max(25, len(judged) // wanted)
    groups: list[list[tuple[float, bool]]] = []
    for _, same in groupby(sorted(judged), key=lambda pair: pair[0]):
        if groups and len(groups[-1]) < least:
            groups[-1] += same
        else:
            groups.append(list(same))
    if len(groups) > 1 and len(groups[-1]) < least:
        groups[-2] += groups.pop()
    return [Bin(sum(p for p, _ in g) / len(g), sum(r for _, r in g) / len(g), len(g)) for g in groups]


def expected_error(groups: Sequence[Bin]) -> float:
    """The mean distance of probability and share right, weighed by count."""
    total = sum(group.count for group in groups)
    return sum(group.count * abs(group.sure - group.right) for group in groups) / total if total else 0.0


def picture(curves: Mapping[str, Sequence[Bin]]) -> str:
    """An SVG of the curves from 0.5 to 1; a dot's area grows with its count, the dashed line is perfect calibration."""
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_SIDE + 100} {_SIDE + 110}" font-family="sans-serif" '
        'font-size="12"><rect width="100%" height="100%" fill="white"/>',
        f'<path d="M{_x(_LOW)} {_y(_LOW)}L{_x(1)} {_y(1)}" stroke="#888" stroke-dasharray="5 4"/>',
        *(_tick(value / 10) for value in range(5, 11)),
        f'<text x="{_x(0.75)}" y="{_TOP + _SIDE + 36}" text-anchor="middle">confidence</text>',
        f'<text transform="translate(16 {_y(0.75)}) rotate(-90)" text-anchor="middle">share read right</text>',
        *(_curve(place, name, groups) for place, (name, groups) in enumerate(curves.items())),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _x(value: float) -> float:
    return round(_LEFT + _SIDE * (value - _LOW) / (1 - _LOW), 1)


def _y(value: float) -> float:
    return round(_TOP + _SIDE * (1 - (max(value, _LOW) - _LOW) / (1 - _LOW)), 1)


def _tick(value: float) -> str:
    """Grid lines and labels of one value on both axes."""
    grid = f"M{_x(value)} {_TOP}V{_TOP + _SIDE}M{_LEFT} {_y(value)}H{_LEFT + _SIDE}"
    return (
        f'<path d="{grid}" stroke="#eee"/><text x="{_x(value)}" y="{_TOP + _SIDE + 18}" text-anchor="middle">{value}'
        f'</text><text x="{_LEFT - 8}" y="{_y(value) + 4}" text-anchor="end">{value}</text>'
    )


def _curve(place: int, name: str, groups: Sequence[Bin]) -> str:
    """One curve with its dots and its line in the legend."""
    colour = _COLOURS[place % len(_COLOURS)]
    path = "L".join(f"{_x(b.sure)} {_y(b.right)}" for b in groups)
    dots = "".join(
        f'<circle cx="{_x(b.sure)}" cy="{_y(b.right)}" r="{round(2 + b.count**0.5 / 8, 1)}" fill-opacity="0.6"/>'
        for b in groups
    )
    legend = f"{name}: ECE {expected_error(groups):.3f} ({sum(b.count for b in groups)} spans)"
    y = _TOP + _SIDE + 56 + 16 * place
    return (
        f'<g fill="{colour}"><path d="M{path}" fill="none" stroke="{colour}"/>{dots}'
        f'<text x="{_LEFT}" y="{y}">{escape(legend)}</text></g>'
    )
