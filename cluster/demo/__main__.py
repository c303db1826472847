"""`python -m cluster.demo`: see `cluster.demo.settings`."""

from __future__ import annotations

import logging
import sys

from rich.console import Console

from cluster.demo.run import DemoError, run_demo
from cluster.demo.settings import DemoSettings
from cluster.demo.show import WIDTH

# Ray's loggers that speak of uploads and sockets: the jobs' logs are kept in files, the console is for people.
TALKERS = ("ray.dashboard.modules.dashboard_sdk", "ray.dashboard.modules.job.sdk", "ray._private")


def main() -> None:
    """Run the demo; exits with 1 and a message when a step fails."""
    settings = DemoSettings.from_cli()
    for talker in TALKERS:
        logging.getLogger(talker).setLevel(logging.ERROR)
    console = Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH)
    try:
        run_demo(settings, console)
    except DemoError as error:
        console.print(f"demo: {error}", style="red", markup=False)
        sys.exit(1)


if __name__ == "__main__":
    main()
