"""Decisions: spans of labelled texts of which context decides the reading, since one is accepted and another is not."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from koubo.dataset.labelled_lines import labelled_lines, row_error
from koubo.dataset.labels import LabelError, LabelledText
from koubo.dataset.rows import RowError
from koubo.reading import Choice, Option, lattice
from koubo.reading.prompts import mark
from koubo.reading.rewriting import heard

LOOSE = str.maketrans({"两": "二", "幺": "一", "〇": "零", "到": "至"})
"""Differences that do not decide a kind, and that fully spoken rows do not tell apart."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A span that context decides: its readings, and for each whether people accept it."""

    text: str
    choice: Choice
    accepted: tuple[bool, ...]

    def fold(self, folds: int) -> int:
        """The fold of its text."""
        return zlib.crc32(self.text.encode()) % folds

    def right(self, scores: Sequence[float]) -> bool:
        """Whether the option that these scores prefer is accepted."""
        return self.accepted[max(range(len(scores)), key=scores.__getitem__)]


def decisions(lines: list[tuple[int, str]], file: str) -> tuple[list[Decision], list[RowError]]:
    """The decisions of numbered lines of labelled texts, and what could not be used."""
    texts, errors = labelled_lines(lines, file)
    found: list[Decision] = []
    for number, labelled in texts:
        own, without = decisions_of(labelled)
        found += own
        errors += [row_error(file, number, error) for error in without]
    return found, errors


def decisions_of(labelled: LabelledText) -> tuple[list[Decision], list[LabelError]]:
    """The spans of a text with an accepted and a wrong reading, and the spans without a usable label."""
    found: list[Decision] = []
    errors: list[LabelError] = []
    for choice in lattice(labelled.text):
        try:
            marks = _marks(choice.options, labelled.accepted(choice.start, choice.end))
            _check_markable(labelled.text, choice)
        except LabelError as error:
            errors.append(error)
            continue
        if any(marks) and not all(marks):
            found.append(Decision(labelled.text, choice, marks))
    return found, errors


def _check_markable(text: str, choice: Choice) -> None:
    """Raise LabelError where no prompt can mark the span, since the text holds the marks themselves."""
    try:
        mark(text, choice.start, choice.end)
    except ValueError as error:
        raise LabelError("text", choice.written, str(error)) from error


def _marks(options: Sequence[Option], accepted: Sequence[str]) -> tuple[bool, ...]:
    """Which options are accepted; what is not heard (spaces, case) does not decide, nor do 两 and 二."""
    known = {heard(reading).translate(LOOSE) for reading in accepted}
    return tuple(heard(option.spoken).translate(LOOSE) in known for option in options)
