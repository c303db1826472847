"""Operating a cluster: submit jobs, look at it, check a machine.

  python -m cluster submit data_jobs.ocr_images -- --images /data/pictures --out /data/ocr
  python -m cluster status
  python -m cluster doctor --profile laptop
  python -m cluster models

The cluster is the one whose dashboard is at --address, else at RAY_API_SERVER_ADDRESS, else http://127.0.0.1:8265.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from cluster.settings import SettingsError, load_profile

SUBMIT = """Send one of the project's jobs to a cluster and follow its log.

This checkout is sent along as the job's working directory. Paths must be absolute (and seen by all nodes) or URIs: the
job runs elsewhere. Everything after -- goes to the job; `python -m JOB --help` lists what it takes. The exit code is 0
when the job succeeded, else the job's own. Ctrl-C stops following; the job goes on."""

EXAMPLE = "example: python -m cluster submit data_jobs.ocr_images -- --images /data/pictures --out /data/ocr"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    options = _parser().parse_args(argv)
    commands = {"submit": _submit, "status": _status, "doctor": _doctor, "models": _models}
    try:
        return commands[options.command](options)
    except SettingsError as error:
        print(f"cluster {options.command}: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("python -m cluster", description=__doc__, formatter_class=raw)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, words: str, description: str, epilog: str = "") -> argparse.ArgumentParser:
        return commands.add_parser(name, help=words, description=description, epilog=epilog, formatter_class=raw)

    submit = command("submit", "send a job and follow its log", SUBMIT, EXAMPLE)
    submit.add_argument("module", metavar="JOB", help="module of the job, such as data_jobs.ocr_images or train.sft")
    submit.add_argument("arguments", nargs="*", metavar="-- ARGS", help="arguments of the job")
    submit.add_argument("--no-wait", action="store_true", help="return once the job is accepted")
    status = command("status", "nodes, jobs and Serve applications", "Nodes, resources, jobs and Serve applications.")
    doctor = command("doctor", "check this machine and the cluster", _doctor_words())
    models = command(
        "models", "model sources of a profile", "Where the models of a profile come from, and whether made."
    )
    for each in (doctor, models):
        each.add_argument("--profile", default="laptop", help="machine class: laptop (default) or gpu")
    for each in (submit, status, doctor):
        each.add_argument("--address", metavar="URL", help="the cluster's dashboard, such as http://10.0.0.1:8265")
    return parser


def _doctor_words() -> str:
    return """Check this machine and, where one runs, the cluster; each line says ok, warn or fail and what to do.

The exit code is 1 when a line says fail. A cluster that does not run is only a failure when --address names it."""


def _submit(options: argparse.Namespace) -> int:
    from cluster.dashboard import cluster_address
    from cluster.submit import SubmitError, entrypoint, follow, job_client, submit

    address = cluster_address(options.address)
    try:
        command = entrypoint(options.module, options.arguments)
        client = job_client(address)
        job_id = submit(client, command)
    except SubmitError as error:
        print(f"cluster submit: {error}", file=sys.stderr)
        return 2
    print(f"job {job_id} on {address}: {address}/#/jobs/{job_id}", file=sys.stderr)
    if options.no_wait:
        return 0
    try:
        return follow(client, job_id, lambda line: print(line, flush=True))
    except KeyboardInterrupt:
        print(f"\nthe job goes on; to stop it: ray job stop --address {address} {job_id}", file=sys.stderr)
        return 130


def _status(options: argparse.Namespace) -> int:
    from cluster.dashboard import cluster_address
    from cluster.status import StatusError, cluster_status

    try:
        print("\n".join(cluster_status(cluster_address(options.address))))
    except StatusError as error:
        print(f"cluster status: {error}", file=sys.stderr)
        return 1
    return 0


def _doctor(options: argparse.Namespace) -> int:
    from cluster.doctor import examine

    return examine(options.profile, options.address)


def _models(options: argparse.Namespace) -> int:
    from cluster.checks.sources import source_checks

    for check in source_checks(load_profile(options.profile).models):
        print(check)
    return 0


if __name__ == "__main__":
    sys.exit(main())
