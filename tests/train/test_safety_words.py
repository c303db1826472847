"""What is taught is found again: labelled sentences of an operator's own become a file that the application reads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from koubo.rubric.likely_breaches import load_likely_breaches
from koubo.rubric.score import load_standards, score
from koubo.rubric.scorecard import ScoredScript
from train.safety_words import SafetyWordsSettings, main, train
from train.settings import TrainError

ROOT = Path(__file__).parents[2]
NAMES = ("茶", "饼", "粉", "膏", "糖", "酒")


def written(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    """A house rule: 呱呱 is said of nothing, and 咕咕 may be."""
    labelled = [(f"这个{name}用了呱呱叫", True) for name in NAMES] + [
        (f"这个{name}用了咕咕叫", False) for name in NAMES
    ]
    return written(tmp_path / "rows.jsonl", [{"text": text, "unsafe": unsafe} for text, unsafe in labelled])


def settings(rows: Path, out: Path, **others: object) -> SafetyWordsSettings:
    return SafetyWordsSettings.model_validate({"rows": [str(rows)], "out": str(out), **others})


def test_what_is_taught_marks_scripts(rows: Path, tmp_path: Path) -> None:
    out = tmp_path / "words" / "likely.tsv"
    fine = written(tmp_path / "fine.jsonl", [{"sections": [{"text": "晚上好。这个面用了挺好。"}]}, {"text": "拍吧。"}])
    told = train(settings(rows, out, ordinary=[str(fine)], ngrams=50))
    assert (told["rows"], told["unsafe"], told["ordinary"], told["ngrams"]) == (12, 6, 3, 50)
    model = load_likely_breaches(out)
    assert model.resemblance("那个碗呱呱叫").probability > 0.8 > 0.2 > model.resemblance("那个碗咕咕叫").probability
    assert model.resemblance("那个碗呱呱叫").because == ("呱叫",)
    card = score(ScoredScript.plain("那个碗呱呱叫。"), standards=load_standards(likely=out))
    assert [one.rule for one in card["safety"].evidence] == ["likely_breach"]


def test_the_same_rows_give_the_same_bytes(rows: Path, tmp_path: Path) -> None:
    outs = [tmp_path / name for name in ("one.tsv", "other.tsv")]
    for out in outs:
        train(settings(rows, out))
    assert outs[0].read_bytes() == outs[1].read_bytes()


def test_a_model_is_the_one_that_its_file_holds(rows: Path, tmp_path: Path) -> None:
    out = tmp_path / "likely.tsv"
    train(settings(rows, out))
    model = load_likely_breaches(out)
    assert model.as_tsv() == out.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ('{"text": "呱呱", "unsafe": "yes"}', r"rows\.jsonl:1: .*(?s:.*)unsafe"),
        ('{"text": "", "unsafe": true}', r"rows\.jsonl:1: .*(?s:.*)text"),
        ('{"unsafe": true}', r"rows\.jsonl:1: .*(?s:.*)text"),
        ("呱呱", r"rows\.jsonl:1: "),
        ('{"text": "呱呱", "unsafe": true}', "unsafe and sentences that are fine are both wanted"),
    ],
)
def test_rows_that_teach_nothing_are_refused(tmp_path: Path, line: str, named: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(TrainError, match=named):
        train(settings(path, tmp_path / "likely.tsv"))
    assert not (tmp_path / "likely.tsv").exists()


def test_the_command_names_a_bad_file_and_returns_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["x", "--rows", str(tmp_path / "none.jsonl"), "--out", str(tmp_path / "o.tsv")])
    with pytest.raises(SystemExit, match="2"):
        main()
    assert "none.jsonl: cannot be read" in capsys.readouterr().err


def test_the_file_that_ships_is_what_the_rows_in_this_folder_give(tmp_path: Path) -> None:
    rows = ROOT / "benchmarks/data/safety_sentences.jsonl"
    ordinary = [str(ROOT / "benchmarks/data/scripts.jsonl"), str(ROOT / "examples/speech/host_lines.jsonl")]
    train(settings(rows, tmp_path / "likely.tsv", ordinary=ordinary))
    made, ships = (load_likely_breaches(p) for p in (tmp_path / "likely.tsv", SHIPS))
    assert set(made.ngrams) == set(ships.ngrams)
    for text in ("这茶喝半个月，三高全跟你拜拜", "盖子轻轻一按就开"):
        assert made.resemblance(text).probability == pytest.approx(ships.resemblance(text).probability, abs=0.01)


SHIPS = ROOT / "koubo/rubric/data/likely_breaches.tsv"
