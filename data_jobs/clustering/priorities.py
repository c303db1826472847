"""What each topic is worth to the business: a table that operators edit."""

from __future__ import annotations

from pathlib import Path

from data_jobs.job import JobError
from data_jobs.topic_tables import check_topics, read_yaml

PRIORITIES_FILE = str(Path(__file__).with_name("priorities.yaml"))


def load_priorities(path: str = PRIORITIES_FILE) -> dict[str, int]:
    """Read and check the business table: topic -> priority, 1 first.

    Raises:
        JobError: unreadable, a topic missing or unknown, or a priority that is no whole number from 1.
    """
    table = read_yaml(path)
    if not isinstance(table, dict):
        raise JobError(f"{path}: one `topic: priority` a line is needed")
    check_topics(path, table)
    for topic, priority in table.items():
        if not isinstance(priority, int) or priority < 1:
            raise JobError(f"{path}: {topic}: {priority!r} is no whole number from 1")
    return table
