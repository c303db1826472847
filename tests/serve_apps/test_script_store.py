"""Scripts stay."""

from __future__ import annotations

from pathlib import Path

import pytest

from serve_apps.script_store import SqliteScriptStore


def test_a_script_is_there_after_a_restart_and_for_other_replicas(tmp_path: Path) -> None:
    one = SqliteScriptStore(tmp_path / "new" / "scripts.sqlite")
    other = SqliteScriptStore(tmp_path / "new" / "scripts.sqlite")
    one.put("a", "b02", "2026-11-11T20:00:00+08:00", '{"id": "a"}')
    assert other.get("a") == '{"id": "a"}' and other.get("b") is None
    one.close()
    assert SqliteScriptStore(tmp_path / "new" / "scripts.sqlite").get("a") == '{"id": "a"}'
    with pytest.raises(ValueError, match="taken"):
        other.put("a", "b02", "2026-11-11T20:00:00+08:00", "{}")
