"""Likely breaches on what the model was not trained on: a half is left out, and a fold of ordinary texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

from koubo.rubric.likely_breaches import LikelyBreaches
from koubo.rubric.safety import find_breaches
from koubo.rubric.sentences import sentences
from koubo.rubric.settings import default_rubric
from train.comparing import Share
from train.safety_words import Ordinary, fit, read_rows

ROOT = Path(__file__).parents[1]
ORDINARY = (ROOT / "benchmarks/data/scripts.jsonl", ROOT / "examples/speech/host_lines.jsonl")
FOLDS = 4
"""Of ordinary texts, not of sentences: sentences of one script are about the same product."""


class Labelled(Protocol):
    """A labelled sentence of a half."""

    text: str
    unsafe: bool
    half: str


def ordinary_texts(path: Path) -> list[list[str]]:
    """The sentences of each text that is fine."""
    return [row.sentences for row in read_rows(path, "ordinary", Ordinary)]


def trained_without(half: str, rows: Sequence[Labelled]) -> LikelyBreaches:
    """Train as the file that ships is trained, on the rows of the other halves and all ordinary texts."""
    fine = [texts for path in ORDINARY for texts in ordinary_texts(path)]
    return _trained([row for row in rows if row.half != half], fine)


def _trained(rows: Sequence[Labelled], fine: Iterable[list[str]]) -> LikelyBreaches:
    ordinary = [one for texts in fine for one in texts]
    return fit([row.text for row in rows] + ordinary, [row.unsafe for row in rows] + [False] * len(ordinary))


def marks(model: LikelyBreaches, text: str, threshold: float) -> bool:
    """Whether a sentence of a text is like known breaches."""
    return any(model.found(one, threshold) for one in sentences(text))


def false_alarms(rows: Sequence[Labelled]) -> dict[str, dict[str, Any]]:
    """Share of ordinary sentences that are marked, by file; each is judged by a model that its text did not train."""
    at = default_rubric().likely_breach
    files = {path.name: ordinary_texts(path) for path in ORDINARY}
    held: dict[str, list[tuple[str, LikelyBreaches]]] = {name: [] for name in files}
    for fold in range(FOLDS):
        model = _trained(rows, (t for texts in files.values() for i, t in enumerate(texts) if i % FOLDS != fold))
        for name, texts in files.items():
            held[name] += [(one, model) for i, text in enumerate(texts) if i % FOLDS == fold for one in text]
    return {
        name: {
            "rules": _share(_unsafe(one) for one, _ in judged),
            "marked": _share(marks(model, one, at.marked_from) for one, model in judged),
            "refused": _share(marks(model, one, at.refused_from) for one, model in judged),
        }
        for name, judged in held.items()
    }


def _unsafe(text: str) -> bool:
    return any(breach.severity == "unsafe" for breach in find_breaches(text))


def _share(outcomes: Iterable[bool]) -> dict[str, Any]:
    share = Share.of(list(outcomes))
    return {"marked": share.right, "of": share.total, "low": round(share.low, 4), "high": round(share.high, 4)}


def sides_of(half: str, rows: Sequence[Labelled]) -> dict[str, Callable[[str], bool]]:
    """Rules with the layer at both of its thresholds, trained without a half."""
    model, at = trained_without(half, rows), default_rubric().likely_breach
    return {
        WITH_LIKELY: lambda text: _unsafe(text) or marks(model, text, at.marked_from),
        AS_REFUSED: lambda text: _unsafe(text) or marks(model, text, at.refused_from),
    }


WITH_LIKELY = "koubo, with likely"
AS_REFUSED = "koubo, as refused"
