"""Tables on a picture, from where their cells stand: names with values, and grids such as size charts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from koubo.catalog.deal_words import price_or_deal
from koubo.catalog.page_lines import PageLine, Row, quote_of
from koubo.catalog.page_pairs import KNOWN_LABELS, is_label, is_value

LEAST_ROWS = 3
"""Two pieces of text side by side are a label and its value only in a table of at least so many aligned rows."""
_LABEL = re.compile(r"[\u4e00-\u9fff][\u4e00-\u9fffA-Za-z()（）/ ]{1,7}|[A-Za-z]{1,5}值")
_HEADINGS = frozenset({"数值", "内容", "参数", "规格", "说明", "详情"})
_WORD = re.compile(r"[\u4e00-\u9fff]{2,}.*")
_HANZI = re.compile(r"[\u4e00-\u9fff]")
_LETTER_SIZE = re.compile(r"[SML]|码", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_SIZE = re.compile(r"\d?X{0,4}[SML]|均码|\d{2,3}(?:\.5)?码?|\d{3}/\d{2}[A-C]?", re.IGNORECASE)
_SIZES = re.compile("[尺鞋]?码|号|尺寸|规格")


@dataclass(frozen=True, slots=True)
class TableRow:
    """One statement of a table: what it is about, its value, and the cells it was read from."""

    label: str
    value: str
    cells: tuple[PageLine, ...]


def named_values(rows: Sequence[Row]) -> list[TableRow]:
    """The rows of a label and a value, if there are enough of them with values one under the other, left or centred."""
    pairs = [row for row in rows if len(row) > 1 and _is_named_value(row)]
    if not pairs:
        return []
    left, centre = median(row[1].left for row in pairs), median(row[1].centre for row in pairs)
    off = [min(abs(row[1].left - left), abs(row[1].centre - centre)) for row in pairs]
    aligned = [row for row, pixels in zip(pairs, off, strict=True) if pixels < 1.5 * row[1].height]
    if len(aligned) < LEAST_ROWS:
        return []
    return [TableRow(row[0].text, quote_of(row[1:]), tuple(row)) for row in aligned]


def _is_named_value(row: Row) -> bool:
    """Whether a row is a label and its value, which may be in pieces; one with another label in it is none."""
    label, value = row[0].text, quote_of(row[1:])
    if not _LABEL.fullmatch(label) or not is_label(label) or not is_value(value) or value in _HEADINGS:
        return False
    joins = len(row) == 2 or (label in KNOWN_LABELS and not any(known in value for known in KNOWN_LABELS))
    return joins and not price_or_deal(label + value) and not re.search("[:：]", label + value)


def grid_rows(rows: Sequence[Row]) -> list[TableRow]:
    """The rows of each grid: a header of at least three names over rows that hold mostly numbers in its columns.

    A row's value names each number by its column: 胸围106 衣长63.5; its label is its cell under the sizes (尺码M), or
    its first cell where the sizes stand in the header (衣长).
    """
    found: list[TableRow] = []
    header: Row = ()
    for row in rows:
        body = _body(header, row) if header else []
        if body:
            found.append(_grid_row(body, row))
        elif _is_header(row):
            header = row
        elif len(row) > 1:
            header = ()
    return found


def _is_header(row: Row) -> bool:
    """Whether a row holds names only, or a name and mostly sizes: 尺码 胸围 衣长, or 尺码 M L XL."""
    if len(row) < 3 or len({cell.text for cell in row}) < len(row):
        return False
    named = all(_WORD.match(cell.text) for cell in row)
    sizes = sum(bool(_SIZE.fullmatch(cell.text)) for cell in row[1:])
    letters = _HANZI.search(row[0].text) and _LETTER_SIZE.search(quote_of(row))
    return named or bool(letters and 2 * sizes > len(row) - 1)


def _body(header: Row, row: Row) -> list[tuple[PageLine, PageLine]]:
    """The cells of a row, each with the name above it; empty where the row does not belong to the grid."""
    columns = [(min(header, key=lambda name: abs(name.centre - cell.centre)), cell) for cell in row]
    pairs = columns[_label_column([name for name, _ in columns]) :]
    under = all(abs(name.centre - cell.centre) < 2 * max(name.height, cell.height) for name, cell in pairs[1:])
    distinct = len({name.number for name, _ in pairs}) == len(pairs)
    numbers = sum(bool(_DIGIT.search(cell.text)) for _, cell in pairs[1:])
    fits = len(pairs) >= max(3, 0.6 * len(header)) and under and distinct and 2 * numbers > len(pairs) - 1
    return pairs if fits else []


def _label_column(names: Sequence[PageLine]) -> int:
    """Which column names a row: that of the sizes, else the first."""
    return next((n for n, name in enumerate(names) if _SIZES.search(name.text)), 0)


def _grid_row(pairs: Sequence[tuple[PageLine, PageLine]], row: Row) -> TableRow:
    (first_name, first), *rest = pairs
    label = first.text if _WORD.fullmatch(first.text) else f"{first_name.text}{first.text}"
    named = [f"{name.text}{'' if _WORD.match(name.text) else ' '}{cell.text}" for name, cell in rest if _names(name)]
    return TableRow(label, " ".join(named), tuple(row))


def _names(name: PageLine) -> bool:
    """Whether a header cell was read as a name or a size; what stands under others is left out."""
    return bool(_WORD.match(name.text) or _SIZE.fullmatch(name.text))
