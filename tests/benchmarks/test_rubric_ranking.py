"""Corruptions spoil what they are meant to spoil, and a win rate is that of its pairs."""

from __future__ import annotations

import random
from typing import Any

import pytest

from benchmarks.corruptions import CORRUPTIONS
from benchmarks.rubric_ranking import as_markdown, run, win_rate
from benchmarks.rubric_scores import brief_of
from benchmarks.sample_scripts import Half, Sample
from koubo.rubric.amounts import amounts

ROW: dict[str, Any] = {
    "product": {"id": "k", "title": "栖木屋 316不锈钢保温杯 500ml", "brand": "栖木屋", "category": ["家居", "保温杯"],
                "brief": "弹盖一按就开，单手能操作", "unit": "个", "price": "79.90", "list_price": "109.00",
                "attributes": {"内胆": "316不锈钢", "颜色": "松绿/奶白"}},
    "promotions": [], "occasion": "single_product", "seconds": 40,
}  # fmt: skip
SECTIONS = (
    ("hook", "家人们看过来，栖木屋的杯子我给大家拿来了啊。"),
    (
        "selling_points",
        "你看，弹盖一按就开，单手能操作。内胆是316不锈钢。松绿、奶白两个颜色。咱们平时开车喝水，真的很方便。",
    ),
    ("offer", "划线价109元，现价79.9元。价格我就报到这儿。"),
    ("closing", "喜欢的直接拍，不合适能退。七十九块九，小黄车里等你们。"),
)


def sample(half: Half = "dev") -> Sample:
    return Sample("s1", "written: 热情", half, SECTIONS, ROW)


@pytest.mark.parametrize("half", ["dev", "test"])
@pytest.mark.parametrize("name", CORRUPTIONS)
def test_every_corruption_changes_the_text_and_the_same_way_each_time(name: str, half: Half) -> None:
    script, brief = sample(half), brief_of(ROW)
    spoiled = [CORRUPTIONS[name].spoil(script, brief, random.Random(7)) for _ in range(2)]
    assert spoiled[0] == spoiled[1] and spoiled[0] is not None and spoiled[0] != SECTIONS


def test_a_wrong_price_is_another_amount_in_the_same_place() -> None:
    good = {a.value for _, text in SECTIONS for a in amounts(text)}
    for seed in range(10):
        bad = CORRUPTIONS["wrong_price"].spoil(sample(), brief_of(ROW), random.Random(seed))
        assert bad is not None
        now = [a for _, text in bad for a in amounts(text)]
        assert len(now) == sum(1 for _, text in SECTIONS for _ in amounts(text))
        assert {a.value for a in now} - good


def test_shuffling_keeps_every_sentence_and_every_sections_count() -> None:
    bad = CORRUPTIONS["shuffled"].spoil(sample(), None, random.Random(1))
    assert bad is not None and sorted("".join(t for _, t in bad)) == sorted("".join(t for _, t in SECTIONS))
    assert [text.count("。") for _, text in bad] == [text.count("。") for _, text in SECTIONS]


def test_a_win_rate_and_its_interval_are_those_of_the_clusters() -> None:
    found = win_rate([True, True, False, True], ["a", "a", "b", "c"])
    assert found["rate"] == 0.75 and found["low"] == 0.0 and found["high"] == 1.0
    assert win_rate([True] * 4, ["a", "a", "b", "c"]) == {"rate": 1.0, "low": 1.0, "high": 1.0}


def test_each_criterion_notices_its_corruption_and_the_page_says_so() -> None:
    report = run([sample()], before="no-such-revision")
    table = report["halves"]["dev"]["ours"]
    assert report["halves"]["dev"]["rubric at no-such-revision"] is None
    missed = {name for name, row in table.items() if row["criterion"]["rate"] < 1}
    assert missed <= {"forbidden_words", "all"}, table
    assert "| wrong_price | credibility | 3 (1) | 1.000" in as_markdown(report)
