"""The demo's course: jobs, application, scripts, a price change, a report."""

from __future__ import annotations

import json
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from rich.console import Console

from cluster.demo import show
from cluster.demo.application import DeployError, Routes, application_config, deploy, wait_running
from cluster.demo.report import DemoRecord, write_report
from cluster.demo.steps import StepDisplay, Steps
from cluster.local import LocalCluster, local_cluster
from cluster.settings import load_profile
from cluster.submit import run_job

if TYPE_CHECKING:
    from cluster.demo.__main__ import DemoSettings

PRICE_STEP = "10.01"  # what the demo takes off a price, so that its cents are heard


class DemoError(Exception):
    """A step of the demo failed; the message says which and where its log is."""


def run_demo(settings: DemoSettings, console: Console) -> None:
    """Run every step, print the scripts, write the report; the cluster ends with it unless `keep` is set.

    Raises:
        DemoError: a job failed, the application did not come up, or a route answered with an error.
    """
    steps = Steps(console)
    record = DemoRecord(settings.profile, settings.catalog, settings.images, settings.out, steps.done)
    _fresh_folder(settings.out)
    with _clear_errors(), _cluster(settings, steps) as cluster:
        record.links["dashboard"] = cluster.dashboard_url
        _material(settings, cluster, steps)
        routes = _application(settings, cluster, steps, record)
        _scripts(settings, routes, steps, record)
        _price_change(routes, steps, record)
        with steps.step("Write the report"):
            record.links["report"] = str(write_report(record))
        show.scripts(console, record)
        show.links(console, record, kept=settings.keep)
