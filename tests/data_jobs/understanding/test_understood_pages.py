"""Topics and attributes on real OCR of the example pictures, made by data_jobs.ocr_images (examples_ocr.parquet)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from benchmarks.picture_labels import drawn_pairs, packed
from cluster.sentence_encoder import SentenceEncoder
from cluster.settings import load_profile
from data_jobs.understanding.topics import embed_examples, load_topics
from data_jobs.understanding.understood_pages import body_print, understand
from tests.data_jobs.pages import BROKEN, EMPTY, page
from tests.koubo.catalog.printed import line

EXAMPLES = Path(__file__).parents[3] / "examples"
READ = Path(__file__).with_name("examples_ocr.parquet")
Row = dict[str, Any]


Understand = Callable[[Row], Row]


@pytest.fixture(scope="module")
def understood() -> Understand:
    table, encoder = load_topics(), SentenceEncoder(load_profile("laptop").models.embedder, 1)
    meanings = embed_examples(table, encoder.encode)
    return lambda of: understand(of, encoder.encode([of["text"]])[0], table, meanings, encoder)


@pytest.fixture(scope="module")
def rows(understood: Understand) -> dict[str, Row]:
    return {one["image_id"]: understood(one) for one in pl.read_parquet(READ).to_dicts()}


def test_topics_of_the_example_pictures(rows: dict[str, Row]) -> None:
    labels = map(json.loads, (EXAMPLES / "labels.jsonl").read_text(encoding="utf8").splitlines())
    right = [rows[one["image_id"]]["topic"] == one["topic"] for one in labels if one["expected"] == "keep"]
    assert sum(right) >= 0.95 * len(right)


def test_attributes_of_the_example_pictures(rows: dict[str, Row]) -> None:
    wanted = {(name, *pair) for name, pairs in drawn_pairs().items() for pair in pairs}
    found = {
        (name, packed(said["label"]), packed(said["value"]))
        for name in drawn_pairs()
        for said in rows[name]["statements"]
        if said["kind"] == "image_attribute"
    }
    assert len(found & wanted) >= 0.9 * len(wanted)
    assert len(found & wanted) >= 0.9 * len(found)


def test_the_prices_of_the_example_pictures_are_no_attributes_and_in_no_summary(rows: dict[str, Row]) -> None:
    """The main pictures print a price each, some in pieces: ¥, 59.9, 日常价."""
    for row in rows.values():
        words = [f"{said['label']}{said['value']}" for said in row["statements"] if said["kind"] == "image_attribute"]
        assert not [text for text in (*words, row["summary"]) if "¥" in text or "￥" in text or "日常价" in text]
    assert any(said["label"] == "价格" for said in rows["s01_main.jpg"]["statements"])


def test_a_summary_stands_on_the_page_word_by_word(rows: dict[str, Row]) -> None:
    pages = {
        one["image_id"]: "".join(line["text"].strip() for line in one["lines"])
        for one in pl.read_parquet(READ).to_dicts()
    }
    summaries = {name: row["summary"] for name, row in rows.items() if row["summary"]}
    assert len(summaries) > 60
    assert all(text in pages[name] for name, summary in summaries.items() for text in summary.split("\n"))


def test_statements_name_the_line_and_box_they_came_from(rows: dict[str, Row]) -> None:
    for one in pl.read_parquet(READ).to_dicts():
        for said in rows[one["image_id"]]["statements"]:
            assert one["lines"][said["line"]]["text"].split()[0] in said["quote"]
            assert len(said["box"]) == 4


def test_pages_without_text_and_unread_ones_are_rows_too(understood: Understand) -> None:
    empty, broken = understood(EMPTY), understood(BROKEN)
    assert (empty["topic"], empty["summary"], empty["statements"], empty["method"]) == ("other", "", [], "rules")
    assert (broken["method"], broken["error"]) == ("unreadable", BROKEN["error"])


def test_what_goes_wrong_with_a_page_is_its_error(understood: Understand) -> None:
    bad = page("x.jpg", "产品参数") | {"lines": [{"text": "产品参数"}]}
    row = understood(bad)
    assert (row["method"], row["error"]) == ("unreadable", "understanding_failed: KeyError: 'height'")


def test_body_print_is_what_half_of_the_letters_do_not_exceed() -> None:
    assert body_print([line("大字标题", height=60), line("正文正文正文正文正文", height=20)]) == 20
    assert body_print([]) == 0
    assert np.isclose(body_print([line("——", height=9), line("字", height=30)]), 30)
