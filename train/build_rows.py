"""Make training rows from the lattice of candidate readings: choice rows for SFT, preference rows for DPO.

    python -m train.build_rows --lines "$PWD/lines.txt" --labels "$PWD/labelled.jsonl" --out "$PWD/rows"

From plain lines, one text each, the rules' best reading is taken for right and the readings of another kind for wrong
(readings of the same kind are other ways to say the same). From labelled texts (koubo/dataset/labels.py) an accepted
reading is right and every other candidate wrong. A span with one candidate leaves nothing to choose and makes no row.

Writes `choice.jsonl`, `preferences.jsonl` (see koubo/dataset/rows.py) and `errors.jsonl` into --out.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import ClassVar, Self

from pydantic import Field, model_validator

from cluster.settings import JobSettings
from koubo.dataset.labels import LabelError, LabelledText, parse_labels
from koubo.dataset.rows import (
    CompletionRow,
    DatasetError,
    PreferenceRow,
    RowError,
    read_lines,
    write_errors,
    write_jsonl,
)
from koubo.reading import Choice, Option, lattice
from koubo.reading.prompts import mark
from train.settings import AbsolutePath, TrainError

CHOICE, PREFERENCES = "choice.jsonl", "preferences.jsonl"
Split = tuple[Option, tuple[Option, ...]]
"""The right reading of a span and the wrong ones."""


class BuildRowsSettings(JobSettings):
    """Settings of `train.build_rows`."""

    job: ClassVar[str] = "train.build_rows"

    lines: AbsolutePath | None = Field(None, description="Texts without labels, one a line.")
    labels: AbsolutePath | None = Field(None, description="Labelled texts, one JSON object a line.")
    out: AbsolutePath = Field(description="Folder for choice.jsonl, preferences.jsonl and errors.jsonl.")

    @model_validator(mode="after")
    def _some_input(self) -> Self:
        if self.lines is None and self.labels is None:
            raise ValueError("give --lines, --labels or both")
        return self


@dataclass(slots=True)
class BuiltRows:
    """Rows of both forms and the records that gave none because something is wrong with them."""

    choices: list[CompletionRow] = field(default_factory=list)
    preferences: list[PreferenceRow] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)

    def add(self, text: str, choice: Choice, split: Split, source: str) -> None:
        """Add the rows of one span: `split` is the right option and the wrong ones."""
        right, wrong = split
        prompt = mark(text, choice.start, choice.end)
        about = {"prompt": prompt, "kind": right.kind.value, "source": source}
        self.choices.append(CompletionRow(completion=right.spoken, **about))
        self.preferences += [PreferenceRow(chosen=right.spoken, rejected=o.spoken, **about) for o in wrong]


def split_by_rules(choice: Choice) -> Split:
    """The rules' best option, and the options of another kind, which would be mistakes if it is right."""
    best = choice.options[0]
    return best, tuple(option for option in choice.options[1:] if option.kind != best.kind)


def split_by_labels(labelled: LabelledText, choice: Choice) -> Split:
    """The best option that is accepted, and all that are not.

    Raises:
        LabelError: the span has no usable label, or no option is an accepted reading.
    """
    accepted = labelled.accepted(choice.start, choice.end)
    right = [option for option in choice.options if option.spoken in accepted]
    if not right:
        candidates = ", ".join(option.spoken for option in choice.options)
        raise LabelError("span", choice.written, f"no candidate ({candidates}) is an accepted reading {accepted}")
    return right[0], tuple(option for option in choice.options if option not in right)


def build(lines: list[tuple[int, str]], file: str, labelled: bool) -> BuiltRows:
    """Rows from numbered lines, which are texts or, where `labelled`, labelled texts."""
    built = BuiltRows()
    for number, line in lines:
        try:
            known = parse_labels(line) if labelled else LabelledText(line, ())
        except LabelError as error:
            built.errors.append(RowError(file, number, error.field, error.value, str(error)))
            continue
        split = partial(split_by_labels, known) if labelled else split_by_rules
        _add_text(built, known.text, split, (file, number))
    return built


def _add_text(built: BuiltRows, text: str, split: Callable[[Choice], Split], at: tuple[str, int]) -> None:
    for choice in lattice(text):
        if len(choice.options) == 1:
            continue
        try:
            built.add(text, choice, split(choice), f"{at[0]}:{at[1]}")
        except LabelError as error:
            built.errors.append(RowError(*at, error.field, error.value, str(error)))
        except ValueError as error:  # a window that cannot be marked
            built.errors.append(RowError(*at, "text", repr(choice.written), str(error)))


def write(built: BuiltRows, out: Path) -> str:
    """Write the three files; returns a line about them.

    Raises:
        TrainError: nothing to train on, with the first error; no file of rows is written then.
    """
    errors = write_errors(out, built.errors)
    if not built.choices:
        first = f"; the first of {len(built.errors)} errors: {built.errors[0]}" if built.errors else ""
        raise TrainError(f"no row came of the input: no span has two candidate readings{first}")
    write_jsonl(out / CHOICE, (row.model_dump() for row in built.choices))
    write_jsonl(out / PREFERENCES, (row.model_dump() for row in built.preferences))
    counts = f"{len(built.choices)} choice rows, {len(built.preferences)} preference rows"
    return f"train.build_rows: {counts}, {len(built.errors)} errors ({errors}) -> {out}"


def build_all(settings: BuildRowsSettings) -> BuiltRows:
    """Rows from all inputs of the settings, the unlabelled ones first.

    Raises:
        TrainError: an input that cannot be read.
    """
    parts = list(_parts(settings))
    return BuiltRows(
        [row for part in parts for row in part.choices],
        [row for part in parts for row in part.preferences],
        [error for part in parts for error in part.errors],
    )


def _parts(settings: BuildRowsSettings) -> Iterator[BuiltRows]:
    if settings.lines:
        yield build(read_lines(settings.lines, "lines"), settings.lines.name, labelled=False)
    if settings.labels:
        yield build(read_lines(settings.labels, "labels"), settings.labels.name, labelled=True)


def main() -> None:
    """Command line of `train.build_rows`."""
    settings = BuildRowsSettings.from_cli()
    try:
        print(write(build_all(settings), settings.out))
    except DatasetError as error:
        print(f"train.build_rows: {error}", file=sys.stderr)
        raise SystemExit(2) from error


if __name__ == "__main__":
    main()
