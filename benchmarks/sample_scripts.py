"""Scripts to be ranked: the project's own, written for the purpose in several voices, and real hosts' where present.

benchmarks/data/scripts.jsonl has one script a line: id, voice, half (dev or test), product (a row of a catalogue),
promotions, occasion, seconds, sections [{kind, text}].
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

OWN = Path(__file__).parent / "data" / "scripts.jsonl"
LIVE = Path(__file__).parents[2] / "shared" / "data" / "live"
SHORT = 8
"""Fewer clauses are a line, not a script: they have no closing and no order."""

Half = Literal["dev", "test"]
Section = tuple[str | None, str]
"""A section's kind (None where a text has no sections) and its written text."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A script: its sections, and what was asked for with the facts (None for real lines, whose facts are unknown)."""

    id: str
    kind: str
    half: Half
    sections: tuple[Section, ...]
    row: dict[str, Any] | None

    @property
    def whole(self) -> bool:
        """Whether it is a script rather than a single line."""
        return sum(text.count("，") + text.count("。") for _, text in self.sections) >= SHORT


def own_scripts(path: Path = OWN) -> Iterator[Sample]:
    """The project's own scripts."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        sections = tuple((section["kind"], section["text"]) for section in row["sections"])
        yield Sample(row["id"], f"written: {row['voice']}", row["half"], sections, row)


def real_scripts(folder: Path = LIVE) -> Iterator[Sample]:
    """Real hosts' scripts and lines, alternately of the two halves; nothing where the folder is not there."""
    if not folder.is_dir():
        return
    for number, text in enumerate(_real_texts(folder)):
        half: Half = "test" if number % 2 else "dev"
        yield Sample(f"real-{number}", "real host", half, ((None, text),), None)


def _real_texts(folder: Path) -> Iterator[str]:
    for script in _json(folder / "real_scripts.json")["scripts"]:
        if "银螺" not in script["title"]:  # unsafe as it stands
            yield script["text"]
    for cues in _json(folder / "papercraft_asr.json")["segments"]:
        yield "，".join(cue["content"] for cue in cues) + "。"
    rows = _json(folder / "sales_lines.json")
    yield from (line for kind in ("category_example", "selling", "cta", "hook") for line in rows[kind])


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
