"""Style exemplars: host lines with their function, chosen for a section from other products."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from koubo.protocols import Embedder, ExemplarLine
from koubo.script.brief import Brief
from koubo.script.plan import SectionKind, SectionPlan
from koubo.script.tables import nouns, section_texts

FUNCTIONS = {kind.value: kind for kind in SectionKind} | {"selling_point": SectionKind.SELLING_POINTS}
FIELDS = ("id", "function", "text")
OWN_LINES = Path(__file__).parents[2] / "examples" / "speech" / "host_lines.jsonl"
"""The project's own lines: the exemplars where a setting names none."""
LIKE = 0.7
"""Worth of being near to the section, against being unlike the lines taken already."""


def load_exemplars(path: Path) -> tuple[ExemplarLine, ...]:
    """Read JSONL rows ``{id, function, text, persona}``. Raises ``ValueError`` naming file, row, field and value."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(_line(path, number, line) for number, line in enumerate(lines, start=1) if line.strip())


def _line(path: Path, number: int, line: str) -> ExemplarLine:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(f"{path}: row {number}: not JSON: {error}") from error
    for name in FIELDS:
        if not isinstance(row.get(name), str) or not row[name].strip():
            raise ValueError(f"{path}: row {number}: field {name}: {row.get(name)!r} is not text")
    if row["function"] not in FUNCTIONS:
        raise ValueError(f"{path}: row {number}: field function: {row['function']!r}; one of {', '.join(FUNCTIONS)}")
    return ExemplarLine(row["id"], FUNCTIONS[row["function"]], row["text"].strip())


@dataclass(frozen=True, slots=True)
class Shown:
    """The lines shown to a writer, and how they were chosen: by similarity, or drawn by the brief's seed."""

    lines: tuple[ExemplarLine, ...]
    by: Literal["similarity", "drawn"]


class Exemplars:
    """Host lines to choose from for a section: of its function, of no product like this one, and near in manner.

    Near is what an embedder finds near to what the section would say as planned; of lines that are alike, one is taken.
    One line in three shows slots in use: a planned line, since hosts' own words have none. What is copied from a line
    about another product shows.
    """

    def __init__(self, lines: Sequence[ExemplarLine], embedder: Embedder | None = None) -> None:
        """Choose from ``lines``; without an embedder they are drawn by the brief's seed."""
        self.lines = tuple(lines)
        self._embedder = embedder
        self._vectors: dict[str, NDArray[np.float32]] = {}

    async def choose(self, brief: Brief, section: SectionPlan, count: int) -> Shown:
        """Choose at most ``count`` lines for a section. An embedder that is away leaves the draw, which says so."""
        rng = random.Random(f"{brief.request.seed}/{brief.product_id}/{section.kind}")
        slotted = _with_slots(section.kind)
        shown = rng.sample(slotted, min(max(1, count // 3), len(slotted)))
        fitting, wanted = self._fitting(brief, section.kind), count - len(shown)
        drawn = rng.sample(fitting, min(wanted, len(fitting)))
        if self._embedder is None or wanted >= len(fitting):
            return Shown((*drawn, *shown), "drawn")
        try:
            nearest = await self._nearest(self._embedder, fitting, brief.filled(section.planned), wanted)
        except Exception:  # whatever the shell's transport raises: style is worth no script
            return Shown((*drawn, *shown), "drawn")
        return Shown((*nearest, *shown), "similarity")

    def _fitting(self, brief: Brief, kind: SectionKind) -> list[ExemplarLine]:
        own = [noun for noun in nouns() if noun in brief.title]
        return [line for line in self.lines if line.section == kind and not any(noun in line.text for noun in own)]

    async def _nearest(
        self, embedder: Embedder, lines: Sequence[ExemplarLine], about: str, count: int
    ) -> list[ExemplarLine]:
        """Take the nearest line, then each that is near and unlike those taken (maximal marginal relevance)."""
        new = [line.text for line in lines if line.text not in self._vectors]
        vectors = _unit(await embedder.embed([about, *new]))
        self._vectors.update(zip(new, vectors[1:], strict=True))
        own = np.stack([self._vectors[line.text] for line in lines])
        near, taken = own @ vectors[0], list[int]()
        while len(taken) < count:
            worth = LIKE * near - (1 - LIKE) * (own @ own[taken].T).max(axis=1, initial=-1.0)
            worth[taken] = -np.inf
            taken.append(int(np.argmax(worth)))
        return [lines[number] for number in taken]


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


def _with_slots(kind: SectionKind) -> list[ExemplarLine]:
    """Planned lines of a section that show a slot, written as a model would have to write them."""
    texts = [line for role in section_texts()[kind].values() for line in role["any"]["any"]]
    shown = [t.replace("{you}", "大家").replace("{point}", "{point1}") for t in texts if "{" in t]
    good = [t for t in shown if not any(offer in t for offer in ("{price}", "{stock}", "{deadline}", "{activity}"))]
    return [ExemplarLine(f"planned-{kind}-{number}", kind, text) for number, text in enumerate(good) if "{" in text]
