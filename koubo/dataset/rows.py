"""Training rows: JSON Lines, UTF-8, one object a line; two forms.

| form | field | what |
|---|---|---|
| completion (SFT) | `prompt` | what the model is given, as `koubo.reading.prompts` or `koubo.script.prompt` writes it |
| | `completion` | what it is to answer |
| preference (DPO) | `prompt` | as above |
| | `chosen` | the better answer |
| | `rejected` | a plausible answer that is worse |
| both | `task` | optional: `choice` (reading of the one marked span), `rewrite` (the sentence) or `write` |
| | `candidates` | optional, of a choice: every reading the span could have; the answers must be among them |
| | `kind` | optional: the kind of the answer (`koubo.reading.Kind`), for counts by kind |
| | `source` | optional: where the row was made from |

    {"prompt": "仅售«88»块\\n读作：", "completion": "八十八", "kind": "price", "source": "lines.txt:3"}
    {"prompt": "仅售«88»块\\n读作：", "chosen": "八十八", "rejected": "八八"}
    {"prompt": "仅售88块\\n口播：", "completion": "仅售八十八块", "task": "rewrite"}

A line that breaks the schema is an error row and the others are used; no usable line at all is an error.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Generic, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator, model_validator

from koubo.reading.prompts import marked_span

ERRORS = "errors.jsonl"


class DatasetError(Exception):
    """Rows that nothing can be made of; the message names the file, the row and what to do."""


@dataclass(frozen=True, slots=True)
class RowError:
    """One row that was left out: file, line (from 1), field, value and why."""

    file: str
    row: int
    field: str
    value: str
    reason: str

    def __str__(self) -> str:
        """The error on one line."""
        return f"{self.file}, row {self.row}, {self.field}: {self.reason} (got {self.value})"


Answer = Annotated[str, Field(min_length=1)]
TaskName = Literal["choice", "rewrite", "write"]


class Row(BaseModel):
    """Base of a training row: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    task: TaskName = "choice"
    prompt: str = Field(min_length=1)
    candidates: tuple[Answer, ...] | None = None
    kind: str | None = None
    source: str | None = None

    @property
    def answers(self) -> tuple[str, ...]:
        """Every text that follows the prompt in training."""
        raise NotImplementedError

    @field_validator("prompt")
    @classmethod
    def _a_choice_has_its_span(cls, prompt: str, info: ValidationInfo) -> str:
        if info.data.get("task") == "choice" and not marked_span(prompt):
            raise ValueError("holds no marked span; write the span to read as «88», once")
        return prompt

    @model_validator(mode="after")
    def _the_answer_is_a_candidate(self) -> Self:
        absent = [answer for answer in self.answers if self.candidates and answer not in self.candidates]
        if absent:
            raise ValueError(
                f"candidates {self.candidates} are without the answer {absent[0]!r}: nothing can choose it"
            )
        return self


class CompletionRow(Row):
    """A prompt and its right answer."""

    completion: Answer

    @property
    def answers(self) -> tuple[str, ...]:
        """The completion."""
        return (self.completion,)


class PreferenceRow(Row):
    """A prompt, an answer and a worse one."""

    chosen: Answer
    rejected: Answer

    @property
    def answers(self) -> tuple[str, ...]:
        """The chosen and the rejected answer."""
        return (self.chosen, self.rejected)

    @model_validator(mode="after")
    def _different(self) -> Self:
        if self.chosen == self.rejected:
            raise ValueError(f"chosen and rejected are both {self.chosen!r}; a preference needs two answers")
        return self


RowT = TypeVar("RowT", bound=Row)


@dataclass(frozen=True, slots=True)
class RowSet(Generic[RowT]):
    """The usable rows of a file with their line numbers (from 1), and the errors of the others."""

    file: str
    rows: tuple[RowT, ...]
    lines: tuple[int, ...]
    errors: tuple[RowError, ...] = ()


def load_rows(path: Path, form: type[RowT], setting: str = "rows") -> RowSet[RowT]:
    """Read and check a file of rows; empty lines are skipped. Errors name `setting`, which gave the path.

    Raises:
        DatasetError: the file is absent or not UTF-8, or holds no usable row.
    """
    rows: list[RowT] = []
    lines: list[int] = []
    errors: list[RowError] = []
    for number, line in read_lines(path, setting):
        row = _parse(line, form, path.name, number)
        if isinstance(row, RowError):
            errors.append(row)
        else:
            rows.append(row)
            lines.append(number)
    return _not_empty(RowSet(path.name, tuple(rows), tuple(lines), tuple(errors)), path, setting)


def read_lines(path: Path, setting: str) -> list[tuple[int, str]]:
    """The lines of a UTF-8 text file that are not blank, with their numbers from 1.

    Raises:
        DatasetError: the file is absent or not UTF-8; the message names `setting`.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DatasetError(f"--{setting} {path}: cannot be read ({error.strerror}); give an existing file") from error
    except UnicodeDecodeError as error:
        raise DatasetError(f"--{setting} {path}: not UTF-8 at byte {error.start}; convert it first") from error
    return [(n, line.strip()) for n, line in enumerate(text.split("\n"), 1) if line.strip()]


def fitting(rows: RowSet[RowT], max_length: int, tokens: Callable[[Sequence[str]], list[int]]) -> RowSet[RowT]:
    """The rows whose longest answer fits; the others become errors, so that nothing is cut off in silence.

    Args:
        rows: rows as loaded.
        max_length: most tokens of prompt, answer and end mark together.
        tokens: counts the tokens of each text, with the marks the model adds.

    Raises:
        DatasetError: no row fits.
    """
    lengths = iter(tokens([row.prompt + answer for row in rows.rows for answer in row.answers]))
    longest = [max(next(lengths) for _ in row.answers) + 1 for row in rows.rows]
    kept = [i for i, length in enumerate(longest) if length <= max_length]
    errors = [
        RowError(rows.file, rows.lines[i], "prompt", f"{length} tokens", f"longer than max_length {max_length}")
        for i, length in enumerate(longest)
        if length > max_length
    ]
    chosen = tuple(rows.rows[i] for i in kept), tuple(rows.lines[i] for i in kept)
    return _not_empty(RowSet(rows.file, *chosen, (*rows.errors, *errors)), Path(rows.file))


def write_errors(folder: Path, errors: Iterable[RowError]) -> Path:
    """Write `FOLDER/errors.jsonl`, one error a line, empty if there are none; returns its path."""
    return write_jsonl(folder / ERRORS, (asdict(error) for error in errors))


def write_jsonl(path: Path, objects: Iterable[dict[str, object]]) -> Path:
    """Write one JSON object a line; the file appears whole or not at all. Returns its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.partial")
    temporary.write_text("".join(json.dumps(o, ensure_ascii=False) + "\n" for o in objects), encoding="utf8")
    return temporary.replace(path)


def _parse(line: str, form: type[RowT], file: str, number: int) -> RowT | RowError:
    try:
        return form.model_validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "line"
        return RowError(file, number, field, repr(first.get("input"))[:200], first["msg"])


def _not_empty(rows: RowSet[RowT], path: Path, setting: str = "rows") -> RowSet[RowT]:
    if rows.rows:
        return rows
    why = f"; the first of {len(rows.errors)} errors: {rows.errors[0]}" if rows.errors else ""
    raise DatasetError(f"--{setting} {path}: no usable row{why}")
