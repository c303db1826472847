"""Rows from the lattice: of plain lines by the rules, of labelled texts by what people accept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from koubo.dataset.labels import LabelError, parse_labels
from koubo.dataset.rows import CompletionRow, PreferenceRow, load_rows
from train.build_rows import BuildRowsSettings, build, build_all, main, write

GOLDEN = Path(__file__).parent / "golden"


def settings(**values: object) -> BuildRowsSettings:
    return BuildRowsSettings.model_validate(values)


def test_lines_give_rows_that_training_reads(tmp_path: Path) -> None:
    built = build_all(settings(lines=GOLDEN / "lines.txt", out=tmp_path))
    write(built, tmp_path)
    choices = load_rows(tmp_path / "choice.jsonl", CompletionRow)
    preferences = load_rows(tmp_path / "preferences.jsonl", PreferenceRow)
    assert len(choices.rows) >= 24 and len(preferences.rows) >= 24 and not choices.errors + preferences.errors
    member = next(row for row in choices.rows if "«88VIP»" in row.prompt)
    assert (member.completion, member.kind, member.source) == ("八八VIP", "member_grade", "lines.txt:2")
    assert ("八八VIP", "八十八VIP") in {(row.chosen, row.rejected) for row in preferences.rows}


def test_a_label_overrules_the_rules() -> None:
    line = json.dumps({"text": "88VIP专享", "spans": [{"s": "88VIP", "accept": ["八十八VIP"]}]}, ensure_ascii=False)
    built = build([(1, line)], "labels.jsonl", labelled=True)
    assert [row.completion for row in built.choices] == ["八十八VIP"]
    assert "八八VIP" in {row.rejected for row in built.preferences}


def test_tags_find_their_readings_in_the_spoken_sentence() -> None:
    labelled = parse_labels(
        json.dumps(
            {
                "text": "厚198页，7点",
                "spoken": ["厚一百九十八页，七点"],
                "tags": [
                    {"start": 1, "end": 4, "written": "198", "tag": "CARDINAL"},
                    {"start": 6, "end": 7, "written": "7", "tag": "CARDINAL"},
                ],
            }
        )
    )
    assert labelled.accepted(1, 4) == ("一百九十八",)
    assert labelled.accepted(1, 5) == ("一百九十八页",), "a wider span is composed"
    with pytest.raises(LabelError, match="has no label"):
        labelled.accepted(0, 1)


def test_a_span_inside_a_label_is_cut_out_of_it() -> None:
    labelled = parse_labels('{"text": "有400元的吗", "spans": [{"s": "400元", "accept": ["四百元", "四百块"]}]}')
    assert labelled.accepted(1, 4) == ("四百",)


@pytest.mark.parametrize(
    ("line", "field", "reason"),
    [
        ('{"text": "仅售88块", "spans": [{"s": "99", "accept": ["九十九"]}]}', "spans.0.s", "is not in the text"),
        ('{"text": "仅售88块", "spans": [{"accept": ["八十八"]}]}', "spans.0.s", "Field required"),
        ('{"text": "仅售88块", "spans": [{"s": "88块", "accept": ["一百"]}]}', "span", "no candidate"),
        ('{"text": "仅售88块", "spans": []}', "span", "has no label"),
        ('{"text": "厚198页", "spoken": ["薄一九八页"], "tags": []}', "spoken", "differs from the text"),
        ("[]", "line", "should be an object"),
    ],
)
def test_an_unusable_label_is_an_error_row_and_the_others_are_used(line: str, field: str, reason: str) -> None:
    good = '{"text": "仅售88块", "spans": [{"s": "88", "accept": ["八十八"]}]}'
    built = build([(1, line), (2, good)], "labels.jsonl", labelled=True)
    (error,) = built.errors
    assert (error.file, error.row, error.field) == ("labels.jsonl", 1, field)
    assert reason in error.reason and len(built.choices) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--out", "/tmp/x"], "give --lines, --labels or both"),
        (["--lines", "relative.txt", "--out", "/tmp/x"], "--lines: Value error, 'relative.txt' is a relative path"),
        (["--lines", "/absent/lines.txt", "--out", "/tmp/x"], "--lines /absent/lines.txt: cannot be read"),
    ],
)
def test_bad_input_stops_with_a_message(
    arguments: list[str], message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["train.build_rows", *arguments])
    with pytest.raises(SystemExit, match="2"):
        main()
    assert message in capsys.readouterr().err


def test_lines_without_a_choice_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "lines.txt").write_text("没有数字\n", "utf8")
    arguments = ["train.build_rows", "--lines", str(tmp_path / "lines.txt"), "--out", str(tmp_path / "out")]
    monkeypatch.setattr("sys.argv", arguments)
    with pytest.raises(SystemExit, match="2"):
        main()
    assert "no span has two candidate readings" in capsys.readouterr().err
    assert not (tmp_path / "out" / "choice.jsonl").exists()


@pytest.mark.parametrize("name", ["livecommerce_dev.jsonl", "flattn_dev.jsonl"])
def test_most_labelled_real_spans_become_rows(shared_data: Path, name: str, tmp_path: Path) -> None:
    built = build_all(settings(labels=shared_data / "tn" / name, out=tmp_path))
    assert len(built.choices) > 5 * len(built.errors)
