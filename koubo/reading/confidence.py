"""How sure a reading is: the share of labelled spans that were read right when the rules led by as much.

The figures are in ``data/calibration.tsv``; ``train.calibrate`` fits them on labelled rows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache

from koubo.reading import tables
from koubo.reading.kinds import Kind
from koubo.reading.spans import Option

_FAMILIES = {
    "money": (Kind.PRICE, Kind.DISCOUNT, Kind.THRESHOLD, Kind.SALE_DAY),
    "number": (Kind.CARDINAL, Kind.DIGITS, Kind.ORDINAL, Kind.DECIMAL),
    "moment": (Kind.DATE, Kind.TIME, Kind.YEAR),
    "joined": (Kind.RANGE, Kind.RATIO, Kind.FRACTION, Kind.SIZE, Kind.PLUS, Kind.PERCENT),
    "unit": (Kind.MEASURE, Kind.STORAGE, Kind.TEMPERATURE, Kind.COUNT_SUFFIX),
}
REST = "name"
"""The family of every other kind: names, codes, phones, symbols."""


@cache
def _families() -> dict[Kind, str]:
    """Turn the families around."""
    return {kind: family for family, kinds in _FAMILIES.items() for kind in kinds}


def family(kind: Kind) -> str:
    """Return the family of kinds that are calibrated together."""
    return _families().get(kind, REST)


def families() -> tuple[str, ...]:
    """Return all families."""
    return (*_FAMILIES, REST)


def lead_over_kinds(options: Sequence[Option]) -> float:
    """Return by how much the first option's score leads the best one of another kind; infinite where there is none."""
    first = options[0]
    for option in options[1:]:
        if option.kind is not first.kind:
            return first.score - option.score
    return math.inf


def confidence(options: Sequence[Option]) -> float:
    """Return the probability (0 to 1) that the first of the options, ordered best first, is what people accept."""
    return sure(family(options[0].kind), lead_over_kinds(options))


def sure(name: str, lead: float) -> float:
    """Return the probability for a family of kinds and a lead. Raises ``KeyError`` for an unknown family."""
    for least, share in _steps()[name]:
        if lead >= least:
            return share
    raise AssertionError("the last step of every family holds for every lead")


@cache
def _steps() -> dict[str, tuple[tuple[float, float], ...]]:
    """Load the steps of each family, from the greatest lead down to the one that holds for every lead."""
    table: dict[str, list[tuple[float, float]]] = {name: [] for name in families()}
    for name, least, share in tables.rows("calibration.tsv"):
        table[name].append((float(least), float(share)))
    steps = {name: tuple(sorted(rows, reverse=True)) for name, rows in table.items()}
    without = [name for name, rows in steps.items() if not rows or rows[-1][0] != -math.inf]
    if without:
        raise ValueError(f"calibration.tsv: no step with least lead -inf for {', '.join(without)}; run train.calibrate")
    return steps
