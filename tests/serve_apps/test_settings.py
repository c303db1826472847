"""A bad setting stops at start-up; the profiles' own files are good."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError
from ray.serve.schema import ServeDeploySchema

from cluster.settings import PROFILES, load_profile
from koubo.rubric.score import score
from koubo.rubric.scorecard import ScoredScript
from serve_apps.settings import AppSettings

ENDPOINT = {"source": "openai:http://127.0.0.1:9/v1#m"}

CHOOSER = {"source": "published:/models/reading", "margin": 0.3, "timeout_s": 1}


def serve_file(profile: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((PROFILES / profile / "serve.yaml").read_text(encoding="utf8"))
    return found


@pytest.mark.parametrize("profile", ["laptop", "gpu"])
def test_the_profiles_own_file_is_what_serve_and_the_application_expect(profile: str) -> None:
    file = serve_file(profile)
    ServeDeploySchema.model_validate(file)
    (app,) = file["applications"]
    module, _, builder = app["import_path"].partition(":")
    build = getattr(importlib.import_module(module), builder)
    assert inspect.signature(build).parameters["args"].annotation is AppSettings
    settings = AppSettings.model_validate(app["args"])
    assert settings.writer.source == load_profile(profile).models.writer
    assert {d["name"] for d in app["deployments"]} == {"Ingress", "Facts", "Reader", "Scorer"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"snapshot": "/x"}, "snapshot"),
        ({"snapshots": "out/snapshots"}, "absolute path"),
        ({"live_poll_s": 2}, "live_poll_s"),
        ({"writer": {"source": "folder:relative"}}, "folder:"),
        ({"writer": {"source": "hub:a/b"}}, "takes no engine, every other one needs it"),
        ({"writer": ENDPOINT | {"engine": {"accelerator": {}, "engine_kwargs": {}, "deployment": {}}}}, "max_ongoing"),
        ({"writer": ENDPOINT | {"temprature": 1}}, "temprature"),
        ({"chooser": CHOOSER | {"source": "published:models"}}, "write published:/"),
        ({"chooser": CHOOSER | {"source": ENDPOINT["source"]}}, "an endpoint does not weigh readings"),
        ({"chooser": CHOOSER | {"margin": 1.5}}, "margin"),
        ({"chooser": CHOOSER | {"timeout_s": 5}}, "give the model less"),
        ({"chooser": CHOOSER}, "give an engine for it"),
        ({"judge": {"source": "hub:a/b"}}, "give an endpoint"),
        ({"judge": ENDPOINT | {"timeout": 3}}, "timeout"),
        ({"rubric": "rubric.yaml"}, "absolute path"),
        ({"rubric": "/nowhere/rubric.yaml"}, "/nowhere/rubric.yaml: No such file"),
        ({"safety_rules": "/nowhere/safety.yaml"}, "/nowhere/safety.yaml: No such file"),
        ({"host_style": "/nowhere/hosts.yaml"}, "/nowhere/hosts.yaml: No such file"),
        ({"likely_breaches": "/nowhere/likely.tsv"}, "/nowhere/likely.tsv: No such file"),
    ],
)
def test_a_bad_setting_is_named(change: dict[str, Any], words: str) -> None:
    good = {"snapshots": "/s", "state": "~/state", "writer": ENDPOINT}
    assert AppSettings.model_validate(good).state == Path("~/state").expanduser()
    with pytest.raises(ValidationError, match=words):
        AppSettings.model_validate(good | change)


def test_the_writers_own_model_chooses_without_an_engine_of_its_own() -> None:
    engine = {"accelerator": {"kind": "cpu"}, "engine_kwargs": {}, "deployment": {"max_ongoing_requests": 8}}
    writer = {"source": CHOOSER["source"], "engine": engine}
    given = {"snapshots": "/s", "state": "/state", "writer": writer, "chooser": CHOOSER}
    chooser = AppSettings.model_validate(given).chooser
    assert chooser is not None and chooser.mode == "likelihood"
    assert AppSettings.model_validate(given | {"chooser": CHOOSER | {"source": "hub:a/b", "engine": engine}}).chooser


def test_the_gpu_profiles_writer_judges_and_on_a_laptop_nobody_does() -> None:
    args = {name: serve_file(name)["applications"][0]["args"] for name in ("laptop", "gpu")}
    judge = AppSettings.model_validate(args["gpu"]).judge
    assert judge is not None and judge.source == args["gpu"]["writer"]["source"]
    assert AppSettings.model_validate(args["laptop"]).judge is None


def test_an_operators_own_files_are_what_scripts_are_scored_by(tmp_path: Path) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_text(
        "- {id: house, law: 平台规则（本店）, severity: unsafe, note: 不说, patterns: [小熊]}\n", encoding="utf-8"
    )
    given = {"snapshots": "/s", "state": "/state", "writer": ENDPOINT}
    standards = AppSettings.model_validate(given | {"safety_rules": str(rules)}).standards()
    assert not score(ScoredScript.plain("这只小熊真好看。"), standards=standards).safe
    assert score(ScoredScript.plain("这只小熊真好看。")).safe
    rules.write_text("- {id: house, law: 平台规则, severity: fatal, note: 不说, patterns: [小熊]}\n", encoding="utf-8")
    with pytest.raises(ValidationError, match=r"(?s)rules\.yaml.*severity"):
        AppSettings.model_validate(given | {"safety_rules": str(rules)})
    own = tmp_path / "rubric.yaml"
    own.write_text("weights: {format: 1}\n", encoding="utf-8")
    with pytest.raises(ValidationError, match=r"rubric\.yaml"):
        AppSettings.model_validate(given | {"rubric": str(own)})
