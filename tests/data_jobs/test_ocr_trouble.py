"""Long and destructive: OCR workers, the driver and a node killed in mid-run, and the gpu profile on logical GPUs.

Each run is a process of its own, with real PaddleOCR, on a Ray cluster of its own. What a disturbed run leaves is
compared with the rows of an undisturbed one; how much work was done twice is printed (pytest -s shows it).
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import polars as pl
import psutil
import pytest

from data_jobs.schemas import OCR, part_paths, read_table

pytestmark = [pytest.mark.trouble, pytest.mark.ray, pytest.mark.ocr]
ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples" / "images"
PICTURES = 12
LIMIT_S = 400


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Example pictures, one of them broken, and a copy."""
    folder = tmp_path_factory.mktemp("pictures")
    for path in sorted(EXAMPLES.iterdir())[: PICTURES - 2]:
        shutil.copy(path, folder)
    first = min(folder.iterdir())
    shutil.copy(first, folder / f"copy_of_{first.name}")
    (folder / "cut.jpg").write_bytes(first.read_bytes()[:2000])
    return folder


def start(images: Path | str, out: Path, *flags: str, address: str = "local") -> subprocess.Popen[bytes]:
    """The job as a process; blocks of two pictures, so that there is always one under way."""
    given = ["--images", str(images), "--out", str(out), "--part-rows", "2", "--stall-s", "150", *flags]
    return subprocess.Popen(
        [sys.executable, "-m", "data_jobs.ocr_images", *given],
        cwd=ROOT,
        env={**os.environ, "RAY_ADDRESS": address, "RAY_AUTH_MODE": "disabled", "HF_HUB_OFFLINE": "1"},
        start_new_session=True,
    )


def finish(job: subprocess.Popen[bytes], out: Path) -> dict[str, Any]:
    """Wait for the job's good end; its report."""
    assert job.wait(LIMIT_S) == 0
    report: dict[str, Any] = json.loads((out / "_report.json").read_text())
    return report


def rows(out: Path) -> pl.DataFrame:
    """The table, each picture once also for those who open the parts themselves."""
    assert pl.read_parquet(out / "*.parquet")["image_id"].is_unique().all()
    return read_table(str(out), OCR, "ocr_images")


def wait_until(condition: Callable[[], Any], job: subprocess.Popen[bytes]) -> Any:
    """The condition's first true value while the job runs."""
    until = time.monotonic() + LIMIT_S
    while time.monotonic() < until:
        if value := condition():
            return value
        assert job.poll() is None, "the job ended before it could be disturbed"
        time.sleep(0.1)
    raise AssertionError("it never came to that")


def in_the_middle(out: Path) -> Callable[[], bool]:
    """Whether some parts are written and others are not."""
    return lambda: len(part_paths(str(out))) >= 3


def readers(job: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """The OCR actors among the job's own processes."""
    below = psutil.Process(job.pid).children(recursive=True)
    return [p for p in below if "MapWorker" in " ".join(p.cmdline())]


def alive(process: psutil.Process) -> bool:
    """Whether it still does anything; one that nobody waits for stays as a zombie."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def say(what: str, report: dict[str, Any]) -> None:
    counts = report["counts"]
    known = ("already_read", "read_now", "shared", "redone", "lost_by_kill", "doubled", "given_up")
    print(f"\n{what}: " + ", ".join(f"{counts[name]} {name}" for name in known if name in counts))


@pytest.fixture(scope="module")
def undisturbed(pictures: Path, tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    out = tmp_path_factory.mktemp("undisturbed")
    report = finish(start(pictures, out), out)
    assert (report["counts"]["redone"], report["counts"]["shared"]) == (0, 1)
    table = rows(out)
    assert len(table) == PICTURES
    return table


def test_an_actor_is_killed(pictures: Path, undisturbed: pl.DataFrame, tmp_path: Path) -> None:
    job = start(pictures, tmp_path)
    wait_until(in_the_middle(tmp_path), job)
    readers(job)[0].kill()
    report = finish(job, tmp_path)
    say("an actor was killed", report)
    assert rows(tmp_path).equals(undisturbed)
    assert len(report["workers"]) >= 3 and report["counts"]["redone"] <= 2


def test_the_driver_is_killed(pictures: Path, undisturbed: pl.DataFrame, tmp_path: Path) -> None:
    job = start(pictures, tmp_path)
    wait_until(in_the_middle(tmp_path), job)
    below, reading = psutil.Process(job.pid).children(recursive=True), readers(job)
    job.kill()
    job.wait()
    until = time.monotonic() + 60
    while left := [process.name() for process in reading if alive(process)]:
        assert time.monotonic() < until, f"{left} read on for nobody"
        time.sleep(0.2)
    for process in filter(alive, below):  # of Ray's own, which would linger
        process.kill()
    assert len(rows(tmp_path)) < PICTURES
    report = finish(start(pictures, tmp_path), tmp_path)
    say("the driver was killed", report)
    assert rows(tmp_path).equals(undisturbed)
    counts = report["counts"]
    assert counts["already_read"] + counts["read_now"] + counts["shared"] == PICTURES
    assert counts["already_read"] > 0 and counts["lost_by_kill"] <= 2 * 2


@contextmanager
def three_nodes() -> Iterator[tuple[Any, Any]]:
    """A cluster of a head that reads nothing and two nodes of one CPU; gives it and the last node."""
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "object_store_memory": 200_000_000})
    nodes = [cluster.add_node(num_cpus=1, object_store_memory=100_000_000) for _ in range(2)]
    try:
        cluster.wait_for_nodes()
        yield cluster, nodes[-1]
    finally:
        cluster.shutdown()


def test_a_node_is_killed(
    pictures: Path, undisturbed: pl.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")
    with three_nodes() as (cluster, node):
        job = start(pictures, tmp_path, address=cluster.address)
        wait_until(in_the_middle(tmp_path), job)
        cluster.remove_node(node, allow_graceful=False)
        if job.wait(LIMIT_S) != 0:
            print("\nthe job ended with its node; run again")
            job = start(pictures, tmp_path, address=cluster.address)
        report = finish(job, tmp_path)
    say("a node was killed", report)
    assert rows(tmp_path).equals(undisturbed)
    assert report["counts"]["redone"] <= 2 * 2


class Poison(BaseHTTPRequestHandler):
    """Kills whoever asks for a picture."""

    def do_GET(self) -> None:
        port = self.client_address[1]
        asking = [c.pid for c in psutil.net_connections("tcp") if c.laddr and c.laddr.port == port and c.pid]
        for pid in {pid for pid in asking if pid != os.getpid()}:
            os.kill(pid, signal.SIGKILL)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_a_picture_that_kills_every_worker_costs_only_itself(pictures: Path, tmp_path: Path) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Poison)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    poison = f"http://127.0.0.1:{server.server_port}/poison.jpg"
    paths = [*(str(path) for path in sorted(pictures.iterdir())[:4]), poison]
    (tmp_path / "manifest.csv").write_text("path\n" + "\n".join(paths))
    flags = ("--passes", "2", "--private-hosts", "127.0.0.1")
    report = finish(start(tmp_path / "manifest.csv", tmp_path / "out", *flags), tmp_path / "out")
    server.shutdown()
    say("a picture killed every worker", report)
    errors = dict(rows(tmp_path / "out").select("image_id", "error").iter_rows())
    assert errors.pop(poison).startswith("worker_died: ")
    assert set(errors.values()) == {None} and report["counts"]["given_up"] == 1


def test_four_actors_of_the_gpu_profile_share_a_gpu(pictures: Path, undisturbed: pl.DataFrame, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.data_jobs.ocr_on_logical_gpus", str(pictures), str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, timeout=LIMIT_S)
    report = json.loads((tmp_path / "_report.json").read_text())
    print("\nplacement:", *(f"{w['node'][:8]} GPU {w['gpus']}: {w['pictures']} pictures" for w in report["workers"]))
    assert report["settings"]["num_gpus"] == 0.25
    assert Counter(tuple(worker["gpus"]) for worker in report["workers"]) == {("0",): 4, ("1",): 4}
    assert rows(tmp_path).equals(undisturbed)
