"""The experiments' order, what is not trained or scored again, and a report whose figures are those of the scores."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

import pytest

from koubo.dataset.rows import DatasetError
from koubo.reading import read
from train.experiment_report import write
from train.experiments import ExperimentsSettings
from train.lineage import Lineage
from train.metrics import add_metrics
from train.trial_scores import SCORES, Bench, asked
from train.trials import METHODS, NAMES, Trial, finished, train, trials

SEEDS = (17, 18)


def settings(folder: Path) -> ExperimentsSettings:
    given = {"rows": folder / "rows", "out": folder / "runs", "seeds": SEEDS, "rewritten": 10}
    return ExperimentsSettings.model_validate(given)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs that are trained and scored already: choice is always right with `dpo`, wrong in every fourth text else."""
    folder = tmp_path_factory.mktemp("experiments")
    (folder / "rows").mkdir()
    lines = [json.dumps(labelled(number), ensure_ascii=False) for number in range(1, 41)]
    (folder / "rows" / "evaluation.jsonl").write_text("\n".join(lines), encoding="utf8")
    bench = Bench.open(settings(folder))
    for trial in trials(("choice", "rewrite"), SEEDS, ("hard", "dpo")):
        add_run(bench, folder / "runs" / trial.name, trial)
    for form in ("choice", "rewrite"):
        add_run(bench, folder / "runs" / f"{form}-untrained", Trial(form, "plain", 0))  # type: ignore[arg-type]
    write(bench, folder / "report")
    return folder


def labelled(number: int) -> dict[str, object]:
    text = f"第{number}批已售{1000 + 37 * number}件"
    spans = [{"s": span.written, "accept": [span.spoken]} for span in read(text).spans]
    return {"text": text, "spans": spans, "source": "a.jsonl:1" if number % 2 else "b.jsonl:1"}


def add_run(bench: Bench, run: Path, trial: Trial) -> None:
    run.mkdir(parents=True)
    scores: Sequence[object]
    if trial.form == "choice":
        mistaken = [trial.method != "dpo" and number % 4 == 0 for number in range(len(bench.judged.decisions))]
        pairs = zip(bench.judged.decisions, mistaken, strict=True)
        scores = [[-9.0 * (good == wrong) for good in decision.accepted] for decision, wrong in pairs]
    else:
        scores = ["", *(read(text.labelled.text).spoken for text in bench.rewritten.texts[1:])]
    untrained = run.name.endswith("untrained")
    of = {"asked": asked(bench.texts_of(trial.form)), "rows": bench.digest, "base": bench.settings.models.writer}
    of["checkpoint"] = "untrained" if untrained else run.name
    (run / SCORES).write_text(json.dumps({"of": of, "scores": scores}, ensure_ascii=False), encoding="utf8")
    (run / "adapter_config.json").touch()
    Lineage("sft", bench.settings.steps_of(trial), "folder:/base", "0").write(run)
    for step in (1, 5, 10):
        add_metrics(run, {"step": step, "loss": 4.0 / step})


def test_dpo_comes_after_the_hard_cases_of_its_seed_and_other_seeds_last() -> None:
    order = [trial.name for trial in trials(("choice", "rewrite"), (17, 18), ("hard", "dpo"))]
    assert order[: len(METHODS)] == [f"choice-{method}-17" for method in METHODS]
    assert order[-2:] == ["choice-hard-18", "choice-dpo-18"] and len(order) == 2 * len(METHODS) + 2
    assert [trial.name for trial in trials(("rewrite",), (17, 18), ("hard",))][-1] == "rewrite-generic-17"
    assert order.index("rewrite-hard-17") < order.index("rewrite-dpo-17")


def test_a_finished_run_of_other_rows_is_not_taken_for_this_one(folder: Path) -> None:
    rows = folder / "rows" / "choice" / "plain.jsonl"
    rows.parent.mkdir()
    rows.write_text('{"prompt": "«88»块\\n读作：", "completion": "八十八"}\n', encoding="utf8")
    run = folder / "runs" / "choice-plain-17"
    assert train(Trial("choice", "plain", 17), settings(folder)) == run
    rows.write_text('{"prompt": "«99»块\\n读作：", "completion": "九十九"}\n', encoding="utf8")
    with pytest.raises(DatasetError, match="holds another run"):
        train(Trial("choice", "plain", 17), settings(folder))


def test_a_run_is_finished_when_its_last_step_is_saved(folder: Path) -> None:
    assert finished(folder / "runs" / "choice-dpo-17", 60)
    assert not finished(folder / "runs" / "choice-dpo-17", 61)
    assert not finished(folder / "runs" / "absent", 1)


def test_the_table_has_every_experiment_and_the_shares_of_the_scores(folder: Path) -> None:
    page = (folder / "report" / "README.md").read_text("utf8")
    record = json.loads((folder / "report" / "record.json").read_text("utf8"))
    choice = record["results"]["choice"]
    assert (
        choice["rules"]["spans"]["right"] == choice[NAMES["dpo"]]["spans"]["right"] == choice["rules"]["spans"]["total"]
    )
    assert choice[NAMES["plain"]]["spans"]["right"] == pytest.approx(0.75 * choice["rules"]["spans"]["total"], abs=1)
    assert choice[f"{NAMES['plain']}, with the rules"]["spans"]["right"] == choice["rules"]["spans"]["total"]
    choosing, rewriting = page.split("## Free rewriting")
    for name in (*NAMES.values(), "rules", "wetext", "untrained"):
        assert f"| {name} | " in choosing and f"| {name} | " in rewriting, name
    assert f"| {NAMES['dpo']} after {NAMES['hard']} | 2 | +0.2" in choosing
    assert f"| {NAMES['dpo']} after {NAMES['hard']} | 1 | +0.0000" in rewriting
    rewritten = record["results"]["rewrite"]
    assert rewritten[NAMES["plain"]]["spans"]["right"] == rewritten["rules"]["spans"]["total"] - 1, "one was cut off"
    assert record["seeds"][NAMES["dpo"]] == {"17": 1.0, "18": 1.0} and "a.jsonl | b.jsonl" in page


def test_the_pictures_are_drawings(folder: Path) -> None:
    for name in ("curves-choice.svg", "curves-rewrite.svg", "confusion.svg"):
        root = ElementTree.fromstring((folder / "report" / name).read_text("utf8"))
        assert root.tag.endswith("svg") and len(root) >= 5


def test_rows_without_an_evaluation_are_refused(tmp_path: Path) -> None:
    (tmp_path / "rows").mkdir()
    with pytest.raises(DatasetError, match=r"evaluation.jsonl: cannot be read"):
        Bench.open(settings(tmp_path))
