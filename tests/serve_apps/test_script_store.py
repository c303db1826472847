"""Scripts stay, with every revision, and nobody's change is lost in another's."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from koubo.catalog.records import Product
from koubo.durable_sqlite import StoreError
from koubo.script.compose import ComposedSection
from koubo.script.plan import plan
from koubo.script.revise import Place, approve, edit, pin
from koubo.script.script import Script
from serve_apps.script_store import KeptScript, RevisionConflict, SqliteScriptStore
from tests.koubo.script.conftest import CUP, NOW, Shop

FINE = "这个{name}我自己家里天天在用，大家看一下。"
OLD = """
CREATE TABLE scripts (
    id TEXT PRIMARY KEY, product_id TEXT NOT NULL, created_at TEXT NOT NULL, script TEXT NOT NULL
) WITHOUT ROWID
"""
"""The store's table before there were revisions."""


def make_script(script_id: str = "a", product_id: str = "cup") -> Script:
    shop = Shop({product_id: Product.model_validate(CUP | {"id": product_id})})
    brief = shop.brief(product_id)
    sections = tuple(ComposedSection(s.kind, s.planned, "planned", "by_design") for s in plan(brief).sections)
    return Script(script_id, brief, 0, sections, NOW)


@pytest.fixture(scope="module")
def script() -> Script:
    return make_script()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "scripts.sqlite"


def get(store: SqliteScriptStore, script_id: str, number: int | None = None) -> KeptScript:
    kept = store.get(script_id, number)
    assert kept is not None
    return kept


def test_a_script_is_there_after_a_restart_and_for_other_replicas(path: Path, script: Script) -> None:
    one, other = SqliteScriptStore(path), SqliteScriptStore(path)
    one.put(script, NOW, "anna", "composed", 0)
    assert get(other, "a").script == script and other.get("b") is None and other.get("a", 2) is None
    one.close()
    assert get(SqliteScriptStore(path), "a").script == script


def test_every_change_is_a_revision_with_who_when_and_what(path: Path, script: Script) -> None:
    store = SqliteScriptStore(path)
    changed = pin(edit(script, Place(0, 0), FINE), Place(0, 0), True)
    store.put(script, NOW, "anna", "composed", 0)
    store.put(changed, NOW.replace(hour=21), "bo", "edited", 1)
    told = [(r.number, r.at, r.actor, r.change, r.status) for r in store.revisions("a")]
    assert told == [(1, NOW, "anna", "composed", "draft"), (2, NOW.replace(hour=21), "bo", "edited", "draft")]
    assert [get(store, "a", n).script for n in (1, 2, None)] == [script, changed, changed]
    assert store.revisions("b") == ()


def test_a_change_from_a_revision_that_is_not_the_current_one_is_refused(path: Path, script: Script) -> None:
    one, other = SqliteScriptStore(path), SqliteScriptStore(path)
    one.put(script, NOW, "anna", "composed", 0)
    other.put(edit(script, Place(0, 0), FINE), NOW, "bo", "edited", 1)
    for stale in (0, 1, 3):
        with pytest.raises(RevisionConflict, match="at revision 2") as conflict:
            one.put(script, NOW, "anna", "mine", stale)
        assert conflict.value.current is not None and conflict.value.current.actor == "bo"
    with pytest.raises(RevisionConflict, match="at revision 0"):
        one.put(replace(script, id="b"), NOW, "anna", "mine", 1)
    assert len(one.revisions("a")) == 2 and one.get("b") is None


def test_of_many_changes_from_one_revision_one_is_kept(path: Path, script: Script) -> None:
    stores = [SqliteScriptStore(path) for _ in range(4)]
    stores[0].put(script, NOW, "anna", "composed", 0)
    kept: list[str] = []

    def change(store: SqliteScriptStore, name: str) -> None:
        with suppress(RevisionConflict):
            kept.append(store.put(script, NOW, name, "mine", 1).actor)

    threads = [threading.Thread(target=change, args=(store, f"t{n}")) for n, store in enumerate(stores)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [r.actor for r in stores[0].revisions("a")] == ["anna", *kept] and len(kept) == 1


def test_a_revision_never_changes(path: Path, script: Script) -> None:
    SqliteScriptStore(path).put(script, NOW, "anna", "composed", 0)
    db = sqlite3.connect(path)
    for statement in ("UPDATE revisions SET actor = 'eve'", "DELETE FROM revisions"):
        with pytest.raises(sqlite3.IntegrityError, match="a revision never"):
            db.execute(statement)


def test_scripts_are_listed_by_product_and_status_the_newest_first(path: Path) -> None:
    store = SqliteScriptStore(path)
    scripts = [make_script(f"s{n}", "cup" if n % 2 else "mug") for n in range(5)]
    for script in scripts:
        store.put(script, NOW, "anna", "composed", 0)
    store.put(approve(scripts[1], True), NOW, "bo", "approved", 1)

    def ids(product_id: str | None = None, status: str | None = None, offset: int = 0, limit: int = 50) -> list[str]:
        page = store.page(product_id, status, offset, limit)  # type: ignore[arg-type]
        return [f"{page.total}", *(r.script_id for r in page.revisions)]

    assert ids() == ["5", "s4", "s3", "s2", "s1", "s0"]
    assert ids(offset=1, limit=2) == ["5", "s3", "s2"] and ids(offset=9) == ["5"]
    assert ids("cup") == ["2", "s3", "s1"] and ids("nope") == ["0"]
    assert ids(status="approved") == ["1", "s1"] and ids("cup", "draft") == ["1", "s3"]
    assert store.page("cup", "approved", 0, 1).revisions[0].change == "approved"


def test_a_store_without_revisions_is_taken_over(path: Path, script: Script) -> None:
    path.parent.mkdir()
    old = sqlite3.connect(path)
    old.execute(OLD)
    early, late = "2026-11-22T20:00:00+08:00", "2026-11-22T13:00:00.000001+00:00"
    for name, created in (("z", early), ("a", late)):
        text = replace(script, id=name, created_at=datetime.fromisoformat(created)).to_json()
        old.execute("INSERT INTO scripts VALUES (?, 'cup', ?, ?)", (name, created, text))
    old.commit()
    old.close()
    for _ in range(2):
        store = SqliteScriptStore(path)
        assert [r.script_id for r in store.page("cup", "draft", 0, 9).revisions] == ["a", "z"]
        assert get(store, "z").script == replace(script, id="z")
        assert [(r.number, r.at, r.actor) for r in store.revisions("z")] == [(1, script.created_at, "unknown")]
        store.close()


def test_a_store_of_a_later_version_or_no_store_is_refused(path: Path, script: Script) -> None:
    SqliteScriptStore(path).close()
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 9")
    db.close()
    with pytest.raises(StoreError, match=r"version 9.*update it"):
        SqliteScriptStore(path)
    path.with_name("text").write_text("this is no database, it only looks like a file" * 100)
    with pytest.raises(StoreError, match="text: cannot be opened"):
        SqliteScriptStore(path.with_name("text"))


WRITES = """
import sys
from datetime import datetime
from pathlib import Path
from koubo.script.script import Script
from serve_apps.script_store import SqliteScriptStore
store, script = SqliteScriptStore(Path(sys.argv[1])), Script.from_json(Path(sys.argv[2]).read_text())
after = 0
while True:
    after = store.put(script, datetime.now().astimezone(), "writer", f"change {after + 1}", after).number
    print(after, flush=True)
"""


def test_nothing_answered_is_lost_when_the_writer_is_killed(path: Path, tmp_path: Path, script: Script) -> None:
    (tmp_path / "script.json").write_text(script.to_json())
    command = [sys.executable, "-c", WRITES, str(path), str(tmp_path / "script.json")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout
        answered = [int(writer.stdout.readline()) for _ in range(10)]
        os.kill(writer.pid, signal.SIGKILL)
        answered += [int(line) for line in writer.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
    store = SqliteScriptStore(path)
    revisions = store.revisions("a")
    assert [r.number for r in revisions] == list(range(1, len(revisions) + 1))
    assert len(revisions) - answered[-1] in (0, 1)
    current = get(store, "a")
    assert current.revision == revisions[-1] and current.script == script
    store.put(script, NOW, "anna", "goes on", current.revision.number)
