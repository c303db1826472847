"""Oral style against hosts, richness by itself, format by sections: the statistics behind three criteria."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from koubo.rubric.format import order_of
from koubo.rubric.host_style import SHARES, HostStyle, as_yaml, default_host_style, host_style_of, load_host_style
from koubo.rubric.richness import distinct_shares
from koubo.rubric.score import Standards, default_standards, score
from koubo.rubric.scorecard import ScoredScript, ScoredSection
from koubo.rubric.settings import RubricError, default_rubric
from koubo.rubric.speech import FEATURES, measure, windows

SPOKEN = "来，家人们看一下，这个盖子轻轻一按就开了啊。你们平时开车的时候，一只手就能喝，真的特别方便吧？"
WRITTEN = "首先，该产品采用优质材料，具备卓越的便捷性，旨在为广大消费者提供高品质的使用体验。此外，其设计亦颇为考究。"
LIVE = Path(__file__).parents[4] / "shared" / "data" / "live"


def oral(text: str, standards: Standards | None = None) -> float:
    return score(ScoredScript.plain(text), standards=standards)["oral_style"].score


def test_speech_is_told_from_writing_and_the_words_are_named() -> None:
    assert oral(SPOKEN) > 0.9 > 0.4 > oral(WRITTEN)
    evidence = score(ScoredScript.plain(WRITTEN))["oral_style"].evidence
    named = {(e.rule, e.words) for e in evidence if e.words}
    assert {("connective", "首先"), ("connective", "此外"), ("bookish", "旨在"), ("bookish", "亦")} <= named
    assert {"colloquial", "pronouns"} <= {e.rule for e in evidence}


def test_each_bookish_word_and_each_long_clause_costs() -> None:
    worse = [SPOKEN, SPOKEN.replace("真的特别", "极为"), SPOKEN.replace("真的特别", "极为").replace("来，", "首先，")]
    worse.append(worse[-1].replace("，", ""))
    scores = [oral(text) for text in worse]
    assert scores == sorted(scores, reverse=True) and len(set(scores)) == len(scores)


def test_a_word_that_only_holds_a_bookish_one_is_fine() -> None:
    text = "其实呢，尤其是晚上，平均一天喝两杯，比较解渴吧。"
    assert not [e for e in score(ScoredScript.plain(text))["oral_style"].evidence if e.rule == "bookish"]


def test_a_text_stands_where_its_value_stands_among_hosts() -> None:
    hosts = default_host_style()
    knots = hosts.quantiles["clause_length"]
    scores = [hosts.score("clause_length", value) for value in (*knots, knots[-1] * 2)]
    assert scores[: SHARES.index(0.75) + 1] == [1.0] * (SHARES.index(0.75) + 1)
    assert scores == sorted(scores, reverse=True)
    assert hosts.score("clause_length", knots[-1]) == pytest.approx(0.2)
    assert hosts.score("pronouns", 0.0) < hosts.score("pronouns", hosts.median("pronouns")) == 1.0


@pytest.mark.skipif(not LIVE.is_dir(), reason=f"hosts' lines are not here: {LIVE}")
def test_the_style_that_comes_with_koubo_is_that_of_the_hosts_lines() -> None:
    from benchmarks.host_style import spoken_lines

    made = host_style_of(spoken_lines(LIVE), default_rubric().speech)
    assert made == default_host_style()


def test_a_style_of_ones_own_hosts_is_written_and_read(tmp_path: Path) -> None:
    lines = {"transcripts": [SPOKEN * 18]}
    style = host_style_of(lines, default_rubric().speech)
    path = tmp_path / "hosts.yaml"
    path.write_text(as_yaml(style, ["Of our own hosts."]), encoding="utf-8")
    assert load_host_style(path) == style and set(style.quantiles) == set(FEATURES)
    standards = default_standards()
    assert oral(SPOKEN, replace(standards, hosts=style)) > 0.9


def test_a_broken_style_is_refused_by_file_and_field(tmp_path: Path) -> None:
    good = default_host_style().model_dump(mode="json")
    path = tmp_path / "hosts.yaml"
    for change, words in (({"windows": 1}, "windows"), ({"quantiles": {}}, "quantiles: give clause_length")):
        path.write_text(str(good | change).replace("'", '"').replace("(", "[").replace(")", "]"), encoding="utf-8")
        with pytest.raises(RubricError, match=f"(?s)hosts.yaml.*{words}"):
            load_host_style(path)
    falling = dict(good["quantiles"]) | {"bookish": [3, 2, 1, 0, 0, 0, 0]}
    with pytest.raises(ValueError, match="bookish"):
        HostStyle.model_validate(good | {"quantiles": falling})


def test_windows_are_cut_between_clauses() -> None:
    pieces = windows(SPOKEN * 5, 40)
    assert all(40 <= len([c for c in piece if "\u4e00" <= c <= "\u9fff"]) <= 60 for piece in pieces)
    assert "".join(pieces) in SPOKEN * 5
    assert measure(pieces[0], default_rubric().speech)["addresses"] > 0


def test_distinct_shares_do_not_fall_with_length_alone() -> None:
    varied = "".join(chr(0x4E00 + 7 * n) for n in range(2000))
    assert distinct_shares(varied[:150], 100) == distinct_shares(varied, 100) == {1: 1.0, 2: 1.0, 3: 1.0}
    assert distinct_shares("好喝好喝" * 50, 100)[2] < 0.05


def test_what_is_said_again_is_named_but_for_the_name_and_the_price(shop) -> None:
    brief = shop.brief("cup")
    once = f"{brief.short_name}，盖子轻轻一按就开。现价79.9元。开车的时候单手喝水也方便。"
    fine = once + f"{brief.short_name}，喜欢的拍，现价79.9元。"
    again = fine + "盖子轻轻一按就开，现价79.9元。"
    cards = [score(ScoredScript.plain(text), brief) for text in (fine, again)]
    assert not [e for e in cards[0]["richness"].evidence if e.rule == "repeated"]
    assert [e.words for e in cards[1]["richness"].evidence if e.rule == "repeated"] == [
        "盖子轻轻一按就开",
        "现价79.9元",
    ]
    assert cards[1]["richness"].score < cards[0]["richness"].score


def test_sentences_that_belong_elsewhere_are_named() -> None:
    sections = (
        ("hook", "家人们看过来。"),
        ("selling_points", "盖子一按就开。"),
        ("offer", "现价79.9元。"),
        ("closing", "直接下单。"),
    )
    mixed = (
        ("hook", "现价79.9元。"),
        ("selling_points", "直接下单。"),
        ("offer", "家人们看过来。"),
        ("closing", "盖子一按就开。"),
    )
    good, bad = (score(ScoredScript(tuple(ScoredSection(k, t, t) for k, t in s))) for s in (sections, mixed))
    assert good["format"].score == 1.0
    rules = {e.rule for e in bad["format"].evidence}
    assert rules == {"out_of_place", "no_offer", "no_call"} and bad["format"].score < 0.7


def test_a_text_without_sections_is_in_order_or_not() -> None:
    flow = default_rubric().flow
    parts = ["大家好，看过来。", "盖子一按就开。", "老客都说方便。", "现价79.9元。", "直接下单吧。"]
    assert order_of("".join(parts), flow) == 1.0 and order_of("".join(reversed(parts)), flow) == -1.0
    assert order_of("盖子一按就开。", flow) is None
    good, bad = score(ScoredScript.plain("".join(parts))), score(ScoredScript.plain("".join(reversed(parts))))
    assert bad["format"].score < good["format"].score == 1.0
