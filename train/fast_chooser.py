"""Train the context scorer of readings on labelled texts, and say by cross-validation whether it beats the rules.

    python -m train.fast_chooser --rows "$PWD/tests/koubo/reading/gold/commerce.jsonl" --out "$PWD/out/fast"
    python -m train.fast_chooser --rows "$PWD/../shared/data/tn/flattn_dev.jsonl" --out "$PWD/out/fast-flattn"

Rows are labelled texts (koubo/dataset/labels.py). A span counts where one of its readings is accepted, another not.
Each fold of rows is scored by a model that never saw it. Writes `weights.json` (trained on all rows), `report.json`
and `errors.jsonl` (rows and spans without a usable label) into --out. The report compares three choosers: the rules,
the scorer over the rules' score, and the scorer alone; `mended` and `broken` count spans against the rules.

The weights are used as `koubo.reading.read(text, chooser=ContextScorer.load(path))`. None are in service by default:
docs/reading.md has the figures.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from pydantic import Field

from cluster.settings import JobSettings
from koubo.dataset.decisions import Decision, decisions
from koubo.dataset.rows import DatasetError, read_lines, write_errors
from train.context_scorer import RULES, ContextScorer, context, features
from train.settings import AbsolutePath, TrainError


class FastChooserSettings(JobSettings):
    """Settings of `train.fast_chooser`."""

    job: ClassVar[str] = "train.fast_chooser"

    rows: AbsolutePath = Field(description="Labelled texts to train on, one JSON object a line.")
    also: AbsolutePath | None = Field(
        None, description="Labelled texts of another kind to score the trained weights on."
    )
    out: AbsolutePath = Field(description="Folder for weights.json, report.json and errors.jsonl.")
    folds: int = Field(5, ge=2, description="Folds of the cross-validation; a text is always in one fold.")
    strength: float = Field(0.3, gt=0, description="Inverse of the L1 penalty: higher keeps more features.")


def _pairs(decision: Decision, with_rules: bool) -> Iterator[dict[str, float]]:
    """Feature differences: the best accepted reading less each wrong reading of another kind."""
    options = decision.choice.options
    seen = context(decision.text, decision.choice)
    best = options[decision.accepted.index(True)]
    for option, accepted in zip(options, decision.accepted, strict=True):
        if accepted or option.kind is best.kind:
            continue
        difference = Counter(features(seen, best))
        difference.subtract(features(seen, option))
        if not with_rules:
            del difference[RULES]
        yield dict(difference)


def fit(rows: Sequence[Decision], strength: float, with_rules: bool = True) -> ContextScorer:
    """Fit weights so that accepted readings outweigh the others (pairwise logistic regression, L1).

    `with_rules` puts the rules' score among the features.

    Raises:
        TrainError: no span has an accepted and a wrong reading of different kinds.
    """
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    pairs = [pair for row in rows for pair in _pairs(row, with_rules)]
    if not pairs:
        raise TrainError("--rows: no span has an accepted and a wrong reading to learn from; give more labelled texts")
    mirrored = pairs + [{name: -value for name, value in pair.items()} for pair in pairs]
    vectors = DictVectorizer()
    model = LogisticRegression(
        l1_ratio=1.0, C=strength, fit_intercept=False, solver="liblinear", max_iter=1000, random_state=0
    )
    matrix = vectors.fit_transform(mirrored)
    matrix.indices, matrix.indptr = matrix.indices.astype("int32"), matrix.indptr.astype("int32")  # liblinear's width
    model.fit(matrix, [1] * len(pairs) + [0] * len(pairs))
    learnt = zip(vectors.feature_names_, model.coef_[0], strict=True)
    return ContextScorer({name: round(float(weight), 4) for name, weight in learnt if abs(weight) > 1e-3})


def compare(rows: Sequence[Decision], scorers: Sequence[ContextScorer]) -> dict[str, float]:
    """Rules and scorers on the same spans; `scorers[i]` decides `rows[i]`."""
    rules = [row.right([o.score for o in row.choice.options]) for row in rows]
    scored = [row.right(scorer.scores(row.text, row.choice)) for row, scorer in zip(rows, scorers, strict=True)]
    count = max(len(rows), 1)
    return {
        "spans": len(rows),
        "rules": round(sum(rules) / count, 4),
        "scorer": round(sum(scored) / count, 4),
        "mended": sum(new and not old for old, new in zip(rules, scored, strict=True)),
        "broken": sum(old and not new for old, new in zip(rules, scored, strict=True)),
    }


def cross_validate(rows: Sequence[Decision], settings: FastChooserSettings) -> dict[str, dict[str, float]]:
    """Compare on all rows, each scored by weights that were trained on the other folds."""
    folds = range(settings.folds)
    out = {}
    for name, with_rules in (("over_rules", True), ("alone", False)):
        seen = [[row for row in rows if row.fold(settings.folds) != k] for k in folds]
        models = [fit(part, settings.strength, with_rules) for part in seen]
        out[name] = compare(rows, [models[row.fold(settings.folds)] for row in rows])
    return out


def train(settings: FastChooserSettings) -> dict[str, Any]:
    """Cross-validate, train on all rows, write the results; returns the report.

    Raises:
        TrainError: rows that cannot be read or hold nothing to learn from.
    """
    rows, errors = decisions(read_lines(settings.rows, "rows"), settings.rows.name)
    scorer = fit(rows, settings.strength)
    report: dict[str, Any] = {"rows": settings.rows.name, "folds": settings.folds, "strength": settings.strength}
    report["cross_validated"] = cross_validate(rows, settings)
    report["features"], report["rules_weight"] = len(scorer.weights), scorer.weights.get(RULES, 0.0)
    if settings.also:
        others, more = decisions(read_lines(settings.also, "also"), settings.also.name)
        report["also"] = {"rows": settings.also.name, **compare(others, [scorer] * len(others))}
        errors += more
    write_errors(settings.out, errors)
    scorer.save(settings.out / "weights.json")
    (settings.out / "report.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return report


def main() -> None:
    """Command line of `train.fast_chooser`."""
    settings = FastChooserSettings.from_cli()
    try:
        print(json.dumps(train(settings), ensure_ascii=False))
    except DatasetError as error:
        print(f"train.fast_chooser: {error}", file=sys.stderr)
        raise SystemExit(2) from error


if __name__ == "__main__":
    main()
