"""The job on the example catalogue, with the real sentence encoder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from data_jobs.build_writing import CARD, HELD_OUT, ROWS, WritingSettings, build_writing, main
from koubo.dataset.rows import CompletionRow, load_rows
from koubo.dataset.writing import load_held_out

EXAMPLES = Path(__file__).parents[2] / "examples"
LINES = EXAMPLES / "speech" / "host_lines.jsonl"


def settings(out: Path, **more: object) -> WritingSettings:
    given = {"catalog": [str(EXAMPLES / "catalog")], "exemplars": [str(LINES)], "rounds": 1, "per_section": 4}
    return WritingSettings.model_validate({**given, "holdout": 0.2, "out": str(out), **more})


def test_rows_for_training_held_out_briefs_and_a_card(tmp_path: Path) -> None:
    report = build_writing(settings(tmp_path / "one"))
    rows = load_rows(tmp_path / "one" / ROWS, CompletionRow)
    assert not rows.errors
    assert len(rows.rows) == report["counts"]["rows"] == 16
    assert {row.task for row in rows.rows} == {"write"}
    held_out = load_held_out(tmp_path / "one" / HELD_OUT)
    assert len(held_out) == report["counts"]["held_out"] == 5
    for held in held_out:
        assert not any(held.brief.short_name in row.prompt + row.completion for row in rows.rows)
        assert not any(held.source in (row.source or "") for row in rows.rows)
    card = (tmp_path / "one" / CARD).read_text("utf-8")
    assert "| rows | 16 |" in card
    assert "seed 17" in card

    build_writing(settings(tmp_path / "two"))
    assert (tmp_path / "two" / ROWS).read_bytes() == (tmp_path / "one" / ROWS).read_bytes()


def test_bad_input_is_named_and_stops_the_job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    broken = tmp_path / "lines.jsonl"
    broken.write_text(json.dumps({"id": "a", "function": "song", "text": "啦"}), "utf-8")
    flags = ["--catalog", json.dumps([str(EXAMPLES / "catalog")]), "--out", str(tmp_path / "out")]
    monkeypatch.setattr("sys.argv", ["build_writing", *flags, "--exemplars", json.dumps([str(broken)])])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2
    assert "row 1: field function: 'song'" in capsys.readouterr().err


def test_a_bad_row_of_a_catalogue_is_reported_and_the_others_are_used(tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    shop.mkdir()
    good = (EXAMPLES / "catalog" / "products.jsonl").read_text("utf-8")
    (shop / "products.jsonl").write_text(good + '{"id": "bad", "title": "杯子", "price": "many"}\n', "utf-8")
    report = build_writing(settings(tmp_path / "out", catalog=[str(shop)], per_section=1))
    assert sum(report["errors"].values()) == 1
    assert report["counts"]["rows"] == 4
