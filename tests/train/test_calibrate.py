"""Confidence is fitted on outcomes, measured on texts that the table has not seen, and what ships is what is fitted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from koubo.reading import read
from koubo.reading.confidence import confidence
from koubo.reading.kinds import Kind
from koubo.reading.spans import Option
from train.calibrate import CalibrateSettings, calibrate
from train.settings import TrainError

ROOT = Path(__file__).parents[2]
FIRST = ROOT / "tests/koubo/reading/gold/first_meeting.tsv"


def settings(rows: Path, out: Path) -> CalibrateSettings:
    return CalibrateSettings.model_validate({"rows": rows, "out": out})


def test_the_table_in_service_is_the_one_that_the_command_fits(tmp_path: Path) -> None:
    report = calibrate(settings(FIRST, tmp_path))
    assert (tmp_path / "calibration.tsv").read_text() == (ROOT / "koubo/reading/data/calibration.tsv").read_text()
    assert report["first_meeting, cross-validated"]["ece"] < 0.05
    assert (tmp_path / "reliability.svg").read_text().count("<circle") > 5


def test_labelled_texts_give_the_outcomes_that_a_later_run_reads(tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    right = [{"text": f"买{n}件", "spans": [{"s": str(n), "accept": [read(str(n)).spoken]}]} for n in range(3, 10)]
    wrong = {"text": "卫生巾423", "spans": [{"s": "423", "accept": ["四二三"]}]}
    rows.write_text("".join(json.dumps(row) + "\n" for row in [*right, wrong]), encoding="utf-8")
    report = calibrate(settings(rows, tmp_path / "a"))
    assert report["rows, cross-validated"]["spans"] == 8
    again = calibrate(settings(tmp_path / "a" / "outcomes.tsv", tmp_path / "b"))
    assert again["outcomes, cross-validated"] == report["rows, cross-validated"]


def test_a_line_that_is_no_outcome_is_named(tmp_path: Path) -> None:
    path = tmp_path / "o.tsv"
    path.write_text("group\tfamily\tlead\tright\n1\tnothing\t5\t1\n", encoding="utf-8")
    with pytest.raises(TrainError, match="line 2"):
        calibrate(settings(path, tmp_path))


def test_a_thin_lead_is_less_sure_than_a_wide_one() -> None:
    def lead(by: float) -> float:
        return confidence([Option(Kind.CARDINAL, "四百二十三", 0.0), Option(Kind.DIGITS, "四二三", -by)])

    assert lead(0.5) < lead(2.0) < lead(5.0) < 1.0
