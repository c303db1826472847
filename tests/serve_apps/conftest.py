"""The application in process: real facts, reader and scorer on the example shop; only the writer is a fake."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from koubo.catalog.live_sqlite import SqliteLiveStore
from koubo.script.compose import Budget
from koubo.script.exemplars import OWN_LINES, Exemplars, load_exemplars
from serve_apps.facts import Facts
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


@pytest.fixture(scope="session")
def scorer() -> Scorer:
    """Loaded once: it keeps nothing of what it scores."""
    return Scorer(EMBEDDER)


@pytest.fixture
def parts(facts: Facts, scorer: Scorer, writer: FakeWriter) -> Parts:
    return Parts(facts, Reader(), scorer, writer)


@pytest.fixture
def make_studio(parts: Parts, tmp_path: Path) -> Callable[..., Studio]:
    """A studio on the shop's one store of scripts: ``make_studio(seconds=0.5, approved_only=False)``."""

    def make(seconds: float = 0.5, approved_only: bool = False) -> Studio:
        store = SqliteScriptStore(tmp_path / "scripts.sqlite")
        budget = Budget(candidates=2, seconds=seconds, max_tokens=64)
        return Studio(parts, store, Exemplars(load_exemplars(OWN_LINES)), budget, approved_only=approved_only)

    return make


@pytest.fixture
def make_api(make_studio: Callable[..., Studio], facts: Facts, tmp_path: Path) -> Callable[..., FastAPI]:
    """The application on the shop; takes what ``make_studio`` takes."""

    def make(**studio: Any) -> FastAPI:
        log, stage = SqliteReplyLog(tmp_path / "replies.sqlite"), SqliteStage(tmp_path / "stage.sqlite")
        return build_api(make_studio(**studio), ReplyDesk(facts, log, stage))

    return make


@pytest.fixture
def client(make_api: Callable[..., FastAPI]) -> Iterator[TestClient]:
    """The routes, in process."""
    with TestClient(make_api(), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def guarded(make_api: Callable[..., FastAPI]) -> Iterator[TestClient]:
    """The routes where only approved scripts are rendered, on the same shop and store as `client`."""
    with TestClient(make_api(approved_only=True), raise_server_exceptions=False) as client:
        yield client
