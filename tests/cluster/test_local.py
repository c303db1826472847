from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from ray.job_submission import JobStatus, JobSubmissionClient

from cluster.local import ClusterError, free_port, local_cluster
from cluster.settings import Models, Profile, RayCluster

ROOT = Path(__file__).parents[2]
PROFILE = Profile(
    models=Models(ocr="hub", writer="hub:a/b", embedder="hub:a/b"),
    ray=RayCluster(num_cpus=4, num_gpus=2, object_store_mb=100),
    jobs={},
)


@pytest.fixture
def usual_ports_taken() -> Iterator[set[int]]:
    ports = {6379, 8265, 10001, 52365}
    sockets = []
    for port in ports:
        sockets.append(socket.socket())
        sockets[-1].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sockets[-1].bind(("127.0.0.1", port))
            sockets[-1].listen()
        except OSError:
            pass  # taken by somebody else: as good
    yield ports
    for each in sockets:
        each.close()


def test_a_taken_port_is_replaced() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        taken = holder.getsockname()[1]
        assert free_port(taken) not in (0, taken)
    assert free_port(taken) == taken


@pytest.mark.ray
def test_a_cluster_runs_jobs_beside_taken_ports_and_ends(usual_ports_taken: set[int]) -> None:
    with local_cluster(PROFILE) as cluster:
        assert int(cluster.dashboard_url.rpartition(":")[2]) not in usual_ports_taken
        jobs = JobSubmissionClient(cluster.dashboard_url)
        code = "import ray, cluster; ray.init(logging_level='error'); print(ray.cluster_resources()['GPU'])"
        job = jobs.submit_job(entrypoint=f'{sys.executable} -c "{code}"')
        _until(lambda: jobs.get_job_status(job).is_terminal())
        assert jobs.get_job_status(job) == JobStatus.SUCCEEDED, jobs.get_job_logs(job)
        assert "2.0" in jobs.get_job_logs(job)
        assert not _public(cluster.pid)
        session = _session_of(cluster.pid)
    assert _until(lambda: not [pid for pid in session if _alive(pid)])


@pytest.mark.ray
def test_keep_leaves_the_cluster_up_until_it_is_told() -> None:
    with local_cluster(PROFILE, keep=True) as cluster:
        pass
    try:
        assert JobSubmissionClient(cluster.dashboard_url).list_jobs() == []
    finally:
        os.kill(cluster.pid, signal.SIGTERM)
        assert cluster.stop_command == f"kill {cluster.pid}"
        os.waitpid(cluster.pid, 0)


OWNER = """
from tests.cluster.test_local import PROFILE
from cluster.local import local_cluster
import time
with local_cluster(PROFILE) as cluster:
    print(cluster.pid, flush=True)
    time.sleep(600)
"""


@pytest.mark.ray
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_the_cluster_ends_with_its_owner(how: signal.Signals) -> None:
    owner = subprocess.Popen([sys.executable, "-c", OWNER], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    pid = int(owner.stdout.readline())
    session = _session_of(pid)
    assert len(session) > 5
    owner.send_signal(how)
    owner.wait(60)
    assert _until(lambda: not [one for one in session if _alive(one)])


def test_a_cluster_that_cannot_start_shows_what_ray_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("RAY_AUTH_MODE", "token")
    with pytest.raises(ClusterError) as caught, local_cluster(PROFILE):
        pass
    assert "no authentication token" in str(caught.value)


def _until(condition: object, seconds: float = 60) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():  # type: ignore[operator]
            return True
        time.sleep(0.2)
    return False


def _session_of(leader: int) -> list[int]:
    """Every process of the session that `leader` began, from /proc."""
    stats = [(int(path.parent.name), path) for path in Path("/proc").glob("[0-9]*/stat")]
    return [pid for pid, path in stats if _session(path) == leader]


def _session(stat: Path) -> int:
    try:
        return int(stat.read_text().rpartition(")")[2].split()[3])
    except OSError:
        return -1  # ended meanwhile


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _public(leader: int) -> list[str]:
    """Listening addresses of the cluster's processes that are not on the loopback interface."""
    import psutil

    members = set(_session_of(leader))
    listening = [c for c in psutil.net_connections("inet") if c.status == psutil.CONN_LISTEN and c.pid in members]
    return [f"{c.laddr.ip}:{c.laddr.port}" for c in listening if "127.0.0.1" not in c.laddr.ip and c.laddr.ip != "::1"]
