"""Files of labelled texts: every line that is one, with its number, and an error for every other."""

from __future__ import annotations

from koubo.dataset.labels import LabelError, LabelledText, parse_labels
from koubo.dataset.rows import RowError


def labelled_lines(lines: list[tuple[int, str]], file: str) -> tuple[list[tuple[int, LabelledText]], list[RowError]]:
    """The labelled texts of numbered lines with their numbers, and the lines that are none."""
    found: list[tuple[int, LabelledText]] = []
    errors: list[RowError] = []
    for number, line in lines:
        try:
            found.append((number, parse_labels(line)))
        except LabelError as error:
            errors.append(row_error(file, number, error))
    return found, errors


def row_error(file: str, row: int, error: LabelError) -> RowError:
    """A label that cannot be used, with the place of its row."""
    return RowError(file, row, error.field, error.value, str(error))
