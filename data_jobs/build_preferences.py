"""Training rows and preference pairs from labelled readings, in two forms: choice in the lattice, and free rewriting.

    python -m data_jobs.build_preferences --labels "$PWD/a.jsonl" --labels "$PWD/b.jsonl" --out "$PWD/rows"

Reads labelled texts (koubo/dataset/labels.py) and writes, for each form (`choice`: a sentence with one marked span in,
its reading out; `rewrite`: a sentence in, the sentence as it is said out), complete sets to train on:

    OUT/FORM/plain.jsonl         the labelled texts
    OUT/FORM/generic.jsonl       and rewordings of them: --added at most
    OUT/FORM/hard.jsonl          and hard cases, where the rules are wrong or hardly sure: as many at most
    OUT/FORM/preferences.jsonl   for DPO: the accepted reading before a wrong one from the lattice, of hard cases
    OUT/evaluation.jsonl         labelled texts that nothing above holds, nor nearly copies
    OUT/README.md                the data card; _report.json, _errors/errors.parquet as every job writes them

The rows are those of koubo/dataset/rows.py. The same inputs and --seed give the same files. It is one process: labelled
texts are thousands, and 2,000 of them take seconds.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import Field

from cluster.models import ModelSourceError, endpoint
from cluster.settings import JobSettings
from data_jobs.data_card import data_card
from data_jobs.job import (
    AbsolutePath,
    ErrorRow,
    JobError,
    JobReport,
    clear_exit,
    join,
    local_folder,
    make_folder,
    write_bytes,
    write_errors,
)  # fmt: skip
from data_jobs.paraphrasing import EndpointReworder
from koubo.dataset.decisions import decisions_of
from koubo.dataset.labelled_lines import labelled_lines, row_error
from koubo.dataset.labels import LabelledText
from koubo.dataset.lessons import choice_preferences, choice_row, rewrite_preferences, rewrite_row
from koubo.dataset.minimal_pairs import hard
from koubo.dataset.rows import DatasetError, Row, read_lines
from koubo.dataset.training_sets import SourcedText, TrainingSets, split

FORMS = ("choice", "rewrite")


class PreferencesSettings(JobSettings):
    """Settings of `data_jobs.build_preferences`."""

    job: ClassVar[str] = "data_jobs.build_preferences"

    labels: tuple[AbsolutePath, ...] = Field(description="Files of labelled texts, JSON Lines: to train on.")
    evaluation: tuple[AbsolutePath, ...] = Field((), description="Files of labelled texts that are all kept out.")
    out: AbsolutePath = Field(description="Folder for the rows, evaluation.jsonl, README.md and the report.")
    holdout: float = Field(0.36, ge=0, lt=1, description="Share of the texts of --labels that is kept out too.")
    added: int = Field(1000, ge=0, description="Most texts that each augmentation adds.")
    paraphraser: str | None = Field(
        None,
        description="openai:URL#MODEL of a model large enough to reword lines, 7B or more; templates when absent.",
    )
    seed: int = Field(17, ge=0, description="Seed of what is kept out and of everything that is made.")


@dataclass(slots=True)
class Texts:
    """Labelled texts as read, and the lines that are none."""

    good: list[SourcedText]
    bad: list[ErrorRow]


def build_preferences(settings: PreferencesSettings) -> dict[str, Any]:
    """Write all files; returns the report.

    Raises:
        JobError: a file that cannot be read, or nothing to train on.
    """
    report = JobReport(settings.job, settings=settings.model_dump(mode="json"))
    make_folder(settings.out)
    texts, kept_out = _read(settings.labels, "labels"), _read(settings.evaluation, "evaluation")
    reworder = _reworder(settings)
    sets = split(texts.good, kept_out.good, settings.holdout, settings.added, settings.seed, reworder)
    if reworder is not None and not sets.reworded:
        raise JobError(f"--paraphraser {settings.paraphraser}: no rewording came back: {reworder.refused[:1]}")
    errors = [*texts.bad, *kept_out.bad, *_leaks(sets), *(reworder.refused if reworder else ())]
    rows = {name: list(made) for name, made in _files(sets)}
    if not rows["choice/plain.jsonl"]:
        first = f"; the first of {len(errors)} errors: {errors[0]}" if errors else ""
        raise JobError(f"--labels: no span to train on: none has an accepted and a wrong reading{first}")
    _write(settings, report, sets, rows)
    write_errors(settings.out, errors)
    for error in errors:
        report.error(error.reason)
    return report.finish(settings.out)


def _reworder(settings: PreferencesSettings) -> EndpointReworder | None:
    if settings.paraphraser is None:
        return None
    try:
        return EndpointReworder(endpoint(settings.paraphraser), settings.seed)
    except ModelSourceError as error:
        raise JobError(f"--paraphraser: {error}") from error


def _read(addresses: Iterable[str], field: str) -> Texts:
    texts = Texts([], [])
    for address in addresses:
        path = local_folder(address, field)
        try:
            lines = read_lines(path, field)
        except DatasetError as error:
            raise JobError(str(error)) from error
        found, errors = labelled_lines(lines, path.name)
        texts.good += [SourcedText.of(labelled, f"{path.name}:{number}") for number, labelled in found]
        errors += [row_error(path.name, n, error) for n, labelled in found for error in decisions_of(labelled)[1]]
        texts.bad += [ErrorRow(e.file, str(e.row), e.field, e.value, f"no label: {e.reason}") for e in errors]
    return texts


def _leaks(sets: TrainingSets) -> Iterator[ErrorRow]:
    for leak in sets.leaks:
        file, _, row = leak.text.source.partition(":")
        reason = f"near copy of an evaluation text: {leak.copy.share:.2f} of {leak.copy.of!r}"
        yield ErrorRow(file, row, "text", leak.text.labelled.text, reason)


def _files(sets: TrainingSets) -> Iterator[tuple[str, Iterator[Row]]]:
    """The rows of every file, by its name under OUT."""
    for name, texts in sets.sets.items():
        yield f"choice/{name}.jsonl", (choice_row(d, text.source) for text in texts for d in text.decisions)
        yield f"rewrite/{name}.jsonl", (rewrite_row(text.labelled, text.source) for text in texts if text.decisions)
    yield "choice/preferences.jsonl", _preferences("choice", sets)
    yield "rewrite/preferences.jsonl", _preferences("rewrite", sets)


def _preferences(form: str, sets: TrainingSets) -> Iterator[Row]:
    """Pairs of the hard decisions of labelled texts, and of all decisions of the hard cases made of them."""
    pairs = [(text, decision) for text in sets.plain for decision in text.decisions if hard(decision)]
    pairs += [(text, decision) for text in sets.hard_cases for decision in text.decisions]
    for text, decision in pairs:
        if form == "choice":
            yield from choice_preferences(decision, text.source)
        else:
            yield from rewrite_preferences(text.labelled, decision, text.source)


def _write(settings: PreferencesSettings, report: JobReport, sets: TrainingSets, rows: dict[str, list[Row]]) -> None:
    for name, made in rows.items():
        lines = (json.dumps(row.model_dump(exclude_none=True), ensure_ascii=False) for row in made)
        write_bytes(join(settings.out, name), "".join(f"{line}\n" for line in lines).encode())
        report.count(name.removesuffix(".jsonl"), len(made))
    for name, number in sets.counts().items():
        report.count(f"texts_{name}", number)
    report.count("evaluation_decisions", sum(len(text.decisions) for text in sets.evaluation))
    evaluation = "".join(f"{_as_line(text)}\n" for text in sets.evaluation)
    write_bytes(join(settings.out, "evaluation.jsonl"), evaluation.encode())
    write_bytes(join(settings.out, "README.md"), data_card(sets, rows, settings.model_dump(mode="json")).encode())


def _as_line(text: SourcedText) -> str:
    """A labelled text as `koubo.dataset.labels.parse_labels` reads it."""
    return json.dumps(as_record(text.labelled) | {"source": text.source}, ensure_ascii=False)


def as_record(labelled: LabelledText) -> dict[str, Any]:
    """The first form of koubo/dataset/labels.py."""
    spans = [{"s": labelled.text[label.start : label.end], "accept": list(label.accepted)} for label in labelled.labels]
    return {"text": labelled.text, "spans": spans}


def main() -> None:
    """Command line: exits with 2 and a message where the job cannot start."""
    with clear_exit(PreferencesSettings.job):
        build_preferences(PreferencesSettings.from_cli())


if __name__ == "__main__":
    main()
