"""The comparison as an operator runs it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from data_jobs.diff_snapshots import main
from koubo.versions import current


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr(sys, "argv", ["diff_snapshots", *arguments])
    main()


def test_text_and_json(
    example_snapshots: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(current(example_snapshots))
    run(monkeypatch, folder, folder)
    assert "products: 0 added, 0 removed, 0 changed" in capsys.readouterr().out
    run(monkeypatch, folder, folder, "--format", "json")
    assert json.loads(capsys.readouterr().out)["products"] == {"added": [], "removed": [], "changed": []}


def test_a_folder_that_is_no_snapshot_exits_with_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        run(monkeypatch, str(tmp_path), str(tmp_path))
    assert stopped.value.code == 2
    assert f"{tmp_path}: not a usable snapshot" in capsys.readouterr().err
