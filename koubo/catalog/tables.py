"""Imports a catalogue folder: products, reviews, questions, promotions, each row checked by itself.

A bad row is data: it goes to the errors with its file, row, field, value and reason, and the import goes on.

Checking a row costs ten times what reading it does. So whoever has the rows of an earlier import says which (`known`),
and rows that still stand as they stood are not checked again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
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
class KnownRow:
    """A good row of an earlier import: its id, and the product that it is about (its own id for a product)."""

    id: str
    product_id: str | None
    digest: str


Known = Mapping[str, Mapping[str, KnownRow]]
"""{table: {digest: row}} of an earlier import."""


@dataclass(frozen=True, slots=True)
class Catalog:
    """What an import gave: the good records in the order of their files, and every refusal.

    `digests` has {id: digest} of every good row of products, reviews and questions in the order of their files, those
    among the known rows included, whose records are left out. The digest is "" where an error was noted about the row:
    such a row is not known the next time, so that its error is told again.
    """

    products: tuple[Product, ...]
    reviews: tuple[Review, ...]
    questions: tuple[Question, ...]
    promotions: tuple[Promotion, ...]
    errors: tuple[RowError, ...]
    digests: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def load_catalog(folder: Path, mapping: HeaderMapping | None = None, known: Known | None = None) -> Catalog:
    """Import every `products`, `reviews`, `questions` and `promotions` table of a folder.

    A table is one file or several (`reviews.csv`, `reviews-2026.jsonl`) in any format of `koubo.catalog.files`. `known`
    are rows of an earlier import with the same mapping: those that still stand there are taken without a check.

    Raises:
        CatalogError: the folder or its products table is missing, no product could be imported, a file is not what its
            name says, or a table lacks a column that it cannot do without.
    """
    if not folder.is_dir():
        raise CatalogError(f"{folder}: no such folder; give the folder that holds products.jsonl (or {_formats()})")
    mapping, known = mapping or HeaderMapping(), known or {}
    products = _Table("products", Product.model_validate, known).load(folder, mapping)
    reviews = _Table("reviews", Review.model_validate, known).load(folder, mapping)
    questions = _Table("questions", Question.model_validate, known).load(folder, mapping)
    promotions = _Table[Promotion]("promotions", parse_promotion, {}).load(folder, mapping)
    if not products.rows:
        raise CatalogError(f"{folder}: no product could be imported; {_first(products.errors)}")
    _drop_slips(products)
    _drop_strays(reviews, products.rows)
    _drop_strays(questions, products.rows)
    _drop_strangers(promotions, products.rows)
    records = products.records(), reviews.records(), questions.records(), promotions.records()
    errors = (*products.errors, *reviews.errors, *questions.errors, *promotions.errors)
    return Catalog(*records, errors, {table.name: table.digests() for table in (products, reviews, questions)})


def _formats() -> str:
    return ", ".join(f"products{suffix}" for suffix in suffixes()[1:])


def _first(errors: list[RowError]) -> str:
    refused = [error for error in errors if not error.kept]
    if not refused:
        return f"its products table is empty or missing (products.jsonl, {_formats()})"
    at = refused[0]
    return f"{len(refused)} rows refused, the first: {at.file} row {at.row}: {at.field} {at.value!r}: {at.reason}"


@dataclass(slots=True)
class _Row(Generic[RecordT]):
    """A good row: where it stands; its record, or None where it is known; its digest, "" once an error is noted."""

    file: str
    number: int
    product_id: str | None
    record: RecordT | None
    digest: str


class _Table(Generic[RecordT]):
    """One table being imported: its good rows by id, its errors."""

    def __init__(self, name: str, parse: Callable[[dict[str, Any]], RecordT], known: Known) -> None:
        self.name = name
        self.parse = parse
        self.known = known.get(name, {})
        self.rows: dict[str, _Row[RecordT]] = {}
        self.errors: list[RowError] = []

    def records(self) -> tuple[RecordT, ...]:
        """The records of the rows that were not known, in the order of their files."""
        return tuple(row.record for row in self.rows.values() if row.record is not None)

    def digests(self) -> dict[str, str]:
        """{id: digest} of all good rows, in the order of their files."""
        return {record_id: row.digest for record_id, row in self.rows.items()}

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
        digest = blake2b(f"{file}\n{found.row}\n{found.raw}".encode(), digest_size=12).hexdigest()
        if same := self.known.get(digest):
            self._keep(same.id, _Row(file, found.row, same.product_id, None, digest))
            return
        try:
            record = self.parse({**_fields(found.cells, fields), "place": file, "row": found.row})
        except ValidationError as error:
            self.errors += list(_explained(file, found.row, error))
            return
        self._keep(record.id, _Row(file, found.row, getattr(record, "product_id", record.id), record, digest))

    def _keep(self, record_id: str, row: _Row[RecordT]) -> None:
        if first := self.rows.get(record_id):
            reason = f"the id is already there, in {first.file} row {first.number}; the first row stays"
            self.errors.append(RowError(row.file, row.number, "id", record_id, reason))
            return
        self.rows[record_id] = row

    def note(self, row: _Row[RecordT], field: str, value: str, reason: str, kept: bool = False) -> None:
        """Add an error about a good row."""
        row.digest = ""
        self.errors.append(RowError(row.file, row.number, field, value, reason, kept))


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
    for row in table.rows.values():
        product = row.record
        if product and product.list_price is not None and product.list_price > LIST_PRICE_AT_MOST * product.price:
            reason = f"more than {LIST_PRICE_AT_MOST} times the price {product.price}: not believed, left out"
            table.note(row, "list_price", str(product.list_price), reason, kept=True)
            row.record = product.model_copy(update={"list_price": None})


def _drop_strays(table: _Table[AboutT], products: Container[str]) -> None:
    """Refuse reviews and questions of products that are not there (a question may be about the shop)."""
    strays = {i: row for i, row in table.rows.items() if row.product_id is not None and row.product_id not in products}
    for record_id, row in strays.items():
        table.note(row, "product_id", str(row.product_id), _NO_PRODUCT)
        del table.rows[record_id]


def _drop_strangers(table: _Table[Promotion], products: Container[str]) -> None:
    """Leave out products of promotions that are not there; refuse a promotion that has no product left."""
    for promotion in table.records():
        row, asked = table.rows[promotion.id], promotion.product_ids
        there = None if asked is None else tuple(i for i in asked if i in products)
        for product_id in [i for i in asked or () if i not in products] or ([""] if there == () else []):
            table.note(row, "product_ids", product_id, _NO_PRODUCT, kept=there != ())
        if there == ():
            del table.rows[promotion.id]
        elif there != asked:
            row.record = promotion.model_copy(update={"product_ids": there})
