"""Reviews and questions of a product into the rows of what buyers praise, complain of and ask about."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from koubo.catalog.records import Question, Review
from koubo.catalog.review_facts import AspectQuote, AspectRow, Stance
from koubo.catalog.tables import Catalog
from koubo.voices.duplicates import Copies, is_filler
from koubo.voices.lexicon import Lexicon, Lexicons, load_lexicons
from koubo.voices.opinions import Clause, asked_aspects, clauses_of
from koubo.voices.quotes import Line, may_be_kept, quotable_lines

QUOTES_PER_ASPECT = 5
AboutT = TypeVar("AboutT", Review, Question)
_STANCES: Mapping[int, Stance] = {1: "positive", -1: "negative"}


@dataclass(slots=True)
class Tally:
    """Counts of a product's mining, for a job's report: `reviews`, `fillers`, `copies`, `quotes`, `unquoted_REASON`."""

    counts: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class _Gathered:
    """What was said of one aspect in one sense: how many reviews, in which words, the lines with their rank."""

    count: int = 0
    words: Counter[str] = field(default_factory=Counter)
    lines: list[tuple[float, AspectQuote]] = field(default_factory=list)
    source: tuple[float, AspectQuote] | None = None

    def add(self, words: Iterable[str], rank: float, source: AspectQuote) -> None:
        """One more review said it in these words."""
        self.count += 1
        self.words.update(set(words))
        if self.source is None or rank > self.source[0]:
            self.source = (rank, source)


Gathered = defaultdict[tuple[str, Stance], _Gathered]


def mine_product(
    product_id: str, lexicon: Lexicon, reviews: Iterable[Review], questions: Iterable[Question], tally: Tally
) -> list[AspectRow]:
    """The rows of a product by aspect and sense.

    A review counts once for an aspect and sense, a copied template once in all, a filler not at all. The order of the
    reviews decides only which of several copies is kept.
    """
    gathered: Gathered = defaultdict(_Gathered)
    copies, voices = Copies(), 0
    for review in reviews:
        tally.counts["reviews"] += 1
        if is_filler(review.text, lexicon.fillers):
            tally.counts["fillers"] += 1
        elif copies.is_copy(review.text):
            tally.counts["copies"] += 1
        else:
            voices += 1
            _gather(review, lexicon, gathered, tally)
    for question in questions:
        tally.counts["questions"] += 1
        source = AspectQuote("", question.id, question.place, question.row)
        for aspect in asked_aspects(question.question, lexicon):
            gathered[aspect, "asked"].add((), 0.0, source)
    return [_row(product_id, *key, gathered[key], voices) for key in sorted(gathered)]


def _gather(review: Review, lexicon: Lexicon, gathered: Gathered, tally: Tally) -> None:
    clauses = clauses_of(review.text, lexicon)
    lines = quotable_lines(review, clauses, lexicon)
    tally.counts["quotes"] += len(lines.kept)
    tally.counts.update(f"unquoted_{reason}" for reason in lines.refused)
    for (aspect, polarity), words in _said(clauses).items():
        praise = [line for line in lines.kept if aspect in line.aspects]
        own = praise if polarity > 0 else _shown(review, clauses, aspect)
        quotes = [(line.rank, AspectQuote(line.text, review.id, review.place, review.row)) for line in own]
        best = max(quotes, key=lambda q: q[0], default=(-1.0, AspectQuote("", review.id, review.place, review.row)))
        found = gathered[aspect, _STANCES[polarity]]
        found.add(words, *best)
        found.lines += quotes
    for aspect in {aspect for clause in clauses for aspect in clause.asked}:
        gathered[aspect, "asked"].add((), 0.0, AspectQuote("", review.id, review.place, review.row))


def _said(clauses: Sequence[Clause]) -> dict[tuple[str, int], list[str]]:
    """Words by aspect and polarity."""
    said: dict[tuple[str, int], list[str]] = {}
    for clause in clauses:
        for opinion in clause.opinions:
            said.setdefault((opinion.aspect, opinion.polarity), []).append(opinion.words)
    return said


def _shown(review: Review, clauses: Sequence[Clause], aspect: str) -> list[Line]:
    """The clause of a complaint, for whoever answers it; a longer one tells more."""
    texts = [
        review.text[c.start : c.end].strip()
        for c in clauses
        if any(o.aspect == aspect and o.polarity < 0 for o in c.opinions)
    ]
    return [Line(text, (aspect,), min(len(text), 30) / 30) for text in texts if may_be_kept(text)][:1]


def _row(product_id: str, aspect: str, stance: Stance, found: _Gathered, reviews: int) -> AspectRow:
    ranked = sorted(found.lines, key=lambda line: (-line[0], line[1].text, line[1].record_id))
    quotes = list({quote.text: quote for _, quote in ranked}.values())[:QUOTES_PER_ASPECT]
    shown = [word for word in found.words if may_be_kept(word)]
    opinion = min(shown, key=lambda word: (-found.words[word], -len(word), word), default="")
    assert found.source is not None, "a row has at least one review"
    return AspectRow(product_id, aspect, stance, found.count, reviews, opinion, tuple(quotes), found.source[1])


def mine_catalog(catalog: Catalog, lexicons: Lexicons | None = None) -> dict[str, tuple[AspectRow, ...]]:
    """The rows of every product that somebody said something of, in one process."""
    lexicons = lexicons or load_lexicons()
    reviews, questions = _by_product(catalog.reviews), _by_product(catalog.questions)
    mined = {
        product.id: mine_product(
            product.id, lexicons.of(lexicons.family_of(product)), reviews[product.id], questions[product.id], Tally()
        )
        for product in catalog.products
    }
    return {product_id: tuple(rows) for product_id, rows in mined.items() if rows}


def _by_product(records: Iterable[AboutT]) -> Mapping[str | None, list[AboutT]]:
    groups: dict[str | None, list[AboutT]] = defaultdict(list)
    for record in records:
        groups[record.product_id].append(record)
    return groups


def recipe(aspects: str | None) -> str:
    """Names what turns reviews into rows: this package's code and tables, the rules of advertising, and the aspects
    (the text of a table of one's own, or None)."""
    own = Path(__file__).parent
    paths = sorted(path for path in own.rglob("*") if path.suffix in (".py", ".yaml"))
    paths.append(own.parent / "rubric" / "data" / "safety.yaml")
    made_by = b"".join(path.read_bytes() for path in paths)
    return sha256(made_by + (aspects or "").encode()).hexdigest()
