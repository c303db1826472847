"""Which column of a table is which field: the headers known from the start, and a mapping file over them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Self

import yaml

from koubo.catalog.errors import CatalogError

KNOWN = Path(__file__).parent / "data" / "headers.yaml"
ATTRIBUTE = "attributes."
_IN_BRACKETS = re.compile(r"\([^()]*\)$")


@dataclass(frozen=True, slots=True)
class HeaderMapping:
    """Headers that a user maps by himself: {table: {column: field}}; field None leaves the column out on purpose."""

    columns: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """Read a YAML file such as `products: {宝贝标题: title, 面料: attributes.面料, 内部备注: null}`.

        Raises:
            CatalogError: no such file, no YAML, an unknown table or field; the message lists those that there are.
        """
        try:
            document = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise CatalogError(f"{path}: cannot be read as a header mapping ({error})") from error
        return cls(_checked(document, path))

    def fields(self, table: str, columns: Iterable[str]) -> dict[str, str | None]:
        """{column: field} for the columns of a table that are known; None for those left out on purpose.

        Raises:
            CatalogError: two columns mean the same field.
        """
        own = {_key(column): name for column, name in self.columns.get(table, {}).items()}
        found = {column: _field_of(column, own, known_headers()[table]) for column in columns}
        _refuse_twice(table, {column: name for column, name in found.items() if name})
        return {column: name or None for column, name in found.items() if name is not None}


@cache
def known_headers() -> dict[str, dict[str, str]]:
    """{table: {header as compared: field}} from the package's headers.yaml, the fields' own names included."""
    document: dict[str, dict[str, list[str]]] = yaml.safe_load(KNOWN.read_text(encoding="utf8"))
    return {
        table: {_key(header): name for name, headers in fields.items() for header in [name, *headers]}
        for table, fields in document.items()
    }


def _key(column: str) -> str:
    return "".join(unicodedata.normalize("NFKC", column).casefold().split())


def _field_of(column: str, own: Mapping[str, str | None], known: Mapping[str, str]) -> str | None:
    """The field's name, "" for a column left out on purpose, None for an unknown column."""
    for key in (_key(column), _IN_BRACKETS.sub("", _key(column))):
        if key in own:
            return own[key] or ""
        if key in known:
            return known[key]
    return None


def _refuse_twice(table: str, fields: Mapping[str, str]) -> None:
    by_field: dict[str, list[str]] = {}
    for column, name in fields.items():
        by_field.setdefault(name, []).append(column)
    for name, columns in by_field.items():
        if len(columns) > 1:
            raise CatalogError(
                f"{table}: the columns {', '.join(map(repr, columns))} all mean {name}; say which one is meant in a "
                f"mapping file, and map the others to null"
            )


def _checked(document: Any, path: Path) -> dict[str, dict[str, str | None]]:
    known = known_headers()
    if not isinstance(document, Mapping) or not all(isinstance(columns, Mapping) for columns in document.values()):
        raise CatalogError(f"{path}: not a header mapping; write products: {{商品标题: title}}")
    if unknown := sorted(set(document) - set(known)):
        raise CatalogError(f"{path}: unknown table {unknown[0]!r}; there are {', '.join(known)}")
    for table, columns in document.items():
        for column, name in columns.items():
            _check_field(str(column), name, table, path)
    return {table: {str(c): n for c, n in columns.items()} for table, columns in document.items()}


def _check_field(column: str, name: Any, table: str, path: Path) -> None:
    fields = sorted(set(known_headers()[table].values()))
    is_attribute = table == "products" and isinstance(name, str) and name.startswith(ATTRIBUTE)
    if name is not None and name not in fields and not is_attribute:
        raise CatalogError(
            f"{path}: {table}: {column!r} is mapped to {name!r}, which is no field; there are {', '.join(fields)}"
            + (" and attributes.NAME" if table == "products" else "")
        )
