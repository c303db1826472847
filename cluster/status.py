"""`python -m cluster status`: a cluster's nodes, resources, jobs and Serve applications on one page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cluster.checks.running import SERVE
from cluster.dashboard import DashboardError, get_json

LAST_JOBS = 10


class StatusError(Exception):
    """A cluster that does not answer; the message names the address."""


def cluster_status(address: str) -> list[str]:
    """Lines on the cluster whose dashboard is at `address`.

    Raises:
        StatusError: it does not answer.
    """
    try:
        nodes = get_json(address, "/nodes?view=summary")["data"]["summary"]
        jobs = get_json(address, "/api/jobs/")
        applications = get_json(address, SERVE)["applications"]
    except (DashboardError, KeyError, TypeError) as error:
        raise StatusError(f"no Ray cluster answers ({error}); python -m cluster doctor says more") from error
    return [f"cluster {address}", *_nodes(nodes), *_jobs(jobs), *_applications(applications)]


def _nodes(nodes: list[dict[str, Any]]) -> Iterator[str]:
    for node in nodes:
        raylet = node["raylet"]
        total = raylet.get("resourcesTotal", {})
        size = ", ".join(f"{total[name]:g} {name}" for name in ("CPU", "GPU") if total.get(name))
        yield f"node  {raylet['state']:<10} {node['ip']} {size}"


def _jobs(jobs: list[dict[str, Any]]) -> Iterator[str]:
    submitted = sorted((job for job in jobs if job.get("submission_id")), key=lambda job: int(job["start_time"] or 0))
    for job in submitted[-LAST_JOBS:]:
        yield f"job   {job['status']:<10} {job['submission_id']} {job['entrypoint']}"


def _applications(applications: dict[str, dict[str, Any]]) -> Iterator[str]:
    for name, application in applications.items():
        yield f"serve {application['status']:<10} {name} at {application.get('route_prefix')}"
        for deployment, one in application["deployments"].items():
            replicas = len(one.get("replicas", []))
            yield f"      {one['status']:<10} {deployment} ({replicas} replicas) {one['message']}".rstrip()
