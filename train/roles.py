"""The roles that a trained model can fill, and how a canary scores a model for each: few rows, the way serving asks.

| role | what the model does | score |
|---|---|---|
| `choice` | weighs the candidates of a marked span | share of ambiguous spans whose likeliest is accepted |
| `rewrite` | writes a sentence as it is said | share of labelled spans that are said as accepted |
| `write` | writes sections of scripts | share of sections with a usable text |
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from koubo.dataset.decisions import LOOSE, Decision, decisions, decisions_of
from koubo.dataset.labelled_lines import labelled_lines, row_error
from koubo.dataset.labels import LabelledText
from koubo.dataset.rows import RowError, read_lines
from koubo.reading import lattice
from koubo.reading.prompts import mark, rewriting
from koubo.reading.rewriting import aligned, heard
from train.decoding import GreedyDecoder
from train.likelihood import CandidateScorer
from train.settings import TrainError
from train.writing_canary import usable_sections

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

RoleName = Literal["choice", "rewrite", "write"]


@dataclass(frozen=True, slots=True)
class Canary:
    """What is tried: labelled texts (koubo/dataset/labels.py), and a catalogue whose products are written about."""

    readings: Path
    shop: Path


@dataclass(frozen=True, slots=True)
class Score:
    """How many of how many were right."""

    right: int
    count: int

    @property
    def share(self) -> float:
        """0 to 1."""
        return self.right / self.count

    def __str__(self) -> str:
        """Share and counts."""
        return f"{self.share:.3f} ({self.right} of {self.count})"


@dataclass(frozen=True, slots=True)
class Role:
    """A role: what its score is called, the least that is put into service, and how it is measured."""

    metric: str
    floor: float
    measure: Callable[[PreTrainedModel, PreTrainedTokenizerBase, Canary], Score]


def choice(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, canary: Canary) -> Score:
    """Spans whose likeliest candidate is accepted, of those that context decides."""
    found = _decisions(canary.readings)
    questions = [(mark(d.text, d.choice.start, d.choice.end), [o.spoken for o in d.choice.options]) for d in found]
    scores = CandidateScorer(model, tokenizer).likelihoods(questions)
    return Score(sum(d.right(own) for d, own in zip(found, scores, strict=True)), len(found))


def rewrite(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, canary: Canary) -> Score:
    """Labelled spans that a greedily written sentence says as accepted, in their place."""
    texts = _labelled(canary.readings)
    spoken = GreedyDecoder(model, tokenizer).completions([rewriting(labelled.text) for labelled in texts])
    said = [right for labelled, one in zip(texts, spoken, strict=True) for right in _said(labelled, one)]
    return Score(sum(said), len(said))


def write(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, canary: Canary) -> Score:
    """Sections for which the model writes a text that the application would say."""
    return Score(*usable_sections(GreedyDecoder(model, tokenizer).completions, canary.shop))


ROLES: Mapping[RoleName, Role] = {
    "choice": Role("accuracy", 0.85, choice),
    "rewrite": Role("accuracy", 0.7, rewrite),
    "write": Role("usable", 0.3, write),
}


def _decisions(file: Path) -> list[Decision]:
    found, errors = decisions(read_lines(file, "canary"), file.name)
    _refuse(errors)
    if not found:
        raise TrainError(f"--canary {file}: no span of it has both an accepted and a wrong reading; nothing is tested")
    return found


def _labelled(file: Path) -> list[LabelledText]:
    texts, errors = labelled_lines(read_lines(file, "canary"), file.name)
    errors += [row_error(file.name, row, error) for row, labelled in texts for error in decisions_of(labelled)[1]]
    _refuse(errors)
    if not texts:
        raise TrainError(f"--canary {file}: holds no text; nothing is tested")
    return [labelled for _, labelled in texts]


def _refuse(errors: list[RowError]) -> None:
    """A canary with a broken row is no canary: what it does not test could be what broke."""
    if errors:
        raise TrainError(f"--canary: {len(errors)} rows cannot be used, the first: {errors[0]}; mend the file")


def _said(labelled: LabelledText, spoken: str) -> list[bool]:
    choices = lattice(labelled.text)
    stretches = aligned(labelled.text, choices, spoken)
    accepted = [labelled.accepted(choice.start, choice.end) for choice in choices]
    return [
        stretch is not None and _loose(stretch) in map(_loose, readings)
        for stretch, readings in zip(stretches, accepted, strict=True)
    ]


def _loose(reading: str) -> str:
    return heard(reading).translate(LOOSE)
