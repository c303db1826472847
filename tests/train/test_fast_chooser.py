"""The context scorer learns what the rules do not know, and is only ever compared on rows that it has not seen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from koubo.dataset.decisions import decisions
from koubo.dataset.rows import read_lines
from koubo.reading import read, stream
from koubo.reading.numbers import digits
from train.context_scorer import ContextScorer
from train.fast_chooser import FastChooserSettings, train
from train.settings import TrainError


def write(path: Path, count: int) -> Path:
    """Texts in which 暗号 makes a number a name, which the rules do not know."""
    rows = []
    for i in range(count):
        number = str(231 + 7 * i)
        rows.append({"text": f"暗号{number}咯", "spans": [{"s": number, "accept": [digits(number)]}]})
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def settings(rows: Path, out: Path) -> FastChooserSettings:
    return FastChooserSettings.model_validate({"rows": rows, "out": out, "also": rows, "strength": 3.0})


def test_it_learns_a_cue_and_says_so_by_cross_validation(tmp_path: Path) -> None:
    report = train(settings(write(tmp_path / "rows.jsonl", 60), tmp_path / "out"))
    held_out = report["cross_validated"]["over_rules"]
    assert held_out["scorer"] == 1.0 > held_out["rules"] and held_out["mended"] > 40
    assert json.loads((tmp_path / "out" / "report.json").read_text()) == report
    scorer = ContextScorer.load(tmp_path / "out" / "weights.json")
    assert read("暗号523咯", chooser=scorer).spoken == "暗号五二三咯"
    pieces = ["暗号52", "3咯。", "暗", "号523咯"]
    assert "".join(r.spoken for r in stream(pieces, chooser=scorer)) == read("".join(pieces), chooser=scorer).spoken


def test_spans_that_nothing_decides_are_left_out_and_bad_rows_are_named(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"text": "买3斤", "spans": [{"s": "3", "accept": ["三"]}]}\nno row\n', encoding="utf-8")
    found, errors = decisions(read_lines(path, "rows"), path.name)
    assert not found and [error.row for error in errors] == [2]
    with pytest.raises(TrainError, match="no span"):
        train(settings(path, tmp_path / "out"))
