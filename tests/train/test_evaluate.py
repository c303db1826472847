"""Choosers are judged on the same decisions, and what is written freely counts only in its place."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from koubo.reading import lattice
from train import choosers
from train.choosers import by_scores, by_sentences
from train.confusion import confusion, picture
from train.evaluate import EvaluateSettings, evaluate, judge_choice
from train.evaluation_report import report_of
from train.evaluation_set import NO_OPTION, OTHER_READING, EvaluationSet, load_set
from train.settings import TrainError


def labelled(text: str, **accepted: Sequence[str]) -> dict[str, Any]:
    """A row of which each span, named with a leading underscore, has the readings that are accepted."""
    return {"text": text, "spans": [{"s": name[1:], "accept": list(known)} for name, known in accepted.items()]}


ROWS = [
    labelled("卫生巾423，限购2件", _423=["四二三"], _2=["两", "二"]),  # the rules say 四百二十三
    labelled("尊享88VIP价88元", _88VIP=["八八VIP"], _88元=["八十八元"]),
    labelled("就在2023年，第2件半价", _2023=["二零二三"], _2=["二"]),
]


def write(path: Path, rows: Sequence[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def judged(tmp_path: Path) -> EvaluationSet:
    return load_set(write(tmp_path / "rows.jsonl", ROWS))


def gold(judged: EvaluationSet) -> list[list[float]]:
    """Scores that prefer what is accepted."""
    return [[float(good) for good in decision.accepted] for decision in judged.decisions]


def test_a_chooser_that_is_always_right_or_always_wrong_is_told_so(judged: EvaluationSet) -> None:
    right = by_scores(judged, gold(judged))
    wrong = by_scores(judged, [[-score for score in scores] for scores in gold(judged)])
    assert all(map(all, right.right)) and all(right.sentences)
    assert not any(map(any, wrong.right)) and not any(wrong.sentences)
    report = report_of(judged, {"rules": wrong, "model": right}, {})
    model = report.choosers["model"]
    assert model.spans.value == 1.0 and model.against["rules"].mended == len(judged.decisions)
    assert model.against["rules"].broken == 0 and model.against["rules"].p < 0.2
    assert model.thin["0.95"].spans.total >= model.thin["0.3"].spans.total
    assert sum(share.total for share in model.spans_by_kind.values()) == len(judged.decisions)
    json.loads(report.to_json())


def test_a_rewriting_is_judged_as_the_same_readings_chosen(judged: EvaluationSet) -> None:
    for scores in (gold(judged), choosers.rules(judged.decisions), [[-s for s in own] for own in gold(judged)]):
        chosen = by_scores(judged, scores)
        said = [text.spoken(own) for text, own in zip(judged.texts, chosen.answers, strict=True)]
        written = by_sentences(judged, said)
        assert written.right == chosen.right and written.sentences == chosen.sentences


def test_a_rewriting_that_changes_the_text_earns_nothing_for_it(judged: EvaluationSet) -> None:
    said = by_sentences(judged, ["卫生棉四二三，限购两件", "", "就在二零二三年，第二件半价！"])
    assert said.sentences == (False, False, True)
    assert said.answers[0][0].reading is None
    assert {answer.taken for answer in said.answers[1]} == {NO_OPTION}
    assert all(answer.right for answer in said.answers[2])


def test_the_model_decides_alone_beside_the_rules_or_only_where_they_hardly_know(judged: EvaluationSet) -> None:
    found = judged.decisions
    against = [[-9.0 * score for score in scores] for scores in gold(judged)]
    judge = judge_choice(judged, against, weight=100.0, margin=0.0)
    rules = by_scores(judged, choosers.rules(found))
    assert not any(map(any, judge["model"].right))
    assert judge["combined"] == judge["cascade"] == rules
    assert judge_choice(judged, against, weight=0.0, margin=1.0)["combined"] == judge["model"]
    thin = judge_choice(judged, against, weight=0.0, margin=0.5)["cascade"]
    leads = [choosers.lead(decision.choice.options) for decision in found]
    chosen = [[one.right for text in own.answers for one in text] for own in (thin, rules)]
    for new, old, lead in zip(*chosen, leads, strict=True):
        assert new == (old and lead >= 0.5)
    assert min(leads) < 0.5 <= max(leads)


def test_weight_and_margin_are_tuned_to_what_is_right(judged: EvaluationSet) -> None:
    found = judged.decisions
    rules_wrong = sum(not d.right(s) for d, s in zip(found, choosers.rules(found), strict=True))
    perfect = [[20.0 * score for score in scores] for scores in gold(judged)]
    hopeless = [[-9.0 * score for score in scores] for scores in gold(judged)]
    assert rules_wrong and choosers.tuned_margin(found, perfect) > 0.0 == choosers.tuned_margin(found, hopeless)
    assert choosers.tuned_weight(found, perfect) < choosers.tuned_weight(found, hopeless)


def test_what_was_taken_for_what_is_counted_and_drawn(judged: EvaluationSet) -> None:
    wrong = by_scores(judged, [[-score for score in scores] for scores in gold(judged)])
    counts = confusion(judged, wrong)
    assert sum(sum(row.values()) for row in counts.values()) == len(judged.decisions)
    assert all(gold_kind not in row for gold_kind, row in counts.items()), "nothing on the diagonal is wrong"
    assert set(confusion(judged, by_scores(judged, gold(judged)))) == set(counts)
    svg = picture({"year": {"year": 9, "cardinal": 1}, "price": {OTHER_READING: 2}}, "a < b")
    assert svg == picture({"price": {OTHER_READING: 2}, "year": {"cardinal": 1, "year": 9}}, "a < b")
    assert "a &lt; b" in svg and ">9<" in svg and "year (10)" in svg


def test_a_sample_does_not_depend_on_the_order_of_the_rows_and_holds_smaller_ones(tmp_path: Path) -> None:
    spoken = {f"卫生巾{n}": lattice(f"卫生巾{n}")[0].options[0].spoken for n in range(400, 440)}
    rows = [labelled(text, **{f"_{text[3:]}": [reading]}) for text, reading in spoken.items()]
    forward, backward = write(tmp_path / "a.jsonl", rows), write(tmp_path / "b.jsonl", rows[::-1])

    def texts(path: Path, limit: int) -> set[str]:
        return {text.labelled.text for text in load_set(path, limit=limit).texts}

    assert texts(forward, 7) == texts(backward, 7) < texts(forward, 20)


def test_bad_input_is_named(tmp_path: Path) -> None:
    rows = write(tmp_path / "rows.jsonl", ROWS)
    nothing = write(tmp_path / "nothing.jsonl", [{"text": "买3斤", "spans": [{"s": "3", "accept": ["三"]}]}])
    given: dict[str, Any] = {"rows": rows, "out": tmp_path / "out", "wetext": False}
    with pytest.raises(TrainError, match="nothing is decided"):
        evaluate(EvaluateSettings.model_validate({**given, "rows": nothing}))
    tuned = {**given, "tune": rows, "model": "untrained"}
    with pytest.raises(TrainError, match=r"row 1: .* among the rows that are judged"):
        evaluate(EvaluateSettings.model_validate(tuned))
    for wrong in ({"tune": rows}, {"model": "untrained", "checkpoint": tmp_path}, {"rows": "rows.jsonl"}):
        with pytest.raises(ValidationError):
            EvaluateSettings.model_validate({**given, **wrong})


@pytest.mark.train
def test_a_model_is_judged_in_both_forms_beside_rules_wetext_and_itself_untrained(tmp_path: Path) -> None:
    from tests.train.tiny_model import tiny_model

    model, tokenizer = tiny_model()
    model.save_pretrained(tmp_path / "model")
    tokenizer.save_pretrained(tmp_path / "model")
    rows, out = write(tmp_path / "rows.jsonl", [*ROWS, {"text": "no spans"}]), tmp_path / "out"
    given = {"rows": rows, "model": str(tmp_path / "model"), "limit": 2, "batch": 2, "margin": 0.5}
    chosen = evaluate(EvaluateSettings.model_validate({**given, "out": out}))
    assert list(chosen.choosers) == ["rules", "wetext", "model", "combined", "cascade"]
    assert chosen.about["texts"] == 2 and chosen.about["rules_weight"] == 1.0
    written = evaluate(EvaluateSettings.model_validate({**given, "out": tmp_path / "rewritten", "form": "rewrite"}))
    assert written.choosers["rewrite"].sentences.right == 0, "a random model writes no sentence"
    lines = [json.loads(line) for line in (out / "outcomes.jsonl").read_text("utf-8").splitlines()]
    assert len(lines) == chosen.choosers["model"].spans.total
    assert sum(line["right"]["model"] for line in lines) == chosen.choosers["model"].spans.right
    assert json.loads((out / "report.json").read_text("utf-8"))["about"]["errors"] == 1
    assert "«423»" in (out / "wrong.tsv").read_text("utf-8") or "«88VIP»" in (out / "wrong.tsv").read_text("utf-8")
    assert (out / "confusion-model.svg").is_file() and len(chosen.table().splitlines()) == 6
