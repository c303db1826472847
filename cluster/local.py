"""A Ray cluster of one node on this machine, with dashboard and job server, for the demo and the tests.

It listens on the loopback interface only, on Ray's usual ports where they are free and on others where they are not,
and does not touch other Ray clusters of the machine. It runs as a process of its own (`ray start --head --block`), so
that jobs and Serve, from this shell or another, reach it through the dashboard's address like any other cluster.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cluster.settings import Profile

ROOT = Path(__file__).parents[1]
HOST = "127.0.0.1"
# Ray's switch for desktop systems, where it keeps to the loopback interface; here it is for Linux too.
LOOPBACK_ONLY = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}
# Variables that would send the jobs of this cluster to another one.
OTHER_CLUSTERS = ("RAY_ADDRESS", "RAY_API_SERVER_ADDRESS")
START_SECONDS = 300.0  # about ten where nothing else runs; minutes were seen on a crowded machine
STOP_SECONDS = 30.0
ATTEMPTS = 3  # a port that was free can be taken by somebody else before Ray binds it


class ClusterError(Exception):
    """The local cluster did not start; the message has the end of Ray's own output."""


@dataclass(frozen=True, slots=True)
class LocalCluster:
    """A running cluster: `dashboard_url` is for jobs, Serve and the browser; Ray's own output is in `log`.

    `address` is for ray.init. Jobs are given it by Ray; a driver outside needs LOOPBACK_ONLY in its environment, or Ray
    turns 127.0.0.1 into the machine's public address, where this cluster does not listen.
    """

    address: str
    dashboard_url: str
    pid: int
    log: Path

    @property
    def stop_command(self) -> str:
        """What to type in a shell to end a cluster that was kept."""
        return f"kill {self.pid}"


@contextmanager
def local_cluster(profile: Profile, keep: bool = False) -> Iterator[LocalCluster]:
    """Start a cluster of the profile's size, and end it when the block ends, also by an exception or Ctrl-C.

    Args:
        profile: its `ray` section gives logical CPUs, logical GPUs and the object store.
        keep: leave the cluster up when the block ends without an exception.

    Raises:
        ClusterError: the cluster did not come up.
    """
    process, cluster = _start(profile, keep)
    left_well = False
    try:
        yield cluster
        left_well = True
    finally:
        if not (keep and left_well):
            _stop(process)


def free_port(preferred: int) -> int:
    """`preferred` if nothing listens there, else any free port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", preferred))
        except OSError:
            probe.bind(("", 0))
        return int(probe.getsockname()[1])


def _start(profile: Profile, keep: bool) -> tuple[subprocess.Popen[bytes], LocalCluster]:
    for left in reversed(range(ATTEMPTS)):
        agent = free_port(52365)
        process, cluster = _launch(profile, keep, agent)
        try:
            if _comes_up(process, cluster, agent):
                return process, cluster
            gave_up = process.poll() is not None
        except BaseException:
            _stop(process)
            raise
        _stop(process)
        if not (gave_up and left):
            break
    end = cluster.log.read_text(encoding="utf8", errors="replace")[-3000:]
    raise ClusterError(f"Ray did not start; its output, {cluster.log}, ends with:\n{end}")


def _launch(profile: Profile, keep: bool, agent: int) -> tuple[subprocess.Popen[bytes], LocalCluster]:
    handle, log = tempfile.mkstemp(prefix="koubo-ray-", suffix=".log")
    port, dashboard = free_port(6379), free_port(8265)
    with os.fdopen(handle, "wb") as output:
        process = subprocess.Popen(
            _command(profile, port, dashboard, agent),
            env=_environment(),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C reaches this process only, which then ends the cluster in order
            preexec_fn=None if keep or sys.platform != "linux" else _end_with_parent,
        )
    return process, LocalCluster(f"{HOST}:{port}", f"http://{HOST}:{dashboard}", process.pid, Path(log))


def _command(profile: Profile, port: int, dashboard: int, agent: int) -> list[str]:
    options = {
        "node-ip-address": HOST,
        "port": port,
        "dashboard-host": HOST,
        "dashboard-port": dashboard,
        "dashboard-agent-listen-port": agent,
        "ray-client-server-port": free_port(10001),
        "num-cpus": profile.ray.num_cpus,
        "num-gpus": profile.ray.num_gpus,
        "object-store-memory": profile.ray.object_store_mb << 20,
    }
    flags = [f"--{name}={value}" for name, value in options.items()]
    return [sys.executable, "-m", "ray.scripts.scripts", "start", "--head", "--block", "--disable-usage-stats", *flags]


def _environment() -> dict[str, str]:
    """This process's environment, with the project's packages importable, no public address and no token asked for.

    A token (RAY_AUTH_MODE=token, as Ray documents it) is worth its trouble where other users work on the machine.
    """
    modules = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    programs = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))  # `python` is this one
    own = {"PYTHONPATH": modules, "PATH": programs, "PYTHONUNBUFFERED": "1", **LOOPBACK_ONLY}
    elsewhere = {name: value for name, value in os.environ.items() if name not in OTHER_CLUSTERS}
    return {"RAY_AUTH_MODE": "disabled", **elsewhere, **own}


def _end_with_parent() -> None:
    """In the child: have the kernel send SIGTERM when the parent dies, however it dies (prctl(2), PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def _comes_up(process: subprocess.Popen[bytes], cluster: LocalCluster, agent: int) -> bool:
    """Wait for the job server and the node's agent, which it hands jobs to; False when Ray gave up or took too long."""
    routes = [f"{cluster.dashboard_url}/api/jobs/", f"http://{HOST}:{agent}/api/local_raylet_healthz"]
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if all(map(_answers, routes)):
            return True
        time.sleep(0.2)
    return False


def _answers(url: str) -> bool:
    # No proxy: the address is this machine's own.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=5) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the cluster: Ray takes SIGTERM as the wish to end all its processes in order."""
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()  # Ray's own reaper then ends the rest
        process.wait()
