"""Learn from labelled sentences which runs of characters (n-grams) speak of a breach: the layer above safety's rules.

    python -m train.safety_words --rows "$PWD/benchmarks/data/safety_sentences.jsonl" \\
        --ordinary "$PWD/benchmarks/data/scripts.jsonl" --ordinary "$PWD/examples/speech/host_lines.jsonl" \\
        --out "$PWD/koubo/rubric/data/likely_breaches.tsv"                    (the file that comes with Koubo)

A row of --rows is a JSON object with `text` and `unsafe` (true: the law or a platform forbids it); other fields are not
read. To teach it sentences of your own, give --rows twice: the project's, and a file of yours. For every breach add a
sentence that has the same words and is fine: it learns words, not meaning. --ordinary takes texts that are all fine, as
objects with `text`, or with `sections` that have `text`; without them it marks ordinary talk. The planned lines of
Koubo's own scripts are always among them. One wrong line stops it, named by file and line.

The model is logistic regression over sublinear TF-IDF of n-grams of 1 to 4 characters of the plain form; fine and
unsafe texts weigh the same in all. It is trained on every n-gram that two texts have, and again on the --ngrams that
weigh most. The same input gives the same file. What it prints of its own rows says nothing of others: hold rows out, as
`python -m benchmarks.safety_sentences` does. The application reads the file that its setting `likely_breaches` names.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from cluster.settings import JobSettings
from koubo.dataset.rows import DatasetError, read_lines
from koubo.rubric.likely_breaches import LikelyBreaches, ngrams_of
from koubo.rubric.sentences import sentences
from koubo.script.tables import section_texts
from train.settings import AbsolutePath, TrainError

STRENGTH = 3.0
NGRAMS = 6000
_SLOT = re.compile("{[a-z_]+}")


class SafetyWordsSettings(JobSettings):
    """Settings of `train.safety_words`."""

    job: ClassVar[str] = "train.safety_words"

    rows: list[AbsolutePath] = Field(min_length=1, description="Labelled sentences, one JSON object a line.")
    ordinary: list[AbsolutePath] = Field([], description="Texts that are fine, one JSON object a line.")
    out: AbsolutePath = Field(description="The file to write, TSV.")
    strength: float = Field(STRENGTH, gt=0, description="Inverse of the L2 penalty: higher follows the rows closer.")
    ngrams: int = Field(NGRAMS, ge=1, le=20000, description="Most n-grams that are kept.")


class Labelled(BaseModel):
    """A labelled sentence."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    text: str = Field(min_length=1)
    unsafe: bool = Field(strict=True)


class _Section(BaseModel):
    text: str = Field(min_length=1)


class Ordinary(BaseModel):
    """A text that is fine, whole or in sections."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    text: str = ""
    sections: tuple[_Section, ...] = ()

    @model_validator(mode="after")
    def _says_something(self) -> Ordinary:
        if not self.text and not self.sections:
            raise ValueError("neither text nor sections")
        return self

    @property
    def sentences(self) -> list[str]:
        """Its sentences."""
        return [one for part in (self.text, *(section.text for section in self.sections)) for one in sentences(part)]


RowT = TypeVar("RowT", bound=BaseModel)


def read_rows(path: Path, setting: str, form: type[RowT]) -> Iterator[RowT]:
    """Yield the rows of a file.

    Raises:
        DatasetError: the file cannot be read, or a line is no such row; names setting, file, line and field.
    """
    for number, line in read_lines(path, setting):
        try:
            yield form.model_validate_json(line)
        except ValidationError as error:
            raise TrainError(f"--{setting} {path}:{number}: {error}") from error


def planned_lines() -> list[str]:
    """The sentences of the planned lines, without their slots."""
    roles = (role for section in section_texts().values() for role in section.values())
    families = (family for role in roles for occasion in role.values() for family in occasion.values())
    lines = (_SLOT.sub("", line) for family in families for line in family)
    return [one for line in dict.fromkeys(lines) for one in sentences(line)]


def fit(
    texts: Sequence[str], unsafe: Sequence[bool], strength: float = STRENGTH, ngrams: int = NGRAMS
) -> LikelyBreaches:
    """Fit the model to labelled texts (``unsafe[i]`` is of ``texts[i]``) and the planned lines.

    Raises:
        TrainError: no text of one of the two labels, or no n-gram that two texts have.
    """
    if len(set(unsafe)) < 2:
        raise TrainError("--rows: sentences that are unsafe and sentences that are fine are both wanted")
    planned = planned_lines()
    counted, unsafe = [ngrams_of(text) for text in (*texts, *planned)], [*unsafe, *[False] * len(planned)]
    try:
        first = _fitted(counted, unsafe, strength, {"min_df": 2})
    except ValueError as error:
        raise TrainError("--rows: no two sentences have characters in common; give more") from error
    heaviest = sorted(first.ngrams, key=lambda gram: (-abs(first.ngrams[gram][0] * first.ngrams[gram][1]), gram))
    if len(heaviest) <= ngrams:
        return first
    return _fitted(counted, unsafe, strength, {"vocabulary": sorted(heaviest[:ngrams])})


def _fitted(
    counted: Sequence[list[str]], unsafe: Sequence[bool], strength: float, which: dict[str, Any]
) -> LikelyBreaches:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    vectors = TfidfVectorizer(analyzer=list, sublinear_tf=True, **which)
    matrix = vectors.fit_transform(counted)
    model = LogisticRegression(C=strength, class_weight="balanced", max_iter=3000, random_state=0)
    model.fit(matrix, list(unsafe))
    learnt = zip(vectors.get_feature_names_out(), vectors.idf_, model.coef_[0], strict=True)
    ngrams = {str(gram): (round(float(idf), 3), round(float(weight), 3)) for gram, idf, weight in learnt}
    return LikelyBreaches(round(float(model.intercept_[0]), 3), ngrams)


def train(settings: SafetyWordsSettings) -> dict[str, Any]:
    """Read the rows, fit, write the file; returns what was read and kept.

    Raises:
        DatasetError: rows that cannot be read or hold nothing to learn from.
    """
    rows = [row for path in settings.rows for row in read_rows(path, "rows", Labelled)]
    fine = [one for path in settings.ordinary for row in read_rows(path, "ordinary", Ordinary) for one in row.sentences]
    texts, unsafe = [row.text for row in rows] + fine, [row.unsafe for row in rows] + [False] * len(fine)
    model = fit(texts, unsafe, settings.strength, settings.ngrams)
    settings.out.parent.mkdir(parents=True, exist_ok=True)
    settings.out.write_text(model.as_tsv(), encoding="utf-8")
    counts = {"rows": len(rows), "unsafe": sum(unsafe), "ordinary": len(fine), "ngrams": len(model.ngrams)}
    return counts | {"bytes": settings.out.stat().st_size, "out": str(settings.out)}


def main() -> None:
    """Command line of `train.safety_words`."""
    settings = SafetyWordsSettings.from_cli()
    try:
        print(json.dumps(train(settings), ensure_ascii=False))
    except DatasetError as error:
        print(f"train.safety_words: {error}", file=sys.stderr)
        raise SystemExit(2) from error


if __name__ == "__main__":
    main()
