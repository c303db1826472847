"""What differs between two snapshots: products, facts with their old and new values, promotions, the graph's size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

import polars as pl

from koubo.catalog.schema import Tables

Change = Literal["added", "removed", "changed"]
_SAID = ("label", "value", "unit", "valid_from", "valid_until")
"""What a fact states. Where it came from may move (another row of the same table) without any word changing."""
_SHOWN = ("title", "brand", "category", "price", "list_price")


@dataclass(frozen=True, slots=True)
class FactChange:
    """A fact that one snapshot has and the other has not, or states otherwise; None on the side that has it not."""

    product_id: str
    id: str
    kind: str
    label: str
    change: Change
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class SnapshotDiff:
    """How the new snapshot differs from the old one.

    `products` and `promotions` are {change: ids}; a product counts as changed where a fact of it or a column of its
    table differs. `facts` are by product, then id; `counts` is {nodes, edges or facts: {kind: (old, new)}}.
    """

    products: dict[Change, tuple[str, ...]]
    promotions: dict[Change, tuple[str, ...]]
    facts: tuple[FactChange, ...]
    counts: dict[str, dict[str, tuple[int, int]]]
    titles: dict[str, str]

    def as_dict(self) -> dict[str, Any]:
        """Everything, JSON-able."""
        return asdict(self)


def diff(old: Tables, new: Tables) -> SnapshotDiff:
    """Compare the tables of two snapshots."""
    facts = _facts(old["facts"], new["facts"])
    products = _rows(old["products"], new["products"], _SHOWN)
    there = {*old["products"]["id"], *new["products"]["id"]} - {*products["added"], *products["removed"]}
    changed = {*products["changed"], *(fact.product_id for fact in facts if fact.product_id in there)}
    products["changed"] = tuple(sorted(changed))
    touched = pl.Series([i for ids in products.values() for i in ids], dtype=pl.String).implode()
    named = pl.concat([old["products"], new["products"]]).filter(pl.col("id").is_in(touched)).select("id", "title")
    return SnapshotDiff(
        products=products,
        promotions=_rows(_placeless(old["promotions"]), _placeless(new["promotions"]), ("record",)),
        facts=facts,
        counts={name: _counts(old[name], new[name]) for name in ("facts", "nodes", "edges")},
        titles=dict(named.iter_rows()),
    )


def _rows(old: pl.DataFrame, new: pl.DataFrame, columns: tuple[str, ...]) -> dict[Change, tuple[str, ...]]:
    """Ids that only the new table has, that only the old has, and whose columns differ."""
    both = old.select("id", *columns).join(new.select("id", *columns), on="id", suffix="_new")
    differ = pl.any_horizontal(pl.col(c).ne_missing(pl.col(f"{c}_new")) for c in columns)
    return {
        "added": tuple(new.join(old, on="id", how="anti")["id"].sort()),
        "removed": tuple(old.join(new, on="id", how="anti")["id"].sort()),
        "changed": tuple(both.filter(differ)["id"].sort()),
    }


def _placeless(promotions: pl.DataFrame) -> pl.DataFrame:
    """Promotions without the row that they stood in."""
    return promotions.with_columns(pl.col("record").str.replace(r'"row":\d+', '"row":0'))


def _facts(old: pl.DataFrame, new: pl.DataFrame) -> tuple[FactChange, ...]:
    columns = ("id", "product_id", "kind", *_SAID)
    paired = old.select(columns).join(new.select(columns), on="id", how="full", suffix="_new")
    differ = pl.any_horizontal(pl.col(c).ne_missing(pl.col(f"{c}_new")) for c in ("id", *_SAID))
    found = (_fact_change(row) for row in paired.filter(differ).iter_rows(named=True))
    return tuple(sorted(found, key=lambda fact: (fact.product_id, fact.id)))


def _fact_change(row: dict[str, Any]) -> FactChange:
    change: Change = "added" if row["id"] is None else "removed" if row["id_new"] is None else "changed"
    side = "_new" if change == "added" else ""
    product_id, fact_id, kind, label = (row[f"{name}{side}"] for name in ("product_id", "id", "kind", "label"))
    return FactChange(product_id, fact_id, kind, label, change, _value(row, ""), _value(row, "_new"))


def _value(row: dict[str, Any], side: str) -> str | None:
    value, unit = row[f"value{side}"], row[f"unit{side}"]
    return None if value is None else f"{value}{unit or ''}"


def _counts(old: pl.DataFrame, new: pl.DataFrame) -> dict[str, tuple[int, int]]:
    before, after = (dict(table["kind"].value_counts().iter_rows()) for table in (old, new))
    return {kind: (before.get(kind, 0), after.get(kind, 0)) for kind in sorted(before | after)}


def as_text(found: SnapshotDiff, shown: int) -> Iterator[str]:
    """The difference in lines for people; at most `shown` products of each change, the rest counted."""
    marks: dict[Change, str] = {"added": "+", "removed": "-", "changed": "~"}
    facts_of: dict[str, list[FactChange]] = {}
    for fact in found.facts:
        facts_of.setdefault(fact.product_id, []).append(fact)
    yield "products: " + ", ".join(f"{len(ids)} {change}" for change, ids in found.products.items())
    for change, ids in found.products.items():
        for product_id in ids[:shown]:
            yield f"  {marks[change]} {product_id} {found.titles[product_id]}"
            if change == "changed":
                yield from (f"      {_line(fact)}" for fact in facts_of.get(product_id, ()))
        if len(ids) > shown:
            yield f"  {marks[change]} and {len(ids) - shown} more"
    yield "promotions: " + ", ".join(f"{len(ids)} {change}" for change, ids in found.promotions.items())
    for change, ids in found.promotions.items():
        yield from (f"  {marks[change]} {promotion_id}" for promotion_id in ids[:shown])
    for name, kinds in found.counts.items():
        yield f"{name}: {sum(o for o, _ in kinds.values())} -> {sum(n for _, n in kinds.values())}"
        yield from (f"  {kind}: {before} -> {after}" for kind, (before, after) in kinds.items() if before != after)


def _line(fact: FactChange) -> str:
    match fact.change:
        case "added":
            return f"{fact.kind} {fact.label}: new: {fact.new}"
        case "removed":
            return f"{fact.kind} {fact.label}: gone: {fact.old}"
        case _:
            return f"{fact.kind} {fact.label}: {fact.old} -> {fact.new}"
