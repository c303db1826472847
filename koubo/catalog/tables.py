"""Imports a catalogue folder: products, reviews, questions, promotions, each row checked by itself.

A bad row is data: it goes to the errors with its file, row, field, value and reason, and the import goes on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from koubo.catalog.cells import Attributes
from koubo.catalog.errors import CatalogError, RowError
from koubo.catalog.files import RawRow, read_rows, suffixes, table_files
from koubo.catalog.headers import ATTRIBUTE, HeaderMapping
from koubo.catalog.records import Product, Promotion, Question, Review, parse_promotion

REQUIRED = {
    "products": ("id", "title", "price"),
    "reviews": ("id", "product_id", "text"),
    "questions": ("id", "question", "answer"),
    "promotions": ("id", "kind"),
}
LIST_PRICE_AT_MOST = 10
"""Times the price; a higher list price is taken for a slip of the keyboard and never spoken."""
_ATTRIBUTES: TypeAdapter[dict[str, str]] = TypeAdapter(Attributes)
_NO_PRODUCT = "no such product in the products table"
_FIELD_FIRST = re.compile(r"(?:Value error, )?(?:(\w+): )?(.*)", re.DOTALL)
RecordT = TypeVar("RecordT", bound=Product | Review | Question | Promotion)
AboutT = TypeVar("AboutT", Review, Question)


@dataclass(frozen=True, slots=True)
class Catalog:
    """What an import gave: the good records in the order of their files, and every refusal."""

    products: tuple[Product, ...]
    reviews: tuple[Review, ...]
    questions: tuple[Question, ...]
    promotions: tuple[Promotion, ...]
    errors: tuple[RowError, ...]


def load_catalog(folder: Path, mapping: HeaderMapping | None = None) -> Catalog:
    """Import every `products`, `reviews`, `questions` and `promotions` table of a folder.

    A table is one file or several (`reviews.csv`, `reviews-2026.jsonl`) in any format of `koubo.catalog.files`.

    Raises:
        CatalogError: the folder or its products table is missing, no product could be imported, a file is not what its
            name says, or a table lacks a column that it cannot do without.
    """
    if not folder.is_dir():
        raise CatalogError(f"{folder}: no such folder; give the folder that holds products.jsonl (or {_formats()})")
    mapping = mapping or HeaderMapping()
    products = _Table("products", Product.model_validate).load(folder, mapping)
    reviews = _Table("reviews", Review.model_validate).load(folder, mapping)
    questions = _Table("questions", Question.model_validate).load(folder, mapping)
    promotions = _Table[Promotion]("promotions", parse_promotion).load(folder, mapping)
    if not products.records:
        raise CatalogError(f"{folder}: no product could be imported; {_first(products.errors)}")
    known = {product.id for product in products.records}
    _drop_slips(products)
    _drop_strays(reviews, known)
    _drop_strays(questions, known)
    _drop_strangers(promotions, known)
    errors = products.errors + reviews.errors + questions.errors + promotions.errors
    tables = tuple(products.records), tuple(reviews.records), tuple(questions.records), tuple(promotions.records)
    return Catalog(*tables, errors=tuple(errors))


def _formats() -> str:
    return ", ".join(f"products{suffix}" for suffix in suffixes()[1:])


def _first(errors: list[RowError]) -> str:
    refused = [error for error in errors if not error.kept]
    if not refused:
        return f"its products table is empty or missing (products.jsonl, {_formats()})"
    at = refused[0]
    return f"{len(refused)} rows refused, the first: {at.file} row {at.row}: {at.field} {at.value!r}: {at.reason}"


class _Table(Generic[RecordT]):
    """One table being imported: its records by row, its errors."""

    def __init__(self, name: str, parse: Callable[[dict[str, Any]], RecordT]) -> None:
        self.name = name
        self.parse = parse
        self.records: list[RecordT] = []
        self.errors: list[RowError] = []
        self._rows: dict[str, str] = {}

    def load(self, folder: Path, mapping: HeaderMapping) -> _Table[RecordT]:
        for path in table_files(folder, self.name):
            fields: dict[str, str | None] = {}
            for found in read_rows(path):
                if isinstance(found, RowError):
                    self.errors.append(found)
                    continue
                if not found.cells.keys() <= fields.keys():
                    fields |= self._learn(path, found, fields, mapping)
                self._take(path.name, found, fields)
        return self

    def _learn(
        self, path: Path, found: RawRow, fields: Mapping[str, str | None], mapping: HeaderMapping
    ) -> dict[str, str | None]:
        """Fields of columns not seen before; an unknown one is reported once a file and left out."""
        named = mapping.fields(self.name, found.cells)
        unknown = [column for column in found.cells if column not in named and column not in fields]
        missing = [name for name in REQUIRED[self.name] if name not in named.values()]
        if missing and path.suffix != ".jsonl":  # in JSONL every row has columns of its own: then it is the row's error
            columns = ", ".join(found.cells)
            raise CatalogError(
                f"{path.name}: no column for {', '.join(missing)} among {columns}; "
                f"say which one it is in a mapping file: {self.name}: {{COLUMN: {missing[0]}}}"
            )
        reason = "unknown column, left out; map it to a field or to null in a mapping file"
        self.errors += [RowError(path.name, found.row, column, "", reason, kept=True) for column in unknown]
        return named | dict.fromkeys(unknown)

    def _take(self, file: str, found: RawRow, fields: Mapping[str, str | None]) -> None:
        try:
            record = self.parse({**_fields(found.cells, fields), "place": file, "row": found.row})
        except ValidationError as error:
            self.errors += list(_explained(file, found.row, error))
            return
        if record.id in self._rows:
            reason = f"the id is already there, in {self._rows[record.id]}; the first row stays"
            self.errors.append(RowError(file, found.row, "id", record.id, reason))
            return
        self._rows[record.id] = f"{file} row {found.row}"
        self.records.append(record)

    def refuse(self, record: RecordT, field: str, value: str, reason: str, kept: bool = False) -> None:
        self.errors.append(RowError(record.place, record.row or 0, field, value, reason, kept))


def _fields(cells: Mapping[str, object], fields: Mapping[str, str | None]) -> dict[str, Any]:
    """Cells by field; columns that are attributes join the attributes, a stock without SKUs makes one SKU."""
    values = {fields[column]: value for column, value in cells.items() if fields[column] is not None}
    own = {name: value for name, value in values.items() if name and not name.startswith(ATTRIBUTE)}
    extra = {name[len(ATTRIBUTE) :]: v for name, v in values.items() if name and name.startswith(ATTRIBUTE)}
    if extra:
        own["attributes"] = _ATTRIBUTES.validate_python(own.get("attributes")) | _ATTRIBUTES.validate_python(extra)
    stock = own.pop("stock", None)
    if stock not in (None, "") and not own.get("skus"):
        own["skus"] = [{"price": own.get("price"), "stock": stock}]
    return own


def _explained(file: str, row: int, error: ValidationError) -> Iterator[RowError]:
    """One RowError for each field that pydantic refused, in the words of this module."""
    for item in error.errors(include_url=False):
        named, message = _FIELD_FIRST.fullmatch(item["msg"]).groups()  # type: ignore[union-attr]
        place = [str(part) for part in item["loc"]]
        if item["type"].startswith("union_tag"):
            place, named = [], "kind"
            message = f"unknown kind of promotion; there are {item['ctx'].get('expected_tags', 'none without a kind')}"
        elif place and place[0] in _kinds():
            place = place[1:]
        if item["type"] == "missing":
            message = "is missing"
        whole = isinstance(item["input"], Mapping)
        value = item["input"].get(named or (place[-1] if place else None), "") if whole else item["input"]
        yield RowError(file, row, ".".join([*place, named] if named else place), str(value)[:200], message)


def _kinds() -> frozenset[str]:
    return frozenset(kind.model_fields["kind"].default for kind in Promotion.__args__)


def _drop_slips(table: _Table[Product]) -> None:
    """Leave out list prices that nobody believes."""
    for place, product in enumerate(table.records):
        listed = product.list_price
        if listed is not None and listed > LIST_PRICE_AT_MOST * product.price:
            reason = f"more than {LIST_PRICE_AT_MOST} times the price {product.price}: not believed, left out"
            table.refuse(product, "list_price", str(listed), reason, kept=True)
            table.records[place] = product.model_copy(update={"list_price": None})


def _drop_strays(table: _Table[AboutT], known: set[str]) -> None:
    """Refuse reviews and questions of products that are not there (a question may be about the shop)."""
    strays = [r for r in table.records if r.product_id is not None and r.product_id not in known]
    for record in strays:
        table.refuse(record, "product_id", str(record.product_id), _NO_PRODUCT)
    gone = {record.id for record in strays}
    table.records = [record for record in table.records if record.id not in gone]


def _drop_strangers(table: _Table[Promotion], known: set[str]) -> None:
    """Leave out products of promotions that are not there; refuse a promotion that has no product left."""
    kept: list[Promotion] = []
    for promotion in table.records:
        asked = promotion.product_ids
        there = None if asked is None else tuple(i for i in asked if i in known)
        for product_id in [i for i in asked or () if i not in known] or ([""] if there == () else []):
            table.refuse(promotion, "product_ids", product_id, _NO_PRODUCT, kept=there != ())
        if there != ():
            kept.append(promotion if there == asked else promotion.model_copy(update={"product_ids": there}))
    table.records = kept
