"""What a picture states, each statement with the box of the words it came from; of no product yet (see `pictures`).

A picture goes stale, and nobody checked it: what it says of price or promotion is an IMAGE_CLAIM, never a price and
never an attribute, and so is its praise. Only `名称：值` pairs and rows of tables become IMAGE_ATTRIBUTEs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from koubo.catalog.deal_words import price_or_deal, unnamed_amount
from koubo.catalog.facts import Box, FactKind
from koubo.catalog.page_lines import PageLine, Row, box_around, joined_run_ons, page_lines, quote_of, rows_of
from koubo.catalog.page_pairs import pairs_in
from koubo.catalog.page_tables import TableRow, grid_rows, named_values

CLAIMS_OF = {
    "selling_point": "卖点",
    "certificate": "资质",
    "usage": "使用",
    "after_sales": "售后",
    "brand_story": "品牌",
}
"""Label of what a picture of a topic says in whole lines; lines of other topics are no statements."""
TABLE_TOPICS = frozenset({"specifications", "size_chart", "certificate"})
CLAIM_CHARACTERS = range(4, 41)
LONGEST_ASIDE = 20
"""Characters of a value on a page that is not one of names and values."""
_HANZI = re.compile(r"[\u4e00-\u9fff]")
_SENTENCE = re.compile(r"[，。；！？]")
_AMOUNT = re.compile(r"[\d.]+")
_BARE = re.compile(r"\d+(?:\.\d+)?")
_UNIT = re.compile(r"[元块起]\S?")


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that a picture states.

    `kind` is IMAGE_ATTRIBUTE (`label` names it) or IMAGE_CLAIM (`label` is 价格, 促销 or one of CLAIMS_OF). `line` is
    the index of its first line among the picture's lines, `box` in pixels, `score` of the recognition, 0 to 1, `quote`
    the words as they stand there.
    """

    kind: FactKind
    label: str
    value: str
    line: int
    box: Box
    score: float
    quote: str


def statements_of_page(lines: Sequence[Mapping[str, Any]], topic: str) -> tuple[Statement, ...]:
    """What a picture states, tables first.

    Args:
        lines: of an OCR row, each with text, box (four points in pixels) and score.
        topic: of the picture, such as specifications or selling_point.
    """
    rows = [list(row) for row in _with_units(rows_of(page_lines(lines)))]
    tables = [*grid_rows(rows), *(named_values(rows) if topic in TABLE_TOPICS else ())]
    taken = {cell.number for row in tables for cell in row.cells}
    rest = [row for row in rows if row[0].number not in taken]
    rest = joined_run_ons(rest) if topic in TABLE_TOPICS else rest
    return (*map(_of_table_row, tables), *(said for row in rest for said in _of_row(row, topic)))


def deals_by_line(lines: Sequence[Mapping[str, Any]]) -> dict[int, str]:
    """{index of a line: 价格 or 促销} of the lines in rows that speak of a price or a deal, however they are split."""
    rows = [*_with_units(rows_of(page_lines(lines)))]
    deals = ((row, price_or_deal(_joined(row)) or price_or_deal(quote_of(row))) for row in rows)
    return {cell.number: deal for row, deal in deals if deal for cell in row}


def _with_units(rows: Iterable[Row]) -> Iterator[Row]:
    """Rows, with one that is only 元 joined to the number above it, so that the two are read as an amount."""
    above: Row = ()
    for row in rows:
        if above and _UNIT.fullmatch(quote_of(row)) and _AMOUNT.search(above[-1].text):
            above = [*above, *row]
            continue
        if above:
            yield above
        above = row
    if above:
        yield above


def _of_table_row(row: TableRow) -> Statement:
    deal = price_or_deal(row.label + row.value) or ("价格" if unnamed_amount(row.label, row.value) else None)
    if deal:
        return claim(deal, row.cells)
    return attribute(row.label, row.value, row.cells)


def _of_row(row: Row, topic: str) -> Iterator[Statement]:
    """Statements of a row: a deal that its cells make up together, pairs of neighbouring cells, else those of each."""
    if len(row) > 1 and (deal := _split_deal(row, topic)):
        yield claim(deal, row)
        return
    for cells in _cells(row, topic):
        yield from _of_cells(cells, topic)


def _split_deal(row: Row, topic: str) -> str | None:
    """价格 or 促销 where only the cells of a row together say it: 99 beside 元, ￥ beside 59.9; none beside a pair."""
    apart = [cell.text for cell in row if price_or_deal(cell.text)]
    whole = not apart or any(_BARE.fullmatch(cell.text) for cell in row)
    return price_or_deal(_joined(row)) if whole and not any(_pairs(cell.text, topic) for cell in row) else None


def _cells(row: Row, topic: str) -> Iterator[Row]:
    """The cells of a row; one that ends with a colon goes with the next, and so do the two of a name and its value."""
    if len(row) == 2 and topic in TABLE_TOPICS and not any(pairs_in(cell.text, True) for cell in row):
        yield from [row] if pairs_in(quote_of(row), True) else [[cell] for cell in row]
        return
    held: list[PageLine] = []
    for cell in row:
        held.append(cell)
        if not cell.text.endswith((":", "：")):
            yield held
            held = []
    if held:
        yield held


def _joined(row: Row) -> str:
    return "".join(cell.text for cell in row)


def _of_cells(cells: Row, topic: str) -> Iterator[Statement]:
    words = quote_of(cells)
    if deal := price_or_deal(words):
        yield claim(deal, cells)
    elif pairs := _pairs(words, topic):
        yield from _of_pairs(pairs, cells)
    elif topic in CLAIMS_OF and len(words) in CLAIM_CHARACTERS and len(_HANZI.findall(words)) >= 3:
        yield claim(CLAIMS_OF[topic], cells)


def _pairs(words: str, topic: str) -> list[tuple[str, str]]:
    """Pairs of a line; where the page is none of names and values, a sentence after a colon is none."""
    if topic in TABLE_TOPICS:
        return pairs_in(words, in_table=True)
    return [(label, value) for label, value in pairs_in(words, in_table=False) if _is_short(value)]


def _is_short(value: str) -> bool:
    return len(value) <= LONGEST_ASIDE and not _SENTENCE.search(value)


def _of_pairs(pairs: Sequence[tuple[str, str]], cells: Row) -> Iterator[Statement]:
    for label, value in pairs:
        yield claim("价格", cells) if unnamed_amount(label, value) else attribute(label, value, cells)


def attribute(label: str, value: str, cells: Row) -> Statement:
    """`label: value`, from these lines."""
    return _statement(FactKind.IMAGE_ATTRIBUTE, label, value, cells)


def claim(label: str, cells: Row) -> Statement:
    """What these lines say, word by word, under a label of CLAIMS_OF, or 价格 or 促销."""
    return _statement(FactKind.IMAGE_CLAIM, label, quote_of(cells), cells)


def _statement(kind: FactKind, label: str, value: str, cells: Row) -> Statement:
    score = round(min(cell.score for cell in cells), 4)
    first = min(cell.number for cell in cells)
    return Statement(kind, label, value, first, box_around(cells), score, quote_of(cells))
