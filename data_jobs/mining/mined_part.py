"""The task that mines one part: reviews and questions of whole products in, ASPECTS rows written, counts out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from itertools import groupby
from typing import Any

import polars as pl
import pyarrow as pa
from ray.util.metrics import Counter

from data_jobs.job import join, write_table
from data_jobs.schemas import ASPECTS
from koubo.catalog.records import Question, Review
from koubo.catalog.review_facts import AspectRow
from koubo.voices.lexicon import load_lexicons
from koubo.voices.mining import Tally, mine_product

RECORDS = pl.Schema(
    {
        **dict.fromkeys(("kind", "product_id", "family", "record_id", "text"), pl.String()),
        "rating": pl.Float64(),
        "place": pl.String(),
        "row": pl.Int64(),
    }
)
"""A review or a question (kind) as the task is given it, checked already; sorted by product."""


def mine_part(rows: pa.Table, out: str, aspects: str | None) -> dict[str, list[str]]:
    """Mine a part (RECORDS, and `part`, its name) and write it below `out`; gives its counts as JSON.

    `aspects` is the text of an aspect table, None for the one that comes with Koubo.
    """
    tally = Tally()
    records = rows.to_pylist()
    mined = [asdict(row) for row in _mined(records, aspects, tally)]
    tally.counts["aspect_rows"] = len(mined)
    write_table(join(out, records[0]["part"]), pl.DataFrame(mined, schema=ASPECTS))
    _observe(tally)
    return {"counts": [json.dumps(tally.counts)]}


def _mined(records: list[dict[str, Any]], aspects: str | None, tally: Tally) -> Iterator[AspectRow]:
    lexicons = load_lexicons(aspects)
    for product_id, group in groupby(records, key=lambda record: str(record["product_id"])):
        own = list(group)
        reviews = [_review(record) for record in own if record["kind"] == "review"]
        questions = [_question(record) for record in own if record["kind"] == "question"]
        yield from mine_product(product_id, lexicons.of(own[0]["family"]), reviews, questions, tally)


def _review(record: dict[str, Any]) -> Review:
    return Review.model_construct(
        id=record["record_id"],
        product_id=record["product_id"],
        text=record["text"],
        rating=record["rating"],
        place=record["place"],
        row=record["row"],
    )


def _question(record: dict[str, Any]) -> Question:
    return Question.model_construct(
        id=record["record_id"], question=record["text"], answer="", place=record["place"], row=record["row"]
    )


def _observe(tally: Tally) -> None:
    counter = Counter("koubo_mined_reviews", description="Reviews mined, by outcome.", tag_keys=("outcome",))
    skipped = {name: tally.counts[name] for name in ("fillers", "copies")}
    outcomes = {"mined": tally.counts["reviews"] - sum(skipped.values()), **skipped}
    for outcome, number in outcomes.items():
        if number:
            counter.inc(number, tags={"outcome": outcome})
