"""`python -m cluster doctor`: is this machine fit for the profile, and is the cluster well?"""

from __future__ import annotations

from collections.abc import Iterator

from cluster.checks import Check
from cluster.checks.machine import machine_checks
from cluster.checks.running import cluster_checks
from cluster.checks.sources import source_checks
from cluster.dashboard import cluster_address
from cluster.settings import load_profile


def checks(profile: str, address: str | None) -> Iterator[Check]:
    """All checks: machine, model sources, cluster. A cluster must run only where `address` names it.

    Raises:
        SettingsError: an unknown profile.
    """
    loaded = load_profile(profile)
    yield from machine_checks(loaded)
    yield from source_checks(loaded.models)
    yield from cluster_checks(cluster_address(address), must_run=address is not None)


def examine(profile: str, address: str | None) -> int:
    """Print the checks one by one, then a sum; returns 1 where one failed, else 0."""
    counts = {"ok": 0, "warn": 0, "fail": 0}
    for check in checks(profile, address):
        counts[check.level] += 1
        print(check, flush=True)
    print(f"{counts['ok']} ok, {counts['warn']} to know, {counts['fail']} to mend")
    return 1 if counts["fail"] else 0
