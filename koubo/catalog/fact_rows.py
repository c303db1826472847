"""Facts as rows of a snapshot's table, and back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

import polars as pl

from koubo.catalog.facts import Box, Fact, FactKind, Provenance
from koubo.catalog.schema import SCHEMAS

FACTS = SCHEMAS["facts"]
_KINDS = {kind.value: kind for kind in FactKind}
_new = object.__new__
# A frozen dataclass sets each field by object.__setattr__; the slots' own setters take half the time, and reading a
# product's facts is mostly this.
_set_source, _set_place, _set_row, _set_box, _set_quote = (
    getattr(Provenance, f.name).__set__ for f in fields(Provenance)
)
(
    _set_id,
    _set_product_id,
    _set_kind,
    _set_label,
    _set_value,
    _set_unit,
    _set_priority,
    _set_valid_from,
    _set_valid_until,
    _set_confidence,
    _set_provenance,
) = (getattr(Fact, f.name).__set__ for f in fields(Fact))


def fact_rows(facts: Sequence[Fact]) -> pl.DataFrame:
    """The facts as a table with the columns of SCHEMAS["facts"], in the order given."""
    came = [fact.provenance for fact in facts]
    columns: dict[str, list[Any]] = {
        "id": [fact.id for fact in facts],
        "product_id": [fact.product_id for fact in facts],
        "kind": [fact.kind.value for fact in facts],
        "label": [fact.label for fact in facts],
        "value": [fact.value for fact in facts],
        "unit": [fact.unit for fact in facts],
        "priority": [fact.priority for fact in facts],
        "valid_from": [fact.valid_from for fact in facts],
        "valid_until": [fact.valid_until for fact in facts],
        "confidence": [fact.confidence for fact in facts],
        "source": [one.source for one in came],
        "place": [one.place for one in came],
        "row": [one.row for one in came],
        "box": [None if one.box is None else [list(point) for point in one.box] for one in came],
        "quote": [one.quote for one in came],
    }
    return pl.DataFrame(columns, schema=FACTS)


COMMON = ["id", "kind", "label", "value", "unit", "priority", "confidence", "source", "place", "row", "quote"]
"""Columns that say all of most facts."""
RARE = ["valid_from", "valid_until", "box"]
"""Columns that are empty but for facts of pictures and of limited time."""


def facts_of_rows(product_id: str, rows: Iterable[tuple[Any, ...]]) -> tuple[Fact, ...]:
    """A product's facts from rows with the columns COMMON, or COMMON and RARE; KeyError for a kind that is unknown."""
    return tuple([_fact(product_id, *row) for row in rows])


def _fact(
    product_id: str,
    id_: str,
    kind: str,
    label: str,
    value: str,
    unit: str | None,
    priority: int,
    confidence: float,
    source: str,
    place: str,
    line: int | None,
    quote: str | None,
    start: Any = None,
    end: Any = None,
    box: Any = None,
) -> Fact:
    came = _new(Provenance)
    _set_source(came, source)
    _set_place(came, place)
    _set_row(came, line)
    _set_box(came, None if box is None else _box(box))
    _set_quote(came, quote)
    fact = _new(Fact)
    _set_id(fact, id_)
    _set_product_id(fact, product_id)
    _set_kind(fact, _KINDS[kind])
    _set_label(fact, label)
    _set_value(fact, value)
    _set_unit(fact, unit)
    _set_priority(fact, priority)
    _set_valid_from(fact, start)
    _set_valid_until(fact, end)
    _set_confidence(fact, confidence)
    _set_provenance(fact, came)
    return fact


def _box(points: Sequence[Sequence[float]]) -> Box:
    return tuple((x, y) for x, y in points)
