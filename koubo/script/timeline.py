"""A picture of a stream's rundown: who when, as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from xml.sax.saxutils import escape

from koubo.script.brief import Occasion
from koubo.script.rundown import Turn
from koubo.script.stream import StreamPlan
from koubo.script.stream_request import ProductRole

COLOURS = {
    Occasion.OPENING: "#862e9c",
    Occasion.SINGLE_PRODUCT: "#4c8dd9",
    Occasion.FLASH_SALE: "#d9480f",
    Occasion.LAST_CALL: "#f2b134",
}
ROLES = {ProductRole.HERO: "爆款", ProductRole.TRAFFIC: "引流款", ProductRole.PROFIT: "利润款"}
_LEFT, _WIDTH, _ROW, _TOP = 230, 900, 20, 56


def timeline(plan: StreamPlan) -> str:
    """Return an SVG of a plan: a row a product, by role and priority; a bar a script, coloured by occasion."""
    rows = _rows(plan)
    height = _TOP + _ROW * len(rows) + 30
    start, end = plan.request.starts_at, plan.request.ends_at
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_LEFT + _WIDTH + 30} {height}" '
        'font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="white"/>',
        *_legend(),
        *(_hour(at, start, end, height) for at in _half_hours(start, end)),
        *(_label(place, plan, product_id) for place, product_id in enumerate(rows)),
        *(_bar(entry.turn, rows.index(entry.turn.product_id), start, end) for entry in plan.entries),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _rows(plan: StreamPlan) -> list[str]:
    """The products told, heroes first, by priority."""
    role = {entry.turn.product_id: list(ROLES).index(entry.turn.role) for entry in plan.entries}
    return sorted(role, key=lambda one: (role[one], plan.request.product_ids.index(one)))


def _x(at: datetime, start: datetime, end: datetime) -> float:
    return round(_LEFT + _WIDTH * ((at - start) / (end - start)), 1)


def _half_hours(start: datetime, end: datetime) -> Sequence[datetime]:
    step = timedelta(minutes=30)
    return [start + step * number for number in range(int((end - start) / step) + 1)]


def _legend() -> list[str]:
    return [
        f'<rect x="{_LEFT + 140 * place}" y="14" width="14" height="14" fill="{colour}"/>'
        f'<text x="{_LEFT + 140 * place + 20}" y="26">{occasion.replace("_", " ")}</text>'
        for place, (occasion, colour) in enumerate(COLOURS.items())
    ]


def _hour(at: datetime, start: datetime, end: datetime, height: int) -> str:
    x = _x(at, start, end)
    return (
        f'<path d="M{x} {_TOP - 8}V{height - 24}" stroke="#ddd"/>'
        f'<text x="{x}" y="{height - 8}" text-anchor="middle">{at:%H:%M}</text>'
    )


def _label(place: int, plan: StreamPlan, product_id: str) -> str:
    entry = next(entry for entry in plan.entries if entry.turn.product_id == product_id)
    words = escape(f"{ROLES[entry.turn.role]} {entry.name}")
    return f'<text x="{_LEFT - 8}" y="{_TOP + _ROW * place + 12}" text-anchor="end">{words}</text>'


def _bar(turn: Turn, place: int, start: datetime, end: datetime) -> str:
    x, until = _x(turn.at, start, end), _x(turn.ends_at, start, end)
    title = escape(f"{turn.at:%H:%M:%S} {turn.seconds} s, {turn.why}")
    return (
        f'<rect x="{x}" y="{_TOP + _ROW * place}" width="{max(until - x - 0.6, 1):.1f}" height="{_ROW - 5}" '
        f'fill="{COLOURS[turn.occasion]}"><title>{title}</title></rect>'
    )
