"""Reads the worked examples of docs/offers.md, and makes products to run them on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from koubo.catalog.offers import ANYONE, Buyer
from koubo.catalog.records import Product, Promotion, parse_promotion
from koubo.catalog.store import LiveProduct

AT = datetime(2026, 11, 11, 12, tzinfo=UTC)
DOC = Path(__file__).parents[3] / "docs" / "offers.md"
_MONEY = r"(\d+(?:\.\d+)?)"
_SPELLINGS = {
    rf"满{_MONEY}减{_MONEY}": ("threshold_discount", "threshold", "amount_off"),
    rf"(\d+)件{_MONEY}%": ("quantity_discount", "min_quantity", "percent_of_price"),
    rf"券满{_MONEY}减{_MONEY}": ("coupon", "threshold", "amount_off"),
    rf"券减{_MONEY}": ("coupon", "amount_off"),
    rf"会员(\D+\d*|V\d+)价{_MONEY}": ("member_price", "grade", "price"),
    rf"(\d+)人团减{_MONEY}": ("group_buy", "group_size", "amount_off"),
    rf"秒杀价{_MONEY}": ("flash_price", "price"),
    r"满(\d+)件送(.+)": ("gift", "min_quantity", "gift"),
}
_WRITTEN = re.compile(r"(?P<what>[^\[\](（]+)(?:\((?P<who>[^)]+)\))?(?:\[(?P<group>[^\]]+)\])?")


@dataclass(frozen=True, slots=True)
class Example:
    """One row of a table: `pays` None where nothing is proved; `last` holds the steps or the reason."""

    case: str
    price: Decimal
    pieces: int
    buyer: Buyer
    promotions: tuple[Promotion, ...]
    pays: Decimal | None
    last: str


def examples() -> list[Example]:
    """Every row of every table with seven columns in docs/offers.md."""
    rows = (
        line.strip().strip("|").split("|") for line in DOC.read_text(encoding="utf8").splitlines() if line[:1] == "|"
    )
    cells = ([cell.strip() for cell in row] for row in rows)
    return [_example(row) for row in cells if row[0] != "case" and not row[0].startswith("---")]


def _example(row: list[str]) -> Example:
    case, price, pieces, buyer, promotions, pays, last = row
    written = [part for part in promotions.split("；") if part]
    found = tuple(promotion(part, f"p{n}") for n, part in enumerate(written, start=1))
    due = None if pays == "—" else Decimal(pays)
    return Example(case, Decimal(price), int(pieces), _buyer(buyer), found, due, last)


def promotion(written: str, promotion_id: str) -> Promotion:
    """The promotion that a short spelling such as `券满59减10(新客)[券]` means."""
    match = _WRITTEN.fullmatch(written.strip())
    assert match, written
    fields: dict[str, Any] = {"id": promotion_id, "stacking_group": match["group"]}
    for pattern, (kind, *names) in _SPELLINGS.items():
        if values := re.fullmatch(pattern, match["what"].strip()):
            fields |= {"kind": kind, **dict(zip(names, values.groups(), strict=True))}
    who = match["who"] or "everyone"
    if fields["kind"] != "member_price" and who != "未知":
        fields["eligibility"] = who.replace("会员", "会员:")
    return parse_promotion(fields)


def _buyer(written: str) -> Buyer:
    if written == "anyone":
        return ANYONE
    if written == "new":
        return Buyer(new_customer=True)
    if people := re.fullmatch(r"(\d+) people", written):
        return Buyer(group_size=int(people[1]))
    return Buyer(grades=frozenset({written}))


def sold(price: Decimal, promotions: tuple[Promotion, ...] = (), **changes: Any) -> LiveProduct:
    """A product as it is sold at AT, with one price, unless changed."""
    fields: dict[str, Any] = {
        "product": Product(id="p", title="杯子", price=price),
        "price": price,
        "price_is_range": False,
        "sku_prices": {},
        "sku_stocks": {},
        "list_price": None,
        "stock": None,
        "promotions": promotions,
        "facts": (),
        "version": "snapshot.0",
        "at": AT,
        "not_after": None,
    }
    return LiveProduct(**{**fields, **changes})
