"""What a picture is about, from its text: words and patterns that operators edit, and the meaning of sentences.

A page is a selling point where no topic counts enough but it says something, and other where it says nothing: a bare
product, a logo, colour names, the heading of a section, a remark that the real thing may look different.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from data_jobs.job import JobError
from data_jobs.topic_tables import check_topics, read_yaml

TOPICS_FILE = str(Path(__file__).with_name("topics.yaml"))
HEADING = 0.8
"""Print of at least this share of the page's largest is a heading; so is a line that is a title and nothing else."""
_NO_HANZI = re.compile(r"[^\u4e00-\u9fff]+")
_PIECE = re.compile(r"[\s|·•]+")


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
    hanzi: int = Field(ge=1)
    title: float = Field(ge=1)
    most_lines: int = Field(ge=0)
    long: int = Field(ge=1)
    share: float = Field(ge=0)
    meaning: float = Field(ge=0)
    meaning_above: float = Field(ge=-1, lt=1)
    silent: list[re.Pattern[str]]
    topics: dict[str, TopicWords]


@dataclass(frozen=True, slots=True)
class TopicChoice:
    """A topic and how sure it is: 0.5 where another was as likely, towards 1 where nothing else came near."""

    topic: str
    confidence: float


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
        table = TopicTable.model_validate(read_yaml(path))
    except ValidationError as error:
        raise JobError(f"{path}: {error}") from error
    check_topics(path, table.topics)
    return table


def embed_examples(table: TopicTable, encode: Callable[[Sequence[str]], NDArray[np.float32]]) -> Meanings:
    """Vectors of the example sentences of the topics that have any; `encode` gives one unit vector a sentence."""
    return Meanings({topic: encode(words.examples) for topic, words in table.topics.items() if words.examples})


def scores(
    table: TopicTable, lines: Sequence[tuple[str, float]], similarities: Mapping[str, float]
) -> dict[str, float]:
    """What each topic counts.

    Args:
        lines: text and print height of each line of the page.
        similarities: cosine of the page's text to the nearest example of each topic; may be empty.
    """
    clean = [(unicodedata.normalize("NFKC", text), height) for text, height in lines]
    page = _Page([text for text, _ in clean], _large(clean), table.long)
    return {
        topic: table.title * _headings(words.titles, page)
        + page.rarity * (_count(words, page.body) + min(table.most_lines, len(page.matching(words))))
        + table.share * page.share(words)
        + table.meaning * max(0.0, similarities.get(topic, -1.0) - table.meaning_above)
        for topic, words in table.topics.items()
    }


class _Page:
    """The lines of a page, cleaned, and what is counted once for all topics."""

    def __init__(self, lines: Sequence[str], large: str, long: int) -> None:
        self.lines, self.large = lines, large
        self.body = "\n".join(lines)
        self.alone = {_NO_HANZI.sub("", text) or text.strip() for text in lines}
        self._hanzi = len(_NO_HANZI.sub("", self.body))
        self.rarity = min(1.0, long / max(1, self._hanzi))

    def matching(self, words: TopicWords) -> list[str]:
        """The lines that match a pattern of a topic."""
        return [line for line in self.lines if any(pattern.search(line) for pattern in words.patterns)]

    def share(self, words: TopicWords) -> float:
        """Share of the page's Chinese that stands in lines with a title or pattern of a topic."""
        titles = [*map(_clean, words.titles)]
        speaking = {line for line in self.lines if any(title in line for title in titles)} | {*self.matching(words)}
        return sum(len(_NO_HANZI.sub("", line)) for line in self.lines if line in speaking) / max(1, self._hanzi)


def _large(lines: Sequence[tuple[str, float]]) -> str:
    """The headings of a page: the lines in print among its largest."""
    largest = max((height for _, height in lines), default=0.0)
    return "\n".join(text for text, height in lines if height >= HEADING * largest)


def _headings(titles: Sequence[str], page: _Page) -> int:
    return sum(title in page.large or title in page.alone for title in map(_clean, titles))


def _count(words: TopicWords, text: str) -> int:
    return sum(_clean(word) in text for word in (*words.titles, *words.words))


def _clean(word: str) -> str:
    return unicodedata.normalize("NFKC", word)


def choose(table: TopicTable, text: str, counted: Mapping[str, float]) -> TopicChoice:
    """The topic that counts most, if it counts enough; of equals the one that stands first in the table.

    Args:
        text: of the page; line breaks and spaces part its pieces.
        counted: what each topic counts (see `scores`).
    """
    first, second = sorted(table.topics, key=lambda topic: -counted[topic])[:2]
    if counted[first] >= table.enough:
        return TopicChoice(first, _share(counted[first], counted[second]))
    said = said_hanzi(table, text)
    topic = "selling_point" if said >= table.hanzi else "other"
    near = 1 - counted[first] / (2 * table.enough)
    return TopicChoice(topic, min(near, _share(max(said, table.hanzi), min(said, table.hanzi))))


def _share(most: float, next_best: float) -> float:
    return most / (most + max(next_best, 0.0))


def said_hanzi(table: TopicTable, text: str) -> int:
    """Chinese characters of the pieces that say something; Latin on these pictures is a name or decoration."""
    pieces = (_NO_HANZI.sub("", piece) for piece in _PIECE.split(unicodedata.normalize("NFKC", text)))
    return sum(len(piece) for piece in set(pieces) if not any(silent.search(piece) for silent in table.silent))


def similarities(meanings: Meanings, vector: NDArray[np.float32]) -> dict[str, float]:
    """Cosine of a unit vector to the nearest example of each topic that has examples."""
    return {topic: float((examples @ vector).max()) for topic, examples in meanings.vectors.items()}
