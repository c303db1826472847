"""build_preferences: files that training reads, bad labels as error rows, a data card with the right counts."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import polars as pl
import pytest

from data_jobs.build_preferences import PreferencesSettings, build_preferences, main
from data_jobs.job import JobError
from koubo.dataset.decisions import decisions
from koubo.dataset.near_copies import NearCopies
from koubo.dataset.rows import CompletionRow, PreferenceRow, load_rows, read_lines

GOLD = Path(__file__).parents[1] / "koubo" / "reading" / "gold" / "commerce.jsonl"


def settings(out: Path, *labels: Path, **values: Any) -> PreferencesSettings:
    return PreferencesSettings.model_validate({"labels": tuple(map(str, labels)), "out": str(out), **values})


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("rows")
    build_preferences(settings(out, GOLD, added=150))
    return out


def test_every_file_is_read_by_training(built: Path) -> None:
    for form in ("choice", "rewrite"):
        counts = {}
        for name in ("plain", "generic", "hard"):
            rows = load_rows(built / form / f"{name}.jsonl", CompletionRow)
            assert not rows.errors and {row.task for row in rows.rows} == {form}
            counts[name] = len(rows.rows)
        assert counts["plain"] < min(counts["generic"], counts["hard"]), counts
        pairs = load_rows(built / form / "preferences.jsonl", PreferenceRow)
        assert not pairs.errors and len(pairs.rows) > 50


def test_no_training_row_holds_an_evaluation_text_or_nearly_one(built: Path) -> None:
    kept_out = [json.loads(line)["text"] for line in (built / "evaluation.jsonl").read_text("utf8").splitlines()]
    guard = NearCopies(kept_out)
    for file in built.glob("rewrite/*.jsonl"):
        prompts = [json.loads(line)["prompt"].removesuffix("\n口播：") for line in file.read_text("utf8").splitlines()]
        assert prompts and [prompt for prompt in prompts if guard.find(prompt)] == []
    evaluated, _ = decisions(read_lines(built / "evaluation.jsonl", "rows"), "evaluation.jsonl")
    report = json.loads((built / "_report.json").read_text("utf8"))
    assert len(evaluated) == report["counts"]["evaluation_decisions"] > 100


def test_the_data_card_counts_what_was_written(built: Path) -> None:
    card = (built / "README.md").read_text("utf8")
    for file in sorted(built.glob("*/*.jsonl")):
        assert f"| `{file.parent.name}/{file.name}` | {len(file.read_text('utf8').splitlines())} |" in card


def test_the_same_seed_writes_the_same_bytes(built: Path, tmp_path: Path) -> None:
    build_preferences(settings(tmp_path, GOLD, added=150))
    for file in built.glob("**/*.jsonl"):
        assert (tmp_path / file.relative_to(built)).read_bytes() == file.read_bytes()


def test_a_bad_label_is_an_error_row_and_the_others_are_used(tmp_path: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text(
        '{"text": "仅售88块", "spans": [{"s": "99", "accept": ["九十九"]}]}\n' + GOLD.read_text("utf8"), "utf8"
    )
    report = build_preferences(settings(tmp_path / "out", bad, added=10))
    errors = pl.read_parquet(tmp_path / "out" / "_errors" / "errors.parquet")
    first = errors.row(0, named=True)
    assert (first["source"], first["row"], first["field"], first["value"]) == ("bad.jsonl", "1", "spans.0.s", "'99'")
    assert (
        report["errors"]["no label"] == len(errors.filter(pl.col("reason").str.starts_with("no label")))
        and report["counts"]["choice/plain"] > 200
    )


def test_nothing_to_train_on_is_refused(tmp_path: Path) -> None:
    empty = tmp_path / "none.jsonl"
    empty.write_text('{"text": "没有数字", "spans": []}\n', "utf8")
    with pytest.raises(JobError, match="no span to train on"):
        build_preferences(settings(tmp_path / "out", empty, holdout=0))


def test_a_model_rewords_and_what_it_may_not_say_is_told(tmp_path: Path, rewording_endpoint: str) -> None:
    report = build_preferences(settings(tmp_path, GOLD, added=50, paraphraser=f"openai:{rewording_endpoint}#big"))
    made = [json.loads(line) for line in (tmp_path / "choice" / "generic.jsonl").read_text("utf8").splitlines()]
    reworded = [row for row in made if row["source"].endswith("reworded by big")]
    assert reworded and any(row["prompt"].startswith("咱们说") for row in reworded)
    assert report["errors"]["no rewording"] > 0, "every other answer lost its masks"


@pytest.fixture
def rewording_endpoint() -> Iterator[str]:
    """An endpoint that rewords every line in the same way and forgets the masks of every other one."""
    answered = itertools.count()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            line = body["messages"][0]["content"].rsplit("\n", 1)[-1]
            said = "咱们说，" + (line if next(answered) % 2 else line.replace("⟦", ""))
            answer = json.dumps({"choices": [{"message": {"content": said}}]}).encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--labels", "a.jsonl", "--out", "/tmp/x"], "is a relative path"),
        (["--labels", "/absent/a.jsonl", "--out", "/tmp/koubo-absent"], "--labels /absent/a.jsonl: cannot be read"),
        (
            ["--labels", "/absent/a.jsonl", "--out", "/tmp/x", "--holdout", "1"],
            "--holdout: Input should be less than 1",
        ),
    ],
)
def test_bad_settings_stop_with_a_message(
    arguments: list[str], message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["data_jobs.build_preferences", *arguments])
    with pytest.raises(SystemExit, match="2"):
        main()
    assert message in capsys.readouterr().err


def test_real_labels_give_a_thousand_decisions_to_evaluate(shared_data: Path, tmp_path: Path) -> None:
    files = [shared_data / "tn" / name for name in ("flattn_dev.jsonl", "livecommerce_dev.jsonl")]
    report = build_preferences(settings(tmp_path, *files, GOLD, added=100))
    assert report["counts"]["evaluation_decisions"] >= 1000
    guard = NearCopies(
        json.loads(line)["text"] for line in (tmp_path / "evaluation.jsonl").read_text("utf8").splitlines()
    )
    rows = (tmp_path / "rewrite" / "hard.jsonl").read_text("utf8").splitlines()
    assert [row for row in rows if guard.find(json.loads(row)["prompt"].removesuffix("\n口播："))] == []
