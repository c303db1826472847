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
from train.trial_scores import SCORES, Bench
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
        scores = [read(text.labelled.text).spoken for text in bench.rewritten.texts]
    untrained = run.name.endswith("untrained")
    of = {"checkpoint": "untrained" if untrained else run.name, "rows": bench.digest}
    of |= {"spans": str(len(bench.texts_of(trial.form).decisions))}
    (run / SCORES).write_text(json.dumps({"of": of, "scores": scores}, ensure_ascii=False), encoding="utf8")
    (run / "adapter_config.json").touch()
    Lineage("sft", bench.settings.steps_of(trial), "folder:/base", "0").write(run)
    for step in (1, 5, 10):
        add_metrics(run, {"step": step, "loss": 4.0 / step})


def test_dpo_comes_after_the_hard_cases_of_its_seed_and_other_seeds_last() -> None:
    order = [trial.name for trial in trials(("choice", "rewrite"), (17, 18), ("hard", "dpo"))]
    assert order[: len(METHODS)] == [f"choice-{method}-17" for method in METHODS]
    assert order[-2:] == ["choice-hard-18", "choice-dpo-18"] and len(order) == 2 * len(METHODS) + 2
    assert order.index("rewrite-hard-17") < order.index("rewrite-dpo-17")


def test_a_finished_run_is_not_trained_again_and_a_shorter_one_is_not_finished(folder: Path) -> None:
    trial = Trial("choice", "dpo", 17)
    assert train(trial, settings(folder)) == folder / "runs" / "choice-dpo-17"
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
    for name in (*NAMES.values(), "rules", "wetext", "untrained"):
        assert page.count(f"| {name} |") >= 2, name
    assert f"| {NAMES['dpo']} after {NAMES['hard']} | +0.2" in page
    assert record["seeds"][NAMES["dpo"]] == {"17": 1.0, "18": 1.0} and "a.jsonl | b.jsonl" in page


def test_the_pictures_are_drawings(folder: Path) -> None:
    for name in ("curves-choice.svg", "curves-rewrite.svg", "confusion.svg"):
        root = ElementTree.fromstring((folder / "report" / name).read_text("utf8"))
        assert root.tag.endswith("svg") and len(root) >= 5


def test_rows_without_an_evaluation_are_refused(tmp_path: Path) -> None:
    (tmp_path / "rows").mkdir()
    with pytest.raises(DatasetError, match=r"evaluation.jsonl: cannot be read"):
        Bench.open(settings(tmp_path))
