"""Checks of a running cluster through its dashboard: Ray, Serve, and what the dashboard's charts need."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

from cluster.checks import Check, Level
from cluster.dashboard import DashboardError, get_json

SERVE = "/api/serve/applications/"


def cluster_checks(address: str, must_run: bool) -> Iterator[Check]:
    """Lines on the cluster whose dashboard is at `address`; one that is not there fails only where it `must_run`."""
    try:
        own = version("ray")
    except PackageNotFoundError:
        yield Check("fail", "ray", "not installed", "make setup")
        return
    try:
        theirs = get_json(address, "/api/version")["ray_version"]
    except (DashboardError, KeyError, TypeError) as error:
        advice = "start one with make demo KEEP=1, ray start --head or ray up cluster.yaml; name it with --address"
        yield Check("fail" if must_run else "warn", "ray", f"no dashboard answers ({error})", advice)
        return
    if theirs != own:
        yield Check("fail", "ray", f"{theirs} at {address}, {own} here", "install the cluster's version here")
    else:
        yield Check("ok", "ray", f"{theirs} at {address}")
    yield from _serve(address)
    yield _charts(address)


def _serve(address: str) -> Iterator[Check]:
    try:
        applications = get_json(address, SERVE)["applications"]
    except (DashboardError, KeyError, TypeError) as error:
        yield Check("warn", "serve", str(error), "the dashboard's agent may still be starting")
        return
    if not applications:
        yield Check("warn", "serve", "no application", "serve deploy cluster/profiles/laptop/serve.yaml")
    for name, application in applications.items():
        yield _application(name, application["status"], application["message"], application["deployments"])


def _application(name: str, status: str, message: str, deployments: dict[str, dict[str, str]]) -> Check:
    sick = [f"{each}: {one['message']}" for each, one in deployments.items() if one["status"] != "HEALTHY"]
    if status == "RUNNING" and not sick:
        return Check("ok", "serve", f"{name} is running, {len(deployments)} deployments are healthy")
    level: Level = "warn" if status == "DEPLOYING" else "fail"
    return Check(level, "serve", f"{name} is {status}; {'; '.join(filter(None, (message, *sick)))}", "serve status")


def _charts(address: str) -> Check:
    missing = []
    for service in ("prometheus", "grafana"):
        try:
            answers = bool(get_json(address, f"/api/{service}_health")["result"])
        except (DashboardError, KeyError, TypeError):
            answers = False
        if not answers:
            missing.append(service.capitalize())
    if not missing:
        return Check("ok", "charts", "Prometheus and Grafana answer")
    advice = "the dashboard's charts will be empty; see ray metrics launch-prometheus"
    return Check("warn", "charts", f"no {' and no '.join(missing)}", advice)
