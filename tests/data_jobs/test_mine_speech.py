"""The job on a real cluster with the real sentence encoder: exemplars that the application reads."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import polars as pl
import pytest

from data_jobs.mine_speech import LINES, SpeechSettings, main, mine_speech
from data_jobs.schemas import EXEMPLARS, read_table
from koubo.rubric.host_style import load_host_style
from koubo.script.exemplars import load_exemplars

OWN = Path(__file__).parents[2] / "examples" / "speech" / "host_lines.jsonl"
BAD = "银杏茶特别好喝，家人们。甘油三酯偏高的朋友放心喝。喜欢的朋友直接去拍。"
CUES = [
    {"from": 0, "to": 2, "content": "刚进来的姐妹先别划走"},
    {"from": 2, "to": 4, "content": "左上角点个关注啊"},
    {"from": 4, "to": 7, "content": "今天只要九块九"},
]


@pytest.mark.ray
def test_lines_by_function_refusals_with_reasons_and_unreadable_files(ray_cluster: str, tmp_path: Path) -> None:
    live, out = tmp_path / "live", tmp_path / "out"
    (live / "deep").mkdir(parents=True)
    bare = [{"text": json.loads(line)["text"]} for line in OWN.read_text("utf-8").splitlines()]
    (live / "own.jsonl").write_text("\n".join(json.dumps(row) for row in bare), "utf-8")
    (live / "again.jsonl").write_text(json.dumps(bare[0]), "utf-8")
    (live / "cues.json").write_text(json.dumps({"segments": [CUES]}), "utf-8")
    (live / "deep" / "bad.txt").write_bytes(BAD.encode("gb18030"))
    (live / "broken.json").write_text("{", "utf-8")
    report = mine_speech(SpeechSettings(transcripts=str(live), out=str(out), persona="活力主播"))

    table = read_table(str(out), EXEMPLARS, "data_jobs.mine_speech")
    kept = table.filter(pl.col("reason").is_null())
    exemplars = load_exemplars(out / LINES)
    assert {line.text for line in exemplars} == set(kept["text"])
    assert report["counts"]["kept"] == len(kept) == len(exemplars)
    assert set(kept["persona"]) == {"活力主播"}
    assert report["counts"]["refused_copy"] == 1

    truth = {json.loads(line)["text"]: json.loads(line)["function"] for line in OWN.read_text("utf-8").splitlines()}
    told = kept.filter(pl.col("text").is_in(list(truth)))
    right = sum(truth[text] == function for text, function in told.select("text", "function").iter_rows())
    assert right / len(told) >= 0.8
    assert len(told) >= 0.6 * len(truth)

    cue = table.filter(pl.col("file") == "cues.json").sort("start")
    assert cue.select("text", "function", "start").row(0) == ("刚进来的姐妹先别划走，左上角点个关注啊。", "hook", 0.0)
    assert cue["reason"].to_list()[1] == "number: 九块九"
    bad = table.filter(pl.col("file") == "deep/bad.txt")
    assert len(bad) == 3
    assert bad["reason"].str.starts_with("law: ").all()
    errors = pl.read_parquet(out / "_errors" / "errors.parquet")
    assert errors["source"].to_list() == ["broken.json"]
    assert load_host_style(out / "_host_style.yaml").median("clause_length") > 0


@pytest.mark.parametrize(
    ("name", "message"), [("nowhere", "there is no such folder or file"), ("empty", "no transcript here; they end in")]
)
def test_nothing_to_read_stops_with_a_message(
    name: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    arguments = ["--transcripts", str(tmp_path / name), "--out", str(tmp_path / "out")]
    monkeypatch.setattr(sys, "argv", ["mine_speech", *arguments])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2
    assert message in capsys.readouterr().err
