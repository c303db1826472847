"""What a picture is about, from its text: words and patterns that operators edit, and the meaning of sentences."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fsspec
import numpy as np
import yaml
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from data_jobs.job import JobError
from data_jobs.schemas import TOPICS

TOPICS_FILE = str(Path(__file__).with_name("topics.yaml"))
PRIORITIES_FILE = str(Path(__file__).with_name("priorities.yaml"))
HEADING = 0.8
"""Print of at least this share of the page's largest is a heading."""


class TopicWords(BaseModel):
    """One topic's titles, words, regular expressions and example sentences."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)
    titles: list[str]
    words: list[str]
    patterns: list[re.Pattern[str]]
    examples: list[str]


class TopicTable(BaseModel):
    """The table that operators edit; its comments explain the fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    enough: float = Field(gt=0)
    letters: int = Field(ge=0)
    title: float = Field(ge=1)
    most_lines: int = Field(ge=0)
    meaning: float = Field(ge=0)
    meaning_above: float = Field(ge=-1, lt=1)
    topics: dict[str, TopicWords]


@dataclass(frozen=True, slots=True)
class Meanings:
    """Unit vectors of each topic's example sentences."""

    vectors: Mapping[str, NDArray[np.float32]]


def load_topics(path: str = TOPICS_FILE) -> TopicTable:
    """Read and check a topic table.

    Raises:
        JobError: unreadable, or a topic missing, unknown or wrong; names file and field.
    """
    try:
        table = TopicTable.model_validate(_load_yaml(path))
    except ValidationError as error:
        raise JobError(f"{path}: {error}") from error
    _check_topics(path, table.topics)
    return table


def load_priorities(path: str = PRIORITIES_FILE) -> dict[str, int]:
    """Read and check the business table: topic -> priority, 1 first.

    Raises:
        JobError: unreadable, a topic missing or unknown, or a priority that is no whole number from 1.
    """
    table = _load_yaml(path)
    if not isinstance(table, dict):
        raise JobError(f"{path}: one `topic: priority` a line is needed")
    _check_topics(path, table)
    for topic, priority in table.items():
        if not isinstance(priority, int) or priority < 1:
            raise JobError(f"{path}: {topic}: {priority!r} is no whole number from 1")
    return table


def _load_yaml(path: str) -> Any:
    try:
        with fsspec.open(path, "r", encoding="utf8") as file:
            return yaml.safe_load(file)
    except (OSError, yaml.YAMLError) as error:
        raise JobError(f"{path}: {error}") from error


def _check_topics(path: str, topics: Mapping[str, Any]) -> None:
    missing, unknown = sorted(set(TOPICS) - set(topics)), sorted(set(topics) - set(TOPICS))
    if missing or unknown:
        raise JobError(
            f"{path}: missing topics {missing}, unknown topics {unknown}; the topics are {', '.join(TOPICS)}"
        )


def scores(
    table: TopicTable, lines: Sequence[tuple[str, float]], similarities: Mapping[str, float]
) -> dict[str, float]:
    """What each topic counts.

    Args:
        lines: text and print height of each line of the page.
        similarities: cosine of the page's text to the nearest example of each topic; may be empty.
    """
    clean = [(unicodedata.normalize("NFKC", text), height) for text, height in lines]
    largest = max((height for _, height in clean), default=0.0)
    heading = "\n".join(text for text, height in clean if height >= HEADING * largest)
    body = "\n".join(text for text, _ in clean)
    return {
        topic: table.title * _count(words.titles, heading)
        + _count([*words.titles, *words.words], body)
        + _matches(words, [text for text, _ in clean], table.most_lines)
        + table.meaning * max(0.0, similarities.get(topic, -1.0) - table.meaning_above)
        for topic, words in table.topics.items()
    }


def _count(words: Sequence[str], text: str) -> int:
    return sum(unicodedata.normalize("NFKC", word) in text for word in words)


def _matches(words: TopicWords, lines: Sequence[str], most: int) -> float:
    return float(min(most, sum(any(pattern.search(line) for pattern in words.patterns) for line in lines)))


def decide(table: TopicTable, text: str, counted: Mapping[str, float]) -> str:
    """The topic that counts most, if it counts enough; of equals the one that stands first in the table."""
    best = max(table.topics, key=lambda topic: counted[topic])
    if counted[best] >= table.enough:
        return best
    return "selling_point" if sum(map(str.isalnum, text)) >= table.letters else "other"


def similarities(meanings: Meanings, vector: NDArray[np.float32]) -> dict[str, float]:
    """Cosine of a unit vector to the nearest example of each topic that has examples."""
    return {topic: float((examples @ vector).max()) for topic, examples in meanings.vectors.items()}
