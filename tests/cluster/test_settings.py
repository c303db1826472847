"""A profile is data: every key of it is a setting of the job it is for, and a wrong one stops at start-up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from cluster import settings
from cluster.settings import PROFILES, JobSettings, SettingsError, load_profile
from data_jobs.build_graph import GraphSettings
from data_jobs.cluster_images import ClusterSettings
from data_jobs.ocr_images import OcrSettings
from data_jobs.understand_images import UnderstandSettings
from data_jobs.write_scripts import WriteSettings
from train.dpo import DpoSettings
from train.evaluate import EvaluateSettings
from train.sft import SftSettings

RUN = ["--rows", "/rows.jsonl", "--out", "/out", "--base", "/models/base"]
JOBS: dict[type[JobSettings], list[str]] = {
    WriteSettings: ["--snapshots", "/a", "--out", "/b"],
    OcrSettings: ["--images", "/pictures", "--out", "/out"],
    ClusterSettings: ["--ocr", "/ocr", "--understood", "/understood", "--images", "/pictures", "--out", "/out"],
    UnderstandSettings: ["--ocr", "/ocr", "--out", "/out"],
    GraphSettings: ["--catalog", "/shop", "--out", "/out"],
    SftSettings: RUN,
    DpoSettings: RUN,
    EvaluateSettings: ["--rows", "/rows.jsonl", "--out", "/out"],
}


@pytest.mark.parametrize("profile", ["laptop", "gpu"])
def test_every_section_of_a_profile_is_a_jobs_and_fits_it(profile: str) -> None:
    sections = load_profile(profile).jobs
    assert set(sections) <= {job.job for job in JOBS}
    for job, needed in JOBS.items():
        found = job.from_cli([*needed, "--profile", profile]).model_dump()
        section = sections.get(job.job, {})
        assert {key: found[key] for key in section} == section


def test_what_is_trained_on_gpus_is_judged_on_them() -> None:
    trained, judged = (load_profile("gpu").jobs[f"train.{job}"] for job in ("sft", "evaluate"))
    assert trained["gpus_per_worker"] > 0 and judged["device"] == "cuda"


def test_the_command_line_stands_above_the_profile() -> None:
    chosen = OcrSettings.from_cli([*JOBS[OcrSettings], "--profile", "gpu", "--actors-max", "3"])
    assert (chosen.actors_max, chosen.device) == (3, "gpu")


@pytest.fixture
def profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the laptop profile for one test to spoil."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "profile.yaml").write_bytes((PROFILES / "laptop" / "profile.yaml").read_bytes())
    monkeypatch.setattr(settings, "PROFILES", tmp_path)
    load_profile.cache_clear()
    yield tmp_path
    load_profile.cache_clear()


def test_a_wrong_profile_or_key_stops_with_its_name(profiles: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SettingsError, match="there are: mine"):
        load_profile("laptop")
    path = profiles / "mine" / "profile.yaml"
    good = yaml.safe_load(path.read_text("utf8"))
    path.write_text(yaml.safe_dump(good | {"jobs": {"data_jobs.ocr_images": {"actor_max": 2}}}), "utf8")
    with pytest.raises(SystemExit) as stopped:
        OcrSettings.from_cli([*JOBS[OcrSettings], "--profile", "mine"])
    assert stopped.value.code == 2 and "actor-max" in capsys.readouterr().err
    load_profile.cache_clear()
    path.write_text(yaml.safe_dump(good | {"modles": {}}), "utf8")
    with pytest.raises(SettingsError, match="modles"):
        load_profile("mine")
