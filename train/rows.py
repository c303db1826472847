"""Training rows: JSON Lines, UTF-8, one object a line; two forms.

| form | field | what |
|---|---|---|
| choice | `prompt` | a sentence window with one marked span in it, as `train.window.mark` writes it |
| | `completion` | what is said for the span |
| preference | `prompt` | as above |
| | `chosen` | the better reading |
| | `rejected` | a plausible reading that is worse |
| both | `kind` | optional: the kind of the answer (`koubo.reading.Kind`), for counts by kind |
| | `source` | optional: where the row was made from |

    {"prompt": "仅售«88»块\\n读作：", "completion": "八十八", "kind": "price", "source": "lines.txt:3"}
    {"prompt": "仅售«88»块\\n读作：", "chosen": "八十八", "rejected": "八八"}

A line that breaks the schema is an error row and the others are used; no usable line at all is an error.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Generic, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from train.settings import TrainError
from train.window import marked_span

ERRORS = "errors.jsonl"


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


def _with_span(prompt: str) -> str:
    if not marked_span(prompt):
        raise ValueError("holds no marked span; write the span to read as «88», once")
    return prompt


Prompt = Annotated[str, AfterValidator(_with_span)]
Answer = Annotated[str, Field(min_length=1)]


class Row(BaseModel):
    """Base of a training row: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    prompt: Prompt
    kind: str | None = None
    source: str | None = None

    @property
    def answers(self) -> tuple[str, ...]:
        """Every text that follows the prompt in training."""
        raise NotImplementedError


class ChoiceRow(Row):
    """A marked span and what is said for it."""

    completion: Answer

    @property
    def answers(self) -> tuple[str, ...]:
        """The completion."""
        return (self.completion,)


class PreferenceRow(Row):
    """A marked span, a reading and a worse one."""

    chosen: Answer
    rejected: Answer

    @property
    def answers(self) -> tuple[str, ...]:
        """The chosen and the rejected reading."""
        return (self.chosen, self.rejected)

    @model_validator(mode="after")
    def _different(self) -> Self:
        if self.chosen == self.rejected:
            raise ValueError(f"chosen and rejected are both {self.chosen!r}; a preference needs two readings")
        return self


RowT = TypeVar("RowT", bound=Row)


@dataclass(frozen=True, slots=True)
class RowSet(Generic[RowT]):
    """The usable rows of a file with their line numbers (from 1), and the errors of the others."""

    file: str
    rows: tuple[RowT, ...]
    lines: tuple[int, ...]
    errors: tuple[RowError, ...] = ()


def load_rows(path: Path, form: type[RowT]) -> RowSet[RowT]:
    """Read and check a file of rows; empty lines are skipped.

    Raises:
        TrainError: the file is absent or not UTF-8, or holds no usable row.
    """
    rows: list[RowT] = []
    lines: list[int] = []
    errors: list[RowError] = []
    for number, line in read_lines(path, "rows"):
        row = _parse(line, form, path.name, number)
        if isinstance(row, RowError):
            errors.append(row)
        else:
            rows.append(row)
            lines.append(number)
    return _not_empty(RowSet(path.name, tuple(rows), tuple(lines), tuple(errors)), path)


def read_lines(path: Path, setting: str) -> list[tuple[int, str]]:
    """The lines of a UTF-8 text file that are not blank, with their numbers from 1.

    Raises:
        TrainError: the file is absent or not UTF-8; the message names `setting`.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise TrainError(f"--{setting} {path}: cannot be read ({error.strerror}); give an existing file") from error
    except UnicodeDecodeError as error:
        raise TrainError(f"--{setting} {path}: not UTF-8 at byte {error.start}; convert it first") from error
    return [(n, line.strip()) for n, line in enumerate(text.split("\n"), 1) if line.strip()]


def fitting(rows: RowSet[RowT], max_length: int, tokens: Callable[[Sequence[str]], list[int]]) -> RowSet[RowT]:
    """The rows whose longest answer fits; the others become errors, so that nothing is cut off in silence.

    Args:
        rows: rows as loaded.
        max_length: most tokens of prompt, answer and end mark together.
        tokens: counts the tokens of each text, with the marks the model adds.

    Raises:
        TrainError: no row fits.
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


def _not_empty(rows: RowSet[RowT], path: Path) -> RowSet[RowT]:
    if rows.rows:
        return rows
    why = f"; the first of {len(rows.errors)} errors: {rows.errors[0]}" if rows.errors else ""
    raise TrainError(f"--rows {path}: no usable row{why}")
