"""The scorecard: a corruption lowers the criterion that is about it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from koubo.protocols import JudgeOpinion, JudgeResult
from koubo.reading import read
from koubo.rubric.amounts import values_of
from koubo.rubric.score import score, scored
from koubo.rubric.scorecard import Criterion, Scorecard, ScoredScript, ScoredSection
from koubo.rubric.settings import RubricError, load_rubric
from koubo.script.render import render


@pytest.fixture
def told(shop, script_of):
    """A script of the cup as it is said, and its brief."""
    live = shop.live("cup")
    script = script_of(shop.brief("cup", seconds=90, seed=5))
    return scored(render(script, live, live.at, read)), script.brief


def changed(text: ScoredScript, kind: str, new: str | None) -> ScoredScript:
    """Replace a section's words, or leave the section out."""
    if new is None:
        return ScoredScript(tuple(s for s in text.sections if s.kind != kind))
    return ScoredScript(
        tuple(ScoredSection(s.kind, new, read(new).spoken) if s.kind == kind else s for s in text.sections)
    )


def said(text: ScoredScript, kind: str) -> str:
    return next(s.written for s in text.sections if s.kind == kind)


def fell(before: Scorecard, after: Scorecard, name: str) -> None:
    """The criterion fell, and fell most."""
    falls = {c.name.value: before[c.name].score - after[c.name].score for c in before.criteria}
    assert falls[name] > 0.05, falls
    assert falls[name] == max(falls.values()), falls
    assert after.total < before.total


def test_a_planned_script_scores_well(example_shop, script_of) -> None:
    for product_id in example_shop.products:
        live = example_shop.live(product_id)
        script = script_of(example_shop.brief(product_id))
        card = score(scored(render(script, live, live.at, read)), script.brief)
        assert card.safe and card.judge == "off"
        assert card["credibility"].score == 1.0, card["credibility"].evidence
        assert card["format"].score >= 0.9, card["format"].evidence  # hosts greet newcomers in the middle too
        assert card.total > 0.8, card


def test_a_wrong_price_lowers_credibility(told) -> None:
    text, brief = told
    wrong = changed(text, "offer", said(text, "offer").replace("69.9", "9.9"))
    after = score(wrong, brief)
    fell(score(text, brief), after, "credibility")
    assert "9.9" in {e.words for e in after["credibility"].evidence if e.rule == "wrong_price"}


def test_a_price_under_the_wrong_name_lowers_credibility(told) -> None:
    text, brief = told
    swapped = changed(text, "offer", said(text, "offer") + "到手价79.9元。")
    fell(score(text, brief), score(swapped, brief), "credibility")


def test_a_stale_offer_lowers_credibility(told) -> None:
    text, brief = told
    fell(
        score(text, brief), score(changed(text, "offer", said(text, "offer") + "满77元减33元。"), brief), "credibility"
    )


def test_a_dropped_closing_lowers_the_closing(told) -> None:
    text, brief = told
    fell(score(text, brief), score(changed(text, "closing", None), brief), "persuasive_closing")


def test_a_forbidden_word_lowers_safety(told) -> None:
    text, brief = told
    after = score(changed(text, "hook", said(text, "hook") + "全网第一的杯子。"), brief)
    fell(score(text, brief), after, "safety")
    assert not after.safe
    assert any("第九条" in e.rule for e in after["safety"].evidence)


def test_repetition_lowers_richness(told) -> None:
    text, brief = told
    fell(score(text, brief), score(changed(text, "need", said(text, "hook") * 4), brief), "richness")


def test_bookish_words_lower_the_oral_style(told) -> None:
    text, brief = told
    words = (
        "首先，该产品采用优质材料，具有诸多优势，此外，其致力于为消费者打造高品质的用户体验，综上所述，尤为值得拥有。"
    )
    before, after = score(text, brief), score(changed(text, "need", words), brief)
    assert after["oral_style"].score < before["oral_style"].score - 0.1
    assert {"首先", "综上所述"} <= {e.words for e in after["oral_style"].evidence}


def test_points_left_out_lower_the_selling_points(told) -> None:
    text, brief = told
    fell(
        score(text, brief),
        score(changed(text, "selling_points", "反正就是好看，你们自己看看吧。"), brief),
        "targeted_selling_points",
    )


def test_markup_lowers_the_format(told) -> None:
    text, brief = told
    fell(score(text, brief), score(changed(text, "hook", "**{name}**来了👉 " + said(text, "hook")), brief), "format")


def test_made_up_scarcity_costs(shop, script_of) -> None:
    shop.products["cup"] = shop.products["cup"].model_copy(update={"skus": ()})
    shop.promotions = ()
    shop.known.clear()
    brief = shop.brief("cup")
    honest = ScoredScript.plain("喜欢这个杯子的家人们，现价79.9元，小黄车里直接拍。")
    bluff = ScoredScript.plain("喜欢这个杯子的家人们，现价79.9元，库存不多手慢无，小黄车里直接拍。")
    before, after = score(honest, brief), score(bluff, brief)
    assert after["persuasive_closing"].score < before["persuasive_closing"].score
    assert "made_up_urgency" in {e.rule for e in after["persuasive_closing"].evidence}


def test_without_a_brief_numbers_are_neither_true_nor_false() -> None:
    card = score(ScoredScript.plain("家人们，今天只要九十九块九，直接拍。"))
    assert card["credibility"].score == 0.5
    assert card["credibility"].evidence[0].rule == "unknown"


def test_a_judge_moves_style_but_never_truth(told) -> None:
    text, brief = told
    opinions = tuple(JudgeOpinion(name, 0.0, "why") for name in Criterion)
    card = score(text, brief, judge=JudgeResult("judge-7b", opinions))
    before = score(text, brief)
    assert card.judge == "judge-7b"
    assert card["oral_style"].score < before["oral_style"].score
    assert card["credibility"] == before["credibility"] and card["safety"] == before["safety"]
    failed = score(text, brief, judge=JudgeResult("judge-7b", error="down"))
    assert replace(failed, judge="off") == before and "down" in failed.judge


def test_an_empty_text_scores_nothing() -> None:
    card = score(ScoredScript.plain("   "))
    assert card["format"].score == 0 and card["richness"].score == 0


@pytest.mark.parametrize(
    ("words", "value"),
    [("九十九块九", "99.9"), ("一百零五块零五分", "105.05"), ("五毛", "0.5"), ("一分钱", "0.01"),
     ("九块九毛五", "9.95"), ("两千三百五十元", "2350"), ("二零二三", "2023"), ("三点五", "3.5"), ("59.9", "59.9")],
)  # fmt: skip
def test_amounts_are_read_back(words: str, value: str) -> None:
    assert values_of(words) == [Decimal(value)]


def test_a_bad_rubric_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "rubric.yaml"
    path.write_text("weights: {format: 1}\n", encoding="utf-8")
    with pytest.raises(RubricError, match="weights"):
        load_rubric(path)
