"""The business table of topics: complete as it comes, refused where it is not."""

from pathlib import Path

import pytest
import yaml

from data_jobs.clustering.priorities import load_priorities
from data_jobs.job import JobError
from data_jobs.schemas import TOPICS


def test_the_projects_table_names_every_topic() -> None:
    assert sorted(load_priorities()) == sorted(TOPICS)


def test_a_wrong_table_is_refused_with_its_name(tmp_path: Path) -> None:
    path = tmp_path / "priorities.yaml"
    path.write_text("promotion: 1\nspecs: 2\n")
    with pytest.raises(JobError, match=r"priorities.yaml: missing topics .*unknown topics \['specs'\]"):
        load_priorities(str(path))
    path.write_text(yaml.safe_dump({**load_priorities(), "usage": "first"}))
    with pytest.raises(JobError, match="usage: 'first' is no whole number from 1"):
        load_priorities(str(path))
