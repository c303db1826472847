"""What reviews and questions say of each aspect of a product, and the facts and edges that it gives.

The rows are mined elsewhere (`data_jobs.mine_reviews`); here they are only bound to their product.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from koubo.catalog.facts import PRIORITY, Fact, FactKind, Provenance
from koubo.catalog.graph import Edge, EdgeKind, Node, NodeKind, product_node

Stance = Literal["positive", "negative", "asked"]
SUPPORT = 2
"""Buyers from whom on praise of an aspect is a selling point."""
AGREED = 2
"""Times the complaints that praise must outnumber: an aspect that buyers dispute is no selling point."""
QUOTES_PER_PRODUCT = 5
Counts = Mapping[tuple[str, Stance], int]
"""Reviews by aspect and sense."""
_EDGES: Mapping[Stance, EdgeKind] = MappingProxyType(
    {
        "positive": EdgeKind.PRAISED_FOR,
        "negative": EdgeKind.COMPLAINED_OF,
        "asked": EdgeKind.ASKED_ABOUT,
    }
)


@dataclass(frozen=True, slots=True)
class AspectQuote:
    """A line of a review and where it stands (`place`: a file; `row` as RowError counts). Better ones come first."""

    text: str
    record_id: str
    place: str
    row: int | None


@dataclass(frozen=True, slots=True)
class AspectRow:
    """What buyers said of one aspect in one sense.

    `count` are the distinct reviews (or questions) that did, out of `reviews`; `opinion` their most frequent words.
    `quotes` are lines that may be read aloud, the best first; of complaints, lines that may be shown to who answers
    them. `source` is the record that says it best; its text is empty where that may not be shown.
    """

    product_id: str
    aspect: str
    polarity: Stance
    count: int
    reviews: int
    opinion: str
    quotes: tuple[AspectQuote, ...]
    source: AspectQuote


def aspects_by_product(rows: Iterable[Mapping[str, Any]]) -> dict[str, tuple[AspectRow, ...]]:
    """Rows of the ASPECTS table by product, in a fixed order."""
    found: dict[str, list[AspectRow]] = defaultdict(list)
    for cells in rows:
        quotes = tuple(AspectQuote(**quote) for quote in cells["quotes"])
        row = AspectRow(**{**cells, "quotes": quotes, "source": AspectQuote(**cells["source"])})
        found[row.product_id].append(row)
    return {p: tuple(sorted(of, key=lambda row: (row.aspect, row.polarity))) for p, of in sorted(found.items())}


def facts_of_aspects(product_id: str, rows: Sequence[AspectRow]) -> tuple[Fact, ...]:
    """Praise that enough buyers share, complaints, and lines to quote.

    Confidence is the rule of succession (Laplace) over those who praise and those who complain: two who praise and
    nobody who complains give 0.75, ten give 0.92.
    """
    counts: Counts = {(row.aspect, row.polarity): row.count for row in rows}
    stated = [_fact(product_id, row, counts) for row in rows if _is_stated(row, counts)]
    return (*stated, *_quotes(product_id, rows))


def _is_stated(row: AspectRow, counts: Counts) -> bool:
    if row.polarity == "asked" or not row.opinion:
        return False
    disputed = counts.get((row.aspect, "negative"), 0)
    return row.polarity == "negative" or (row.count >= SUPPORT and row.count > AGREED * disputed)


def _fact(product_id: str, row: AspectRow, counts: Counts) -> Fact:
    praised = row.polarity == "positive"
    kind = FactKind.REVIEW_PRAISE if praised else FactKind.REVIEW_COMPLAINT
    other: Stance = "negative" if praised else "positive"
    against = counts.get((row.aspect, other), 0)
    confidence = round((row.count + 1) / (row.count + against + 2), 4)
    came = Provenance("review", row.source.place, row.source.row, quote=row.source.text or None)
    identity = f"{product_id}:{kind}:{row.aspect}"
    return Fact(identity, product_id, kind, row.aspect, row.opinion, None, PRIORITY[kind], None, None, confidence, came)


def _quotes(product_id: str, rows: Sequence[AspectRow]) -> Iterator[Fact]:
    """The best lines of all aspects, each once, turn by turn so that they speak of different ones."""
    columns = [row.quotes for row in rows if row.polarity == "positive"]
    turns = (quotes[place] for place in range(QUOTES_PER_PRODUCT) for quotes in columns if place < len(quotes))
    chosen = list({quote.text: quote for quote in turns}.values())[:QUOTES_PER_PRODUCT]
    for number, quote in enumerate(chosen, start=1):
        came = Provenance("review", quote.place, quote.row, quote=quote.text)
        kind, identity = FactKind.REVIEW_QUOTE, f"{product_id}:review_quote:{quote.record_id}.{number}"
        yield Fact(identity, product_id, kind, "买家评价", quote.text, None, PRIORITY[kind], None, None, 1.0, came)


def edges_of_aspects(product_id: str, rows: Sequence[AspectRow]) -> Iterator[Edge]:
    """Edges from the product to what buyers praise (面料=柔软), complain of (面料=起球) and ask about (面料)."""
    for row in rows:
        label = row.aspect if row.polarity == "asked" else f"{row.aspect}={row.opinion}"
        yield Edge(product_node(product_id), Node(NodeKind.ASPECT, label), _EDGES[row.polarity])
