"""Reading the tables of topics that operators edit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import fsspec
import yaml

from data_jobs.job import JobError
from data_jobs.schemas import TOPICS


def read_yaml(path: str) -> Any:
    """The content of a YAML file at a path or a URI. Raises JobError that names it."""
    try:
        with fsspec.open(path, "r", encoding="utf8") as file:
            return yaml.safe_load(file)
    except (OSError, yaml.YAMLError) as error:
        raise JobError(f"{path}: {error}") from error


def check_topics(path: str, topics: Mapping[str, Any]) -> None:
    """Check that a table has every topic and no other. Raises JobError that names file and topics."""
    missing, unknown = sorted(set(TOPICS) - set(topics)), sorted(set(topics) - set(TOPICS))
    if missing or unknown:
        raise JobError(
            f"{path}: missing topics {missing}, unknown topics {unknown}; the topics are {', '.join(TOPICS)}"
        )
