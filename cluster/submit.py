"""Submitting the project's jobs to a Ray cluster: the checkout travels as the working directory, its logs come back.

A thin layer over Ray's JobSubmissionClient. It is the same as

    ray job submit --address URL --working-dir . -- python -m data_jobs.ocr_images --images ... --out ...

plus: what the job does not need stays at home, and a relative path is refused before anything is sent.
"""

from __future__ import annotations

import asyncio
import os
import shlex
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from unittest import mock

from ray.job_submission import JobStatus, JobSubmissionClient

ROOT = Path(__file__).parents[1]
ADDRESS_VARIABLES = ("RAY_API_SERVER_ADDRESS", "RAY_ADDRESS")
# Patterns as in .gitignore, from the project's root; Ray leaves out what .gitignore names as well.
EXCLUDES = [
    ".git",
    ".venv",
    "out",
    "/tests",
    "/benchmarks",
    "/examples/images",
    "__pycache__",
    ".*_cache",
    "*.egg-info",
]


class SubmitError(Exception):
    """A job that was not sent; the message says why and what to write instead."""


def job_client(address: str) -> JobSubmissionClient:
    """A client of the cluster whose dashboard is at `address`, whatever Ray's environment variables say.

    Raises:
        SubmitError: nothing answers there.
    """
    others = {name: value for name, value in os.environ.items() if name not in ADDRESS_VARIABLES}
    try:
        with mock.patch.dict(os.environ, others, clear=True):  # Ray lets its variables win over the argument
            return JobSubmissionClient(address)
    except (ConnectionError, RuntimeError) as error:
        raise SubmitError(
            f"no Ray cluster answers at {address}; start one (make demo KEEP=1, ray start --head, ray up cluster.yaml) "
            "or name its dashboard with --address"
        ) from error


def check_paths(arguments: Sequence[str]) -> None:
    """Refuse values that look like relative paths: the job runs in another folder, usually on another machine.

    Raises:
        SubmitError: with the absolute form to write instead.
    """
    for argument in arguments:
        flag, equals, value = argument.rpartition("=") if argument.startswith("-") else ("", "", argument)
        if _is_relative_path(value):
            raise SubmitError(
                f"{argument}: a relative path. The job runs in a copy of this checkout on the cluster, where it would "
                f"mean another place; write {flag}{equals}{Path(value).resolve()} if all nodes see that path, or a URI"
            )


def entrypoint(module: str, arguments: Sequence[str]) -> str:
    """The job's command, `python -m MODULE ARGUMENTS`, quoted for the shell.

    Raises:
        SubmitError: no such module in the checkout, or a relative path among the arguments.
    """
    place = ROOT.joinpath(*module.split("."))
    if not place.with_suffix(".py").is_file() and not (place / "__main__.py").is_file():
        raise SubmitError(f"{module}: no such module in {ROOT}; a job is named like data_jobs.ocr_images")
    check_paths(arguments)
    return shlex.join(["python", "-m", module, *arguments])


def submit(client: JobSubmissionClient, command: str) -> str:
    """Send a command with this checkout as its working directory; returns the submission id."""
    return client.submit_job(entrypoint=command, runtime_env={"working_dir": str(ROOT), "excludes": EXCLUDES})


def follow(client: JobSubmissionClient, job_id: str, line: Callable[[str], None]) -> int:
    """Give each line of the job's log to `line` until the job ends; returns the exit code that the job's status means.

    0 when it succeeded, the driver's own code when it failed with one, else 1.
    """
    asyncio.run(_tail(client, job_id, line))
    while not client.get_job_status(job_id).is_terminal():
        time.sleep(0.2)
    details = client.get_job_info(job_id)
    if details.status == JobStatus.SUCCEEDED:
        return 0
    if details.driver_exit_code is None:  # it was stopped, or never started: its log does not say so
        for each in f"{details.status.value}: {details.message or 'no reason given'}".splitlines():
            line(each)
    return details.driver_exit_code or 1


def run_job(address: str, module: str, arguments: Sequence[str], line: Callable[[str], None]) -> bool:
    """Submit a job to the cluster whose dashboard is at `address`, follow its log by lines; True when it succeeded.

    Raises:
        SubmitError: nothing answers at `address`, no such module, or a relative path among the arguments.
    """
    command = entrypoint(module, arguments)
    client = job_client(address)
    return follow(client, submit(client, command), line) == 0


def _is_relative_path(value: str) -> bool:
    if not value or "://" in value or value.startswith(("-", "/", "~")):
        return False
    if value.startswith(("./", "../")) or value in (".", ".."):
        return True
    # Only what is really there: an organisation's model name has a slash as well.
    first_folder = value.split("/", 1)[0]
    with suppress(OSError):
        return Path(value).exists() or ("/" in value and Path(first_folder).is_dir())
    return False


async def _tail(client: JobSubmissionClient, job_id: str, line: Callable[[str], None]) -> None:
    rest = ""
    async for chunk in client.tail_job_logs(job_id):
        *lines, rest = (rest + chunk).split("\n")
        for each in lines:
            line(each)
    if rest:
        line(rest)
