"""What is on stage stays there."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from serve_apps.stage import OnStage, SqliteStage

AT = datetime.fromisoformat("2026-11-11T20:00:00+08:00")


def test_what_is_on_stage_is_seen_by_other_replicas_and_after_a_restart(tmp_path: Path) -> None:
    one, other = (SqliteStage(tmp_path / "new" / "stage.sqlite") for _ in range(2))
    assert other.get() is None
    one.put(OnStage("s01", None, AT))
    assert other.get() == OnStage("s01", None, AT)
    other.put(OnStage("b02", "script", AT))
    assert one.get() == OnStage("b02", "script", AT)
    one.close()
    assert SqliteStage(tmp_path / "new" / "stage.sqlite").get() == OnStage("b02", "script", AT)
