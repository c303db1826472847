"""What pictures are known to be about and to state: labels by hand, and what the example pictures were drawn with."""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
SHARED_TOPICS = ROOT / "tests/data_jobs/understanding/shared_topics.tsv"
DRAWN = ROOT / "examples/pictures.yaml"
TABLES = ("pairs", "table", "certificate")
_NAME = re.compile(r"[\u4e00-\u9fff]{2,}.*")
UNREADABLE = ("corrupt", "tiny_print", "overlong")
"""What some example pictures are drawn to be; they give no facts, so they are not counted."""


@dataclass(frozen=True, slots=True)
class Label:
    """A picture's topic, another that a person would accept (or an empty text), and its half: tune or held."""

    topic: str
    also: str
    half: str


def shared_topics() -> dict[str, Label]:
    """{image id: label} of the labelled pictures, which are not part of the project."""
    with SHARED_TOPICS.open(encoding="utf-8") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return {row["image_id"]: Label(row["topic"], row["also"], row["half"]) for row in rows}


def drawn_pairs() -> dict[str, set[tuple[str, str]]]:
    """{image id: packed names and values} that the example pictures print; a near duplicate has its original's."""
    pictures = {picture["id"]: picture for picture in yaml.safe_load(DRAWN.read_text(encoding="utf-8"))}
    readable = {name: one for name, one in pictures.items() if one.get("expected") not in UNREADABLE}
    return {name: _pairs(pictures[one.get("variant_of", name)]) for name, one in readable.items()}


def _pairs(picture: dict[str, Any]) -> set[tuple[str, str]]:
    rows = [[*map(packed, row)] for row in picture.get("rows", ())]
    if picture.get("template") == "size_chart":
        return {_size(rows[0], row) for row in rows[1:]}
    if picture.get("template") not in TABLES:
        return set()
    headline = picture.get("line", "").split(" ", 1) if picture["template"] == "certificate" else []
    note = picture.get("note", "").split(" ", 1) if picture["template"] == "certificate" else []
    aside = {(packed(one[0]), packed(one[1])) for one in (headline, note) if len(one) == 2 and _CODE.search(one[1])}
    return {(name, value) for name, value in rows} | aside


_CODE = re.compile(r"^[A-Z\d][A-Z\d-]*\s?号?$")


def _size(header: list[str], row: list[str]) -> tuple[str, str]:
    label = row[0] if _NAME.fullmatch(row[0]) else header[0] + row[0]
    return label, "".join(name + value for name, value in zip(header[1:], row[1:], strict=True))


def packed(text: Any) -> str:
    """A text without spaces, in its compatible form."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", str(text)))
