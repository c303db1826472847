"""Judge how well readings are chosen: the rules, wetext, and a language model before and after training, side by side.

    python -m train.evaluate --rows "$PWD/rows/evaluation.jsonl" --out "$PWD/out/evaluation"
    python -m train.evaluate --rows "$PWD/rows/evaluation.jsonl" --checkpoint "$PWD/runs/sft" --untrained \\
        --tune "$PWD/rows/tuning.jsonl" --out "$PWD/out/sft"
    python -m train.evaluate --rows "$PWD/rows/evaluation.jsonl" --model "$PWD/models/sft" --form rewrite \\
        --out "$PWD/out/sft-rewrite"

Rows are labelled texts (koubo/dataset/labels.py). A span counts where one of its readings is accepted and another not.
Without a model only the rules and wetext are judged. With --form choice the model compares the likelihoods of a span's
readings: alone (model), with the rules' score (combined), and where the rules' lead is below --margin (cascade, as it
serves). With --form rewrite it writes the whole sentence, and each span has what stands in its place.

Writes `report.json`, `outcomes.jsonl` (one line a decision), `wrong.tsv` (to be read), `confusion-CHOOSER.svg` and
`errors.jsonl` (rows and spans without a usable label) into --out, and prints a table.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from cluster.settings import JobSettings
from koubo.dataset.decisions import Decision
from koubo.dataset.rows import DatasetError
from koubo.reading.prompts import mark, rewriting
from train import choosers
from train.choosers import Scores, Verdicts, by_scores, by_sentences
from train.evaluation_report import EvaluationReport, report_of, write_report
from train.evaluation_set import EvaluationSet, load_set
from train.settings import AbsolutePath, ModelPlace, TrainError

if TYPE_CHECKING:
    from train.decoding import GreedyDecoder
    from train.likelihood import CandidateScorer

PROFILE_MODEL = "untrained"


class EvaluateSettings(JobSettings):
    """Settings of `train.evaluate`."""

    job: ClassVar[str] = "train.evaluate"

    rows: AbsolutePath = Field(description="Labelled texts to judge on, one JSON object a line.")
    out: AbsolutePath = Field(description="Folder for the report and the outcomes.")
    limit: int | None = Field(None, ge=1, description="Most texts: a sample that stays the same when rows move.")

    model: ModelPlace | None = Field(
        None, description="Model to judge: a source, an absolute folder, or `untrained`, the profile's writer."
    )
    checkpoint: AbsolutePath | None = Field(
        None, description="A run of train.sft or train.dpo (its best or latest checkpoint), or one checkpoint."
    )
    untrained: bool = Field(False, description="Judge the model as it was before training, too.")
    form: Literal["choice", "rewrite"] = Field("choice", description="How the model is asked.")
    wetext: bool = Field(True, description="Judge wetext, too.")

    rules_weight: float | None = Field(
        None, ge=0, description="Weight of the rules' score beside the model's; tuned with --tune, else 1."
    )
    margin: float | None = Field(
        None, ge=0, le=1, description="Lead of the rules below which the cascade asks; tuned with --tune, else 0.5."
    )
    tune: AbsolutePath | None = Field(
        None, description="Labelled texts, none of --rows, to tune weight and margin on where they are not given."
    )
    tune_limit: int | None = Field(None, ge=1, description="Most texts of --tune.")

    dtype: Literal["float32", "bfloat16"] = Field("float32", description="Type of the weights.")
    device: Literal["cpu", "cuda"] = Field("cpu", description="Where the model runs.")
    batch_tokens: int = Field(1024, ge=1, description="Tokens of one pass when likelihoods are compared.")
    batch: int = Field(32, ge=1, description="Texts that are rewritten at a time.")

    @model_validator(mode="after")
    def _one_model(self) -> Self:
        if self.model and self.checkpoint:
            raise ValueError("give --model or --checkpoint, not both")
        if self.untrained and not self.checkpoint:
            raise ValueError("--untrained: only a --checkpoint says which model it was before training")
        if self.tune and (self.form == "rewrite" or not (self.model or self.checkpoint)):
            raise ValueError("--tune: only a model that chooses has a weight and a margin; leave it out")
        return self


def evaluate(settings: EvaluateSettings) -> EvaluationReport:
    """Judge all choosers on the rows, write the files; returns the report.

    Raises:
        DatasetError: rows without a decision, tuning rows that are judged as well, a model that cannot be opened.
    """
    judged = load_set(settings.rows, limit=settings.limit)
    tuning = _tuning_set(settings, judged)
    verdicts = judge_baselines(judged, settings.wetext)
    about: dict[str, Any] = {"form": settings.form, "limit": settings.limit}
    if settings.model or settings.checkpoint:
        if settings.untrained:
            verdicts |= _judge_untrained(judged, settings)
        found, more = _judge_model(judged, tuning, settings)
        verdicts, about = verdicts | found, about | more
    report = report_of(judged, verdicts, about)
    write_report(report, judged, verdicts, settings.out)
    return report


def judge_baselines(judged: EvaluationSet, wetext: bool = True) -> dict[str, Verdicts]:
    """The rules and, where wanted, wetext."""
    verdicts = {choosers.RULES: by_scores(judged, choosers.rules(judged.decisions))}
    if wetext:
        spoken = choosers.wetext([text.labelled.text for text in judged.texts])
        verdicts[choosers.WETEXT] = by_sentences(judged, spoken)
    return verdicts


def judge_choice(judged: EvaluationSet, likelihoods: Scores, weight: float, margin: float) -> dict[str, Verdicts]:
    """A model alone, with the rules' score, and only where the rules' lead is below the margin."""
    found = judged.decisions
    return {
        choosers.MODEL: by_scores(judged, likelihoods),
        choosers.COMBINED: by_scores(judged, choosers.combined(found, likelihoods, weight)),
        choosers.CASCADE: by_scores(judged, choosers.cascade(found, likelihoods, margin)),
    }


def judge_rewriting(judged: EvaluationSet, decoder: GreedyDecoder) -> Verdicts:
    """A model that writes each whole sentence as it is said."""
    prompts = [rewriting(text.labelled.text) for text in judged.texts]
    return by_sentences(judged, decoder.completions(prompts, "train.evaluate: rewriting"))


def likelihoods_of(found: list[Decision], scorer: CandidateScorer) -> Scores:
    """The model's natural-log likelihood of each option of each decision."""
    questions = [
        (mark(d.text, d.choice.start, d.choice.end), [option.spoken for option in d.choice.options]) for d in found
    ]
    return scorer.likelihoods(questions, "train.evaluate: choosing")


def open_scorer(settings: EvaluateSettings, source: str | None, checkpoint: bool) -> CandidateScorer:
    """The model of a source, or that of the settings' checkpoint merged in memory, ready to compare candidates."""
    from train.base_model import load_model, load_tokenizer, open_base
    from train.checkpoints import checkpoint_at
    from train.export import merge, same_base
    from train.likelihood import CandidateScorer
    from train.lineage import Lineage

    if settings.checkpoint:
        place = checkpoint_at(settings.checkpoint)
        base = same_base(Lineage.read(place), source)
        model = merge(base, place, settings.dtype) if checkpoint else load_model(base, settings.dtype)
    else:
        base = open_base(source or settings.models.writer)
        model = load_model(base, settings.dtype)
    return CandidateScorer(model.eval().to(settings.device), load_tokenizer(base), settings.batch_tokens)


def _source(settings: EvaluateSettings) -> str | None:
    return None if settings.model == PROFILE_MODEL else settings.model


def _judge_model(
    judged: EvaluationSet, tuning: EvaluationSet | None, settings: EvaluateSettings
) -> tuple[dict[str, Verdicts], dict[str, Any]]:
    """The verdicts of the model, and what is to be told about it."""
    scorer = open_scorer(settings, _source(settings), checkpoint=True)
    about: dict[str, Any] = {"model": settings.model, "checkpoint": settings.checkpoint and str(settings.checkpoint)}
    if settings.form == "rewrite":
        return {choosers.REWRITE: _rewritten(judged, scorer, settings)}, about
    weight, margin = settings.rules_weight, settings.margin
    if tuning:
        known = likelihoods_of(tuning.decisions, scorer)
        weight = choosers.tuned_weight(tuning.decisions, known) if weight is None else weight
        margin = choosers.tuned_margin(tuning.decisions, known) if margin is None else margin
        about["tuned_on"] = {"rows": tuning.file, "decisions": len(tuning.decisions)}
    weight, margin = 1.0 if weight is None else weight, 0.5 if margin is None else margin
    likelihoods = likelihoods_of(judged.decisions, scorer)
    return judge_choice(judged, likelihoods, weight, margin), about | {"rules_weight": weight, "margin": margin}


def _judge_untrained(judged: EvaluationSet, settings: EvaluateSettings) -> dict[str, Verdicts]:
    scorer = open_scorer(settings, None, checkpoint=False)
    if settings.form == "rewrite":
        return {choosers.UNTRAINED: _rewritten(judged, scorer, settings)}
    return {choosers.UNTRAINED: by_scores(judged, likelihoods_of(judged.decisions, scorer))}


def _rewritten(judged: EvaluationSet, scorer: CandidateScorer, settings: EvaluateSettings) -> Verdicts:
    from train.decoding import GreedyDecoder

    return judge_rewriting(judged, GreedyDecoder(scorer.model, scorer.tokenizer, settings.batch))


def _tuning_set(settings: EvaluateSettings, judged: EvaluationSet) -> EvaluationSet | None:
    """The rows to tune on, which must not hold a text that is judged."""
    if settings.tune is None:
        return None
    tuning = load_set(settings.tune, "tune", settings.tune_limit)
    texts = {text.labelled.text for text in judged.texts}
    shared = next((text for text in tuning.texts if text.labelled.text in texts), None)
    if shared:
        raise TrainError(
            f"--tune {settings.tune}, row {shared.row}: {shared.labelled.text!r} is among the rows that are judged; a "
            "weight tuned on them says nothing: give other rows"
        )
    return tuning


def main() -> None:
    """Command line of `train.evaluate`."""
    settings = EvaluateSettings.from_cli()
    try:
        print(evaluate(settings).table())
    except DatasetError as error:
        print(f"train.evaluate: {error}", file=sys.stderr)
        raise SystemExit(2) from error
    print(f"train.evaluate: {settings.out}")


if __name__ == "__main__":
    main()
