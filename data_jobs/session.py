"""The Ray cluster that a job runs on: the one it was submitted to, the one running here, or its own."""

from __future__ import annotations

import logging
import os
import sys

import ray
import ray.data

from cluster.settings import RayCluster, load_profile


def connect(profile: str) -> None:
    """Join the cluster of RAY_ADDRESS or of this machine; where there is none, start one with the profile's size.

    RAY_ADDRESS=local starts one beside another that is running. One line on standard error says which it is.
    """
    _speak_once()
    if ray.is_initialized():
        return
    address = os.environ.get("RAY_ADDRESS", "auto")
    if address != "local" and _join(address):
        _say(f"joined the cluster at {ray.get_runtime_context().gcs_address}")
        return
    size = load_profile(profile).ray
    _start(size)
    _say(f"a cluster of its own, {size.num_cpus} logical CPUs (profile {profile}); RAY_ADDRESS names one to join")


def _say(which: str) -> None:
    print(f"Ray: {which}", file=sys.stderr, flush=True)


def _speak_once() -> None:
    """Leave progress to the job's own display: Ray Data's would fill a log with a page every ten seconds."""
    ray.data.DataContext.get_current().enable_progress_bars = False
    logging.getLogger("ray.data").setLevel(logging.WARNING)


def thread_limits(threads: int) -> dict[str, str]:
    """Environment variables that keep numerical libraries of a worker at this many threads."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
    return dict.fromkeys(names, str(threads))


def _join(address: str) -> bool:
    try:
        ray.init(address=address, logging_level=logging.WARNING)
    except ConnectionError:
        if address != "auto":
            raise
        return False
    return True


def _start(size: RayCluster) -> None:
    ray.init(
        address="local",
        num_cpus=size.num_cpus,
        num_gpus=size.num_gpus,
        object_store_memory=size.object_store_mb * 2**20,
        include_dashboard=False,
        logging_level=logging.WARNING,
    )
