"""Which kind was taken for which: counts, and a picture of them as SVG."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape

from train.choosers import Verdicts
from train.evaluation_set import NO_OPTION, OTHER_READING, EvaluationSet, gold_kind

Confusion = dict[str, dict[str, int]]
"""Kind that people accept -> what was taken -> spans."""
_CELL, _LEFT, _TOP = 34, 130, 120
_LAST = (OTHER_READING, NO_OPTION)


def confusion(judged: EvaluationSet, verdicts: Verdicts) -> Confusion:
    """Count the spans by the kind that people accept and by what was taken; what is on the diagonal is right."""
    pairs: Counter[tuple[str, str]] = Counter()
    for text, answers in zip(judged.texts, verdicts.answers, strict=True):
        pairs.update((gold_kind(d).value, a.taken) for d, a in zip(text.decisions, answers, strict=True))
    counts: Confusion = {}
    for (gold, taken), count in sorted(pairs.items()):
        counts.setdefault(gold, {})[taken] = count
    return counts


def picture(counts: Mapping[str, Mapping[str, int]], title: str) -> str:
    """An SVG: a row for each accepted kind, a column for each taken one, darker where more of the row went there.

    What is right is blue, what is wrong red; the same counts give the same picture, byte for byte.
    """
    rows = sorted(counts, key=lambda kind: (-sum(counts[kind].values()), kind))
    columns = _columns(rows, (taken for row in counts.values() for taken in row))
    width, height = _LEFT + _CELL * len(columns) + 60, _TOP + _CELL * len(rows) + 30
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" '
        'font-size="11"><rect width="100%" height="100%" fill="white"/>',
        f'<text x="8" y="18" font-size="13">{escape(title)}</text>',
        f'<text x="8" y="{_TOP - 8}" fill="#666">accepted \u2193 taken \u2192</text>',
        *(_column_name(place, name) for place, name in enumerate(columns)),
        *(_row(place, name, columns, counts[name]) for place, name in enumerate(rows)),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _columns(rows: list[str], taken: Iterable[str]) -> list[str]:
    """The kinds in the order of the rows, then those taken by mistake only, then what is no kind."""
    seen = set(taken)
    others = sorted(seen - set(rows) - set(_LAST))
    return [*rows, *others, *(name for name in _LAST if name in seen)]


def _column_name(place: int, name: str) -> str:
    x = _LEFT + _CELL * place + _CELL // 2 + 4
    return f'<text transform="translate({x} {_TOP - 6}) rotate(-60)">{escape(name)}</text>'


def _row(place: int, name: str, columns: list[str], counts: Mapping[str, int]) -> str:
    y = _TOP + _CELL * place
    total = sum(counts.values())
    cells = "".join(
        _cell(_LEFT + _CELL * x, y, counts.get(column, 0), total, column == name) for x, column in enumerate(columns)
    )
    label = f'<text x="{_LEFT - 8}" y="{y + 21}" text-anchor="end">{escape(name)} ({total})</text>'
    return f"<g>{label}{cells}</g>"


def _cell(x: int, y: int, count: int, total: int, right: bool) -> str:
    """One square; few mistakes among many spans must still be seen, so the shade grows with the fourth root."""
    shade = round((count / total) ** 0.25, 3) if count else 0
    box = (
        f'<rect x="{x}" y="{y}" width="{_CELL - 1}" height="{_CELL - 1}" stroke="#ddd" '
        f'fill="{"#0f6fff" if right else "#d9480f"}" fill-opacity="{shade}"/>'
    )
    ink = "white" if shade > 0.6 else "black"
    number = f'<text x="{x + _CELL // 2}" y="{y + 21}" text-anchor="middle" fill="{ink}">{count}</text>'
    return box + number if count else box
