"""Which cluster a job says it uses; Ray itself is not started here."""

from types import SimpleNamespace
from typing import Any

import pytest

from data_jobs import session


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What ray.init was called with. A cluster runs at 10.0.0.7:6380 and nowhere else."""
    calls: list[dict[str, Any]] = []
    monkeypatch.setattr(session.ray, "is_initialized", lambda: False)
    monkeypatch.setattr(session.ray, "init", lambda **given: calls.append(given))
    monkeypatch.setattr(session.ray, "get_runtime_context", lambda: SimpleNamespace(gcs_address="10.0.0.7:6380"))
    return calls


def test_the_cluster_that_is_joined_is_named(
    started: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RAY_ADDRESS", "10.0.0.7:6380")
    session.connect("laptop")
    assert [given["address"] for given in started] == ["10.0.0.7:6380"]
    assert capsys.readouterr().err == "Ray: joined the cluster at 10.0.0.7:6380\n"


def test_a_cluster_of_its_own_is_said_with_its_size(
    started: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RAY_ADDRESS", "local")
    session.connect("laptop")
    assert (started[0]["address"], started[0]["num_cpus"]) == ("local", 12)
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and said.startswith("Ray: a cluster of its own, 12 logical CPUs (profile laptop)")
