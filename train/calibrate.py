"""Fit how sure a reading is, and measure it: expected calibration error and a reliability curve.

    python -m train.calibrate --rows "$PWD/tests/koubo/reading/gold/first_meeting.tsv" --out "$PWD/out/calibration" \\
        --also "$PWD/../shared/data/tn/livecommerce_dev.jsonl"

Rows are labelled texts (koubo/dataset/labels.py), or the `outcomes.tsv` of an earlier run: rows for which the rules
have been mended no longer tell how they do on new text, so the outcomes of the first meeting with them are kept
(tests/koubo/reading/gold/first_meeting.tsv), and the table in service is fitted on those.

For each family of kinds an isotonic regression maps the lead of the rules' first reading over the best one of another
kind to the share of spans read right; families with few spans lean on all spans together. Cross-validated: each text
is judged by a table that never saw it. Writes `calibration.tsv` (the table of koubo/reading/data), `outcomes.tsv`,
`report.json`, `reliability.svg` and `errors.jsonl` into --out.
"""

from __future__ import annotations

import json
import math
import sys
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field

from cluster.settings import JobSettings
from koubo.dataset.decisions import LOOSE
from koubo.dataset.labelled_lines import labelled_lines, row_error
from koubo.dataset.labels import LabelError, LabelledText
from koubo.dataset.rows import DatasetError, RowError, read_lines, write_errors
from koubo.reading import Choice, lattice
from koubo.reading.confidence import confidence, families, family, lead_over_kinds, sure
from train.reliability import Bin, bins, expected_error, picture
from train.settings import AbsolutePath, TrainError

CAP = 9.0
"""Leads beyond this count as this; so does a span with readings of one kind only."""
SUREST = 0.995
"""Most that is claimed for spans of which none was read wrong."""
Table = dict[str, list[tuple[float, float]]]
"""For each family its steps: (least lead, probability)."""


class CalibrateSettings(JobSettings):
    """Settings of `train.calibrate`."""

    job: ClassVar[str] = "train.calibrate"

    rows: AbsolutePath = Field(description="Labelled texts to fit on, one JSON object a line.")
    also: AbsolutePath | None = Field(None, description="Labelled texts that the table of all rows is measured on.")
    out: AbsolutePath = Field(description="Folder for calibration.tsv, report.json, reliability.svg and errors.jsonl.")
    folds: int = Field(5, ge=2, description="Folds of the cross-validation; a text is always in one fold.")
    lean: float = Field(20.0, gt=0, description="How many spans of all families a family counts beside its own.")


@dataclass(frozen=True, slots=True)
class Outcome:
    """A span that was read: its family, the rules' lead, whether people accept the reading, the confidence given.

    `group` is a number by which the spans of one text stay in one fold.
    """

    group: int
    family: str
    lead: float
    right: bool
    said: float


def outcomes(lines: list[tuple[int, str]], file: str) -> tuple[list[Outcome], list[RowError]]:
    """Read labelled lines by the rules, span by span, and say what could not be judged."""
    texts, errors = labelled_lines(lines, file)
    found: list[Outcome] = []
    for number, labelled in texts:
        for choice in lattice(labelled.text):
            try:
                found.append(_outcome(labelled, choice))
            except LabelError as error:
                errors.append(row_error(file, number, error))
    return found, errors


def load(path: Path, setting: str) -> tuple[list[Outcome], list[RowError]]:
    """Outcomes of labelled texts, or of an earlier run's `outcomes.tsv`; the table in service judges them anew.

    Raises:
        TrainError: the file cannot be read, or a line of outcomes has not its four fields.
    """
    lines = read_lines(path, setting)
    if path.suffix != ".tsv":
        return outcomes(lines, path.name)
    found = []
    for number, line in lines[1:]:
        try:
            group, name, lead, right = line.split("\t")
            outcome = Outcome(int(group), name, float(lead), bool(int(right)), sure(name, float(lead)))
        except (ValueError, KeyError) as error:
            raise TrainError(f"--{setting} {path}, line {number}: {line!r} is no outcome ({error})") from error
        found.append(outcome)
    return found, []


def outcomes_as_tsv(found: Sequence[Outcome]) -> str:
    """Outcomes as `load` reads them."""
    rows = (f"{o.group}\t{o.family}\t{o.lead}\t{int(o.right)}\n" for o in found)
    return "group\tfamily\tlead\tright\n" + "".join(rows)


def _outcome(labelled: LabelledText, choice: Choice) -> Outcome:
    """Judge one span."""
    loose = labelled.loose
    accepted = {plain(reading, loose) for reading in labelled.accepted(choice.start, choice.end)}
    lead = min(lead_over_kinds(choice.options), CAP)
    right = plain(choice.options[0].spoken, loose) in accepted
    group = zlib.crc32(labelled.text.encode())
    return Outcome(group, family(choice.options[0].kind), lead, right, confidence(choice.options))


def plain(spoken: str, loose: bool) -> str:
    """Keep what scoring looks at: letters and numbers in upper case."""
    spoken = spoken.translate(LOOSE) if loose else spoken
    return "".join(c for c in spoken.upper() if c.isalnum())


def fit(found: Sequence[Outcome], lean: float) -> Table:
    """Fit the steps of each family.

    Raises:
        TrainError: no span to fit on.
    """
    if not found:
        raise TrainError("--rows: no labelled span to fit on; give labelled texts")
    pooled = _isotonic([o.lead for o in found], [float(o.right) for o in found], [1.0] * len(found))
    leads = sorted({o.lead for o in found})
    return {name: _family_steps([o for o in found if o.family == name], leads, pooled, lean) for name in families()}


def _family_steps(
    own: Sequence[Outcome], leads: list[float], pooled: Callable[[list[float]], list[float]], lean: float
) -> list[tuple[float, float]]:
    """Fit one family: its own spans, and `lean` more that behave like all spans, spread over the leads seen."""
    weight = lean / len(leads)
    x = [o.lead for o in own] + leads
    y = [float(o.right) for o in own] + [_bounded(p) for p in pooled(leads)]
    predict = _isotonic(x, y, [1.0] * len(own) + [weight] * len(leads))
    steps: list[tuple[float, float]] = []
    for lead, share in zip(leads, predict(leads), strict=True):
        share = round(min(share, SUREST), 3)
        if not steps or share != steps[-1][1]:
            steps.append((lead if steps else -math.inf, share))
    return steps


def _bounded(share: float) -> float:
    """Keep a share away from certainty, which no finite number of rows proves."""
    return min(max(share, 0.5), SUREST)


def _isotonic(x: list[float], y: list[float], weight: list[float]) -> Callable[[list[float]], list[float]]:
    """Fit a share that never falls as the lead grows."""
    from sklearn.isotonic import IsotonicRegression

    model = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip").fit(x, y, sample_weight=weight)
    return lambda leads: [float(p) for p in model.predict(leads)]


def sure_of(table: Table, outcome: Outcome) -> float:
    """The probability that a table gives a span."""
    return [share for least, share in table[outcome.family] if outcome.lead >= least][-1]


def held_out(found: Sequence[Outcome], settings: CalibrateSettings) -> list[tuple[float, bool]]:
    """(probability, right) of all spans, each by a table fitted on the other folds."""
    parts = [[o for o in found if o.group % settings.folds != k] for k in range(settings.folds)]
    fitted = [fit(part, settings.lean) for part in parts]
    return [(sure_of(fitted[o.group % settings.folds], o), o.right) for o in found]


def measure(judged: Sequence[tuple[float, bool]]) -> dict[str, Any]:
    """Spans, share right, expected calibration error, Brier score, and the bins behind them."""
    groups: list[Bin] = bins(judged)
    count = max(len(judged), 1)
    return {
        "spans": len(judged),
        "right": round(sum(right for _, right in judged) / count, 4),
        "ece": round(expected_error(groups), 4),
        "brier": round(sum((sure - right) ** 2 for sure, right in judged) / count, 4),
        "bins": [[round(b.sure, 3), round(b.right, 3), b.count] for b in groups],
    }


def calibrate(settings: CalibrateSettings) -> dict[str, Any]:
    """Fit on all rows, measure, write the results; returns the report.

    Raises:
        TrainError: rows that cannot be read or hold no labelled span.
    """
    found, errors = load(settings.rows, "rows")
    table = fit(found, settings.lean)
    curves = {f"{settings.rows.stem}, cross-validated": held_out(found, settings)}
    curves[f"{settings.rows.stem}, table in service"] = [(o.said, o.right) for o in found]
    if settings.also:
        others, more = load(settings.also, "also")
        curves[f"{settings.also.stem}, table of {settings.rows.stem}"] = [(sure_of(table, o), o.right) for o in others]
        errors += more
    report = {name: measure(judged) for name, judged in curves.items()}
    write_errors(settings.out, errors)
    (settings.out / "outcomes.tsv").write_text(outcomes_as_tsv(found), encoding="utf-8")
    (settings.out / "calibration.tsv").write_text(as_tsv(table), encoding="utf-8")
    (settings.out / "reliability.svg").write_text(picture({n: bins(j) for n, j in curves.items()}), encoding="utf-8")
    (settings.out / "report.json").write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return report


def as_tsv(table: Table) -> str:
    """The table as koubo/reading/data/calibration.tsv holds it."""
    head = "# family\tleast lead of the rules (natural log)\tshare read right; fitted by train.calibrate\n"
    return head + "".join(f"{name}\t{least}\t{sure}\n" for name, steps in table.items() for least, sure in steps)


def main() -> None:
    """Command line of `train.calibrate`."""
    settings = CalibrateSettings.from_cli()
    try:
        for name, figures in calibrate(settings).items():
            print(name, json.dumps({k: v for k, v in figures.items() if k != "bins"}))
    except DatasetError as error:
        print(f"train.calibrate: {error}", file=sys.stderr)
        raise SystemExit(2) from error


if __name__ == "__main__":
    main()
