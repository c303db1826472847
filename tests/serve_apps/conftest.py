"""The application in process: real facts, reader and scorer on the example shop; only the writer is a fake."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from koubo.catalog.live_sqlite import SqliteLiveStore
from koubo.script.compose import Budget
from koubo.script.exemplars import load_exemplars
from serve_apps.facts import Facts
from serve_apps.ingress import EXEMPLARS
from serve_apps.reader import Reader
from serve_apps.reply_desk import ReplyDesk
from serve_apps.reply_log import SqliteReplyLog
from serve_apps.routes import build_api
from serve_apps.scorer import Scorer
from serve_apps.script_store import SqliteScriptStore
from serve_apps.settings import AppSettings
from serve_apps.stage import SqliteStage
from serve_apps.studio import Parts, Studio
from tests.serve_apps.fake_writer import FakeWriter

EMBEDDER = AppSettings.model_fields["embedder"].default


@pytest.fixture
def snapshots(example_snapshots: Path, tmp_path: Path) -> Path:
    """The same, for one test to change."""
    return Path(shutil.copytree(example_snapshots, tmp_path / "snapshots"))


@pytest.fixture
def writer() -> FakeWriter:
    return FakeWriter()


@pytest.fixture
def facts(snapshots: Path, tmp_path: Path) -> Facts:
    return Facts(snapshots, SqliteLiveStore(tmp_path / "live.sqlite"))


@pytest.fixture
def client(facts: Facts, writer: FakeWriter, tmp_path: Path) -> Iterator[TestClient]:
    """The routes, in process."""
    parts = Parts(facts, Reader(), Scorer(EMBEDDER), writer)
    budget = Budget(candidates=2, seconds=0.5, max_tokens=64)
    studio = Studio(parts, SqliteScriptStore(tmp_path / "scripts.sqlite"), load_exemplars(EXEMPLARS), budget)
    log, stage = SqliteReplyLog(tmp_path / "replies.sqlite"), SqliteStage(tmp_path / "stage.sqlite")
    api = build_api(studio, ReplyDesk(facts, log, stage))
    with TestClient(api, raise_server_exceptions=False) as client:
        yield client
