"""What the tests share: one Ray cluster, and real models resolved once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.serve_apps.served import ServedApp

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared" / "data"

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("RAY_AIR_NEW_OUTPUT", "0")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real data that is not part of the project; tests that need it skip without it."""
    if not SHARED.is_dir():
        pytest.skip(f"no real data at {SHARED}")
    return SHARED


@pytest.fixture(scope="session")
def ray_cluster() -> Iterator[str]:
    """One local Ray cluster for every test that needs one; gives its address."""
    import ray

    # More logical CPUs than cores: small actors wait beside busy ones instead of for them.
    context = ray.init(
        address="local", num_cpus=16, object_store_memory=400_000_000, include_dashboard=False, log_to_driver=False
    )
    yield context.address_info["gcs_address"]
    ray.shutdown()


@pytest.fixture(scope="session")
def example_snapshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Root with one published snapshot of the example shop; not to be changed."""
    from koubo.catalog.snapshot import build_snapshot
    from koubo.catalog.tables import load_catalog
    from koubo.voices.mining import mine_catalog

    root = tmp_path_factory.mktemp("snapshots")
    catalog = load_catalog(ROOT / "examples" / "catalog", None)
    build_snapshot(catalog, None, None, root, mine_catalog(catalog))
    return root


@pytest.fixture(scope="session")
def serve_url(ray_cluster: str) -> Iterator[str]:
    """Serve on the shared cluster, without applications; gives the URL of its proxy."""
    from ray import serve

    from tests.serve_apps.served import start_serve

    yield start_serve()
    serve.shutdown()


@pytest.fixture(scope="session")
def serve_app(serve_url: str, example_snapshots: Path, tmp_path_factory: pytest.TempPathFactory) -> ServedApp:
    """The laptop profile's application on the example shop, with the real engine; takes a minute or two, once."""
    from tests.serve_apps.served import run_laptop

    return run_laptop(serve_url, example_snapshots, tmp_path_factory.mktemp("state"))
