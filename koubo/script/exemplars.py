"""Style exemplars: host lines with their function, chosen for a section from other products."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path

from koubo.protocols import ExemplarLine
from koubo.script.brief import Brief
from koubo.script.plan import SectionKind
from koubo.script.tables import nouns, section_texts

FUNCTIONS = {kind.value: kind for kind in SectionKind} | {"selling_point": SectionKind.SELLING_POINTS}
FIELDS = ("id", "function", "text")


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


def choose_exemplars(
    lines: Sequence[ExemplarLine], brief: Brief, kind: SectionKind, count: int
) -> tuple[ExemplarLine, ...]:
    """Choose lines of a section's function that speak of no product like this one, so that what is copied shows.

    One line in three shows slots in use: a planned line, since hosts' own words have none.
    """
    rng = random.Random(f"{brief.request.seed}/{brief.product_id}/{kind}")
    own = [noun for noun in nouns() if noun in brief.title]
    fitting = [line for line in lines if line.section == kind and not any(noun in line.text for noun in own)]
    slotted = _with_slots(kind)
    shown = rng.sample(slotted, min(max(1, count // 3), len(slotted)))
    return (*rng.sample(fitting, min(count - len(shown), len(fitting))), *shown)


def _with_slots(kind: SectionKind) -> list[ExemplarLine]:
    """Planned lines of a section that show a slot, written as a model would have to write them."""
    texts = [line for role in section_texts()[kind].values() for line in role["any"]["any"]]
    shown = [t.replace("{you}", "大家").replace("{point}", "{point1}") for t in texts if "{" in t]
    good = [t for t in shown if not any(offer in t for offer in ("{price}", "{stock}", "{deadline}", "{activity}"))]
    return [ExemplarLine(f"planned-{kind}-{number}", kind, text) for number, text in enumerate(good) if "{" in text]
