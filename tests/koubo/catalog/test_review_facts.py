"""Rows of aspects bound to a product: praise with support, complaints apart, edges, lines to quote."""

from __future__ import annotations

from koubo.catalog.facts import FactKind
from koubo.catalog.graph import EdgeKind
from koubo.catalog.review_facts import AspectQuote, AspectRow, Stance, edges_of_aspects, facts_of_aspects


def row(aspect: str, polarity: Stance, count: int, opinion: str, *quotes: str) -> AspectRow:
    lines = tuple(AspectQuote(text, f"r-{aspect}-{n}", "reviews.csv", n) for n, text in enumerate(quotes, start=2))
    source = lines[0] if lines else AspectQuote("", "r", "reviews.csv", 9)
    return AspectRow("p", aspect, polarity, count, 20, opinion, lines, source)


def test_praise_that_buyers_share_is_a_fact_with_its_review_and_the_more_agree_the_surer() -> None:
    few, many = row("材质", "positive", 2, "柔软", "布料很柔软"), row("做工", "positive", 10, "做工精细")
    facts = {f.label: f for f in facts_of_aspects("p", [few, many]) if f.kind is FactKind.REVIEW_PRAISE}
    assert (facts["材质"].value, facts["材质"].confidence) == ("柔软", 0.75)
    assert facts["做工"].confidence == 0.9167
    came = facts["材质"].provenance
    assert (came.source, came.place, came.row, came.quote) == ("review", "reviews.csv", 2, "布料很柔软")


def test_praise_of_one_or_that_others_dispute_is_no_fact_but_every_complaint_is() -> None:
    rows = [
        row("外观", "positive", 1, "漂亮"),
        row("尺码", "positive", 4, "合适"),
        row("尺码", "negative", 2, "偏小", "尺码偏小"),
    ]
    facts = facts_of_aspects("p", rows)
    assert [(f.kind, f.label, f.value) for f in facts] == [(FactKind.REVIEW_COMPLAINT, "尺码", "偏小")]
    assert facts[0].confidence == 0.375


def test_quotes_speak_of_different_aspects_and_none_comes_twice() -> None:
    lines = [f"布料柔软到第{n}遍" for n in "甲乙丙丁戊己"]
    rows = [row("材质", "positive", 6, "柔软", *lines), row("做工", "positive", 2, "精细", lines[0], "走线很密很整齐")]
    quotes = [f.value for f in facts_of_aspects("p", rows) if f.kind is FactKind.REVIEW_QUOTE]
    assert len(quotes) == len(set(quotes)) == 5
    assert "走线很密很整齐" in quotes
    assert len({f.id for f in facts_of_aspects("p", rows)}) == 7


def test_edges_by_sense() -> None:
    rows = [row("材质", "positive", 5, "厚"), row("材质", "negative", 2, "厚"), row("材质", "asked", 1, "")]
    edges = {(edge.target.id, edge.kind) for edge in edges_of_aspects("p", rows)}
    thick, material = "aspect:材质=厚", "aspect:材质"
    assert edges == {
        (thick, EdgeKind.PRAISED_FOR),
        (thick, EdgeKind.COMPLAINED_OF),
        (material, EdgeKind.ASKED_ABOUT),
    }
