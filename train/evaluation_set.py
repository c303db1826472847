"""What choosers are judged on: labelled texts, the decisions in each, and what counts as right.

Right means what `koubo.dataset.decisions` means by it: 两 and 二 do not decide a kind. Of readings that are
written freely, and of sentences, only what is heard is compared: letters and numbers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from koubo.dataset.decisions import LOOSE, Decision, decisions_of
from koubo.dataset.drawing import draw
from koubo.dataset.labelled_lines import labelled_lines, row_error
from koubo.dataset.labels import LabelledText
from koubo.dataset.rows import RowError, read_lines
from koubo.reading import Choice, Kind, Option, lattice
from koubo.reading.rewriting import aligned, heard, option_said
from train.settings import TrainError

OTHER_READING = "another reading"
"""What a chooser took: a wrong reading of the right kind."""
NO_OPTION = "no candidate"
"""What a chooser took: a reading that is no candidate, or a text that was changed around the span."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a chooser says for one span: the reading, what that is (a kind, `OTHER_READING`, `NO_OPTION`), right or not.

    `reading` is None where the text around the span was changed, so that nothing stands in its place.
    """

    reading: str | None
    taken: str
    right: bool


@dataclass(frozen=True, slots=True)
class JudgedText:
    """A labelled text with its line in the file (from 1), all its spans, and those of them that context decides."""

    row: int
    labelled: LabelledText
    choices: tuple[Choice, ...]
    decisions: tuple[Decision, ...]

    def answer(self, decision: Decision, scores: Sequence[float]) -> Answer:
        """What is chosen by one score an option."""
        best = max(range(len(scores)), key=scores.__getitem__)
        option = decision.choice.options[best]
        return _answer(decision, option.spoken, option, decision.accepted[best])

    def answers_in(self, spoken: str) -> tuple[Answer, ...]:
        """What a whole spoken sentence says for each decision."""
        places = {(choice.start, choice.end): place for place, choice in enumerate(self.choices)}
        said = aligned(self.labelled.text, self.choices, spoken)
        return tuple(self._said(d, said[places[d.choice.start, d.choice.end]]) for d in self.decisions)

    def spoken(self, answers: Sequence[Answer]) -> str:
        """The sentence with these answers, and with the rules' readings where nothing is to decide."""
        chosen = {d.choice.start: a.reading for d, a in zip(self.decisions, answers, strict=True)}
        parts, at = [], 0
        for choice in self.choices:
            reading = chosen.get(choice.start, choice.options[0].spoken)
            parts += [self.labelled.text[at : choice.start], reading or ""]
            at = choice.end
        return "".join([*parts, self.labelled.text[at:]])

    def right(self, spoken: str) -> bool:
        """Whether a sentence says every labelled span as people accept it and leaves all else as it is."""
        at, pattern = 0, ""
        for label in self.labelled.labels:
            accepted = sorted({_loose(reading) for reading in label.accepted}, key=lambda r: (-len(r), r))
            pattern += re.escape(_loose(self.labelled.text[at : label.start])) + f"(?:{'|'.join(accepted)})"
            at = label.end
        return re.fullmatch(pattern + re.escape(_loose(self.labelled.text[at:])), _loose(spoken)) is not None

    def _said(self, decision: Decision, reading: str | None) -> Answer:
        """Judge a reading that was written freely."""
        if reading is None:
            return Answer(None, NO_OPTION, False)
        for option, accepted in zip(decision.choice.options, decision.accepted, strict=True):
            if reading.translate(LOOSE) == option.spoken.translate(LOOSE):
                return _answer(decision, reading, option, accepted)
        known = {_loose(one) for one in self.labelled.accepted(decision.choice.start, decision.choice.end)}
        return _answer(decision, reading, option_said(decision.choice, reading), _loose(reading) in known)


@dataclass(frozen=True, slots=True)
class EvaluationSet:
    """The texts of a file that hold a decision, in the order of the file, and what could not be used."""

    file: str
    texts: tuple[JudgedText, ...]
    errors: tuple[RowError, ...] = ()

    @property
    def decisions(self) -> list[Decision]:
        """All decisions, text by text."""
        return [decision for text in self.texts for decision in text.decisions]

    def grouped(self, flat: Sequence[Sequence[float]]) -> list[list[Sequence[float]]]:
        """What was given one a decision, as one list a text."""
        given = iter(flat)
        return [[next(given) for _ in text.decisions] for text in self.texts]


def gold_kind(decision: Decision) -> Kind:
    """The kind of a decision: of the first of its options that people accept."""
    return decision.choice.options[decision.accepted.index(True)].kind


def load_set(path: Path, setting: str = "rows", limit: int | None = None) -> EvaluationSet:
    """Read labelled texts; with a `limit`, a sample that does not depend on their order, and holds every smaller one.

    Raises:
        TrainError: no text holds a decision.
        DatasetError: the file cannot be read.
    """
    texts, errors = labelled_lines(read_lines(path, setting), path.name)
    found = []
    for row, labelled in texts:
        decided, without = decisions_of(labelled)
        errors += [row_error(path.name, row, error) for error in without]
        if decided:
            found.append(JudgedText(row, labelled, lattice(labelled.text), tuple(decided)))
    if not found:
        why = f"; the first of {len(errors)} errors: {errors[0]}" if errors else ""
        raise TrainError(f"--{setting} {path}: no span has an accepted and a wrong reading, so nothing is decided{why}")
    sample = sorted(found, key=lambda text: (draw(text.labelled.text, "sample"), text.row))[:limit]
    return EvaluationSet(path.name, tuple(sorted(sample, key=lambda text: text.row)), tuple(errors))


def _answer(decision: Decision, reading: str, option: Option | None, right: bool) -> Answer:
    """Name what was taken; a right reading is of the right kind, however else it could be named."""
    if right:
        return Answer(reading, gold_kind(decision).value, True)
    if option is None:
        return Answer(reading, NO_OPTION, False)
    same = option.kind is gold_kind(decision)
    return Answer(reading, OTHER_READING if same else option.kind.value, False)


def _loose(text: str) -> str:
    return heard(text).translate(LOOSE)
