"""Learning curves of runs as SVG, from their metrics.jsonl."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

_COLOURS = ("#0f6fff", "#d9480f", "#2b8a3e", "#862e9c", "#c2255c", "#5f3dc4", "#0b7285", "#846358")
_WIDTH, _HEIGHT, _LEFT, _TOP = 520, 260, 60, 34
Curve = Sequence[tuple[float, float]]
"""(step, loss) in order."""


def picture(curves: Mapping[str, Curve], title: str) -> str:
    """An SVG of the curves, each named at the right; the loss axis begins at 0. Curves may be of any length."""
    steps = max((step for curve in curves.values() for step, _ in curve), default=1.0)
    top = max((loss for curve in curves.values() for _, loss in curve), default=1.0) or 1.0
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_LEFT + _WIDTH + 190} {_TOP + _HEIGHT + 50}" '
        'font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="white"/>',
        f'<text x="{_LEFT}" y="20" font-size="14">{escape(title)}</text>',
        *(_grid(share, top, steps) for share in (0, 0.25, 0.5, 0.75, 1)),
        f'<text x="{_LEFT + _WIDTH / 2}" y="{_TOP + _HEIGHT + 40}" text-anchor="middle">optimizer steps</text>',
        *(_curve(place, name, curve, top, steps) for place, (name, curve) in enumerate(curves.items())),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _grid(share: float, top: float, steps: float) -> str:
    y, x = _TOP + _HEIGHT * (1 - share), _LEFT + _WIDTH * share
    return (
        f'<path d="M{_LEFT} {y}H{_LEFT + _WIDTH}" stroke="#eee"/>'
        f'<text x="{_LEFT - 8}" y="{y + 4}" text-anchor="end">{top * share:.2g}</text>'
        f'<text x="{x}" y="{_TOP + _HEIGHT + 18}" text-anchor="middle">{steps * share:.0f}</text>'
    )


def _curve(place: int, name: str, curve: Curve, top: float, steps: float) -> str:
    colour = _COLOURS[place % len(_COLOURS)]
    points = " ".join(
        f"{_LEFT + _WIDTH * step / steps:.1f},{_TOP + _HEIGHT * (1 - loss / top):.1f}" for step, loss in curve
    )
    x, y = _LEFT + _WIDTH + 14, _TOP + 14 + 18 * place
    label = f'<text x="{x + 22}" y="{y}">{escape(name)}</text>'
    return (
        f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.6"/>'
        f'<path d="M{x} {y - 4}h16" stroke="{colour}" stroke-width="3"/>{label}'
    )
