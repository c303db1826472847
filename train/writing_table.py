"""The table of writers that were judged on the same products: measures with intervals, and differences in pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from koubo.dataset.written import MEASURES, POOLED, JudgedScript, Measure

RESAMPLES = 2000
SEED = 17


@dataclass(frozen=True, slots=True)
class Column:
    """A writer by name, and the scripts it wrote."""

    name: str
    scripts: Sequence[JudgedScript]

    def measures(self) -> dict[str, dict[str, float]]:
        """Every measure with the ends of its 95% interval; pooled ones have none."""
        return {name: _named(name, measure, self.scripts) for name, measure in MEASURES.items()}


def _named(name: str, measure: Measure, scripts: Sequence[JudgedScript]) -> dict[str, float]:
    value = {"value": round(measure(scripts), 4)}
    if name in POOLED:
        return value
    low, high = interval(measure, scripts)
    return {**value, "low": round(low, 4), "high": round(high, 4)}


def interval(
    measure: Measure, scripts: Sequence[JudgedScript], than: Sequence[JudgedScript] | None = None
) -> tuple[float, float]:
    """The 95% percentile bootstrap of a measure, products drawn anew (Efron and Tibshirani 1993, chapter 13).

    With `than`, of the measure's difference from that of other scripts of the same products, drawn in pairs.
    """
    rng = np.random.default_rng(SEED)
    drawn = rng.integers(0, len(scripts), (RESAMPLES, len(scripts)))
    values = [_difference(measure, [scripts[i] for i in some], than and [than[i] for i in some]) for some in drawn]
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def _difference(measure: Measure, scripts: Sequence[JudgedScript], than: Sequence[JudgedScript] | None) -> float:
    return measure(scripts) - (measure(than) if than else 0.0)


def table(columns: Sequence[Column]) -> str:
    """Markdown: a row a measure, a column a writer; last the difference of the last writer from the first."""
    compared = len(columns) > 1
    heads = [*(column.name for column in columns), *(["last - first"] if compared else [])]
    lines = [f"| | {' | '.join(heads)} |", "|---" * (len(heads) + 1) + "|"]
    for name, measure in MEASURES.items():
        cells = [_cell(name, measure, column.scripts) for column in columns]
        if compared:
            cells.append(_difference_cell(name, measure, *_paired(columns[-1], columns[0])))
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _paired(last: Column, first: Column) -> tuple[list[JudgedScript], list[JudgedScript]]:
    """The scripts of both of the products that both wrote for."""
    theirs = {script.source: script for script in first.scripts}
    mine = [script for script in last.scripts if script.source in theirs]
    return mine, [theirs[script.source] for script in mine]


def _difference_cell(name: str, measure: Measure, last: list[JudgedScript], first: list[JudgedScript]) -> str:
    return _cell(name, measure, last, first) if last else "no product in common"


def _cell(
    name: str, measure: Measure, scripts: Sequence[JudgedScript], than: Sequence[JudgedScript] | None = None
) -> str:
    sign = "+" if than else ""
    value = f"{_difference(measure, scripts, than):{sign}.3f}"
    if name in POOLED:
        return value
    low, high = interval(measure, scripts, than)
    return f"{value} ({low:{sign}.3f} to {high:{sign}.3f})"
