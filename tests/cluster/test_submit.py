from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cluster.__main__ import main
from cluster.local import LocalCluster, local_cluster
from cluster.settings import Models, Profile, RayCluster
from cluster.submit import SubmitError, check_paths, entrypoint, run_job

PROFILE = Profile(
    models=Models(ocr="hub", writer="hub:a/b", embedder="hub:a/b"),
    ray=RayCluster(num_cpus=4, object_store_mb=100),
    jobs={},
)
NOBODY = "http://127.0.0.1:9"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--images", "pictures"],
        ["--images=pictures"],
        ["--out", "pictures/not-there-yet"],
        ["--out", "./anywhere"],
        ["--out=../anywhere"],
        ["--out", "."],
    ],
)
def test_a_relative_path_is_refused_with_the_absolute_one(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pictures").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SubmitError, match="runs in a copy of this checkout on the cluster") as caught:
        check_paths(arguments)
    written = arguments[-1].rpartition("=")[2]
    assert str((tmp_path / written).resolve()) in str(caught.value)


def test_what_only_looks_like_a_path_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    check_paths(
        ["--images", "s3://shop/pictures", "--out", str(tmp_path), "--base", "hub:Qwen/Qwen2.5", "-v", "a/b", "9"]
    )


def test_a_command_is_quoted_for_the_shell() -> None:
    assert entrypoint("data_jobs.ocr_images", ["--out", "/数据/a b"]).endswith("data_jobs.ocr_images --out '/数据/a b'")


def test_an_unknown_job_a_relative_path_and_no_cluster_are_told_apart(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["submit", "--address", NOBODY, "data_jobs.nothing"]) == 2
    assert "data_jobs.nothing: no such module" in capsys.readouterr().err
    assert main(["submit", "--address", NOBODY, "data_jobs.ocr_images", "--", "--images", "./x"]) == 2
    assert str(tmp_path / "x") in capsys.readouterr().err
    assert main(["submit", "--address", NOBODY, "data_jobs.ocr_images", "--", "--images", "/x"]) == 2
    assert f"no Ray cluster answers at {NOBODY}" in capsys.readouterr().err
    assert main(["status", "--address", NOBODY]) == 1


@pytest.fixture(scope="module")
def running() -> Iterator[LocalCluster]:
    with local_cluster(PROFILE) as cluster:
        yield cluster


@pytest.mark.ray
def test_a_job_runs_on_the_cluster_its_log_and_exit_code_come_back(
    running: LocalCluster, capfd: pytest.CaptureFixture[str]
) -> None:
    # The command line itself is a module that every checkout has; `models` prints and succeeds.
    assert main(["submit", "--address", running.dashboard_url, "cluster", "--", "models"]) == 0
    printed = capfd.readouterr()
    assert "package:rapidocr" in printed.out
    assert running.dashboard_url in printed.err
    assert main(["submit", "--address", running.dashboard_url, "cluster", "--", "models", "--profile", "nope"]) == 2
    assert "there are: gpu, laptop" in capfd.readouterr().out


@pytest.mark.ray
def test_the_named_cluster_wins_over_rays_environment(running: LocalCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_ADDRESS", NOBODY)
    lines: list[str] = []
    assert run_job(running.dashboard_url, "cluster", ["models"], lines.append)
    assert not run_job(running.dashboard_url, "cluster", ["models", "--profile", "nope"], lines.append)
    assert any("package:rapidocr" in line for line in lines)
    assert not any("\n" in line for line in lines)


@pytest.mark.ray
def test_status_shows_nodes_and_jobs(running: LocalCluster, capsys: pytest.CaptureFixture[str]) -> None:
    run_job(running.dashboard_url, "cluster", ["--help"], lambda line: None)
    capsys.readouterr()
    assert main(["status", "--address", running.dashboard_url]) == 0
    printed = capsys.readouterr().out
    assert "ALIVE      127.0.0.1 4 CPU" in printed
    assert "SUCCEEDED" in printed
    assert "python -m cluster --help" in printed


@pytest.mark.ray
def test_the_doctor_knows_a_cluster_without_applications_and_charts(
    running: LocalCluster, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["doctor", "--address", running.dashboard_url]) in (0, 1)
    printed = capsys.readouterr().out
    assert f"at {running.dashboard_url}" in printed
    assert "no application" in printed
    assert "charts will be empty" in printed
