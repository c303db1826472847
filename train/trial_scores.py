"""What each run of the experiments does with the kept-out texts; kept beside the run, so that nothing is scored twice.

A run's `scores.json` holds the natural-log likelihood of every option of every decision, or the sentences it wrote, and
which checkpoint, rows, spans and readings they belong to.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from koubo.dataset.rows import read_lines, write_jsonl
from train.checkpoints import checkpoint_at
from train.choosers import UNTRAINED, Scores, Verdicts, by_scores, by_sentences
from train.evaluate import EvaluateSettings, judge_baselines, likelihoods_of, open_scorer
from train.evaluation_set import EvaluationSet, load_set
from train.trials import Form, Method, Trial

if TYPE_CHECKING:
    from train.experiments import ExperimentsSettings

SCORES = "scores.json"


@dataclass(frozen=True, slots=True)
class Bench:
    """The kept-out texts and where the runs are.

    `rewritten` is the sample of the texts that models rewrite; `sources` says which file each line of them is from.
    """

    settings: ExperimentsSettings
    judged: EvaluationSet
    rewritten: EvaluationSet
    digest: str
    sources: dict[int, str]

    @classmethod
    def open(cls, settings: ExperimentsSettings) -> Bench:
        """Read the kept-out texts of the rows' folder.

        Raises:
            DatasetError: no evaluation.jsonl there, or none of its spans is decided by context.
        """
        path = settings.rows / "evaluation.jsonl"
        lines = read_lines(path, "rows")
        sources = {number: str(json.loads(line).get("source", "")).partition(":")[0] for number, line in lines}
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        return cls(settings, load_set(path), load_set(path, limit=settings.rewritten), digest, sources)

    def texts_of(self, form: Form) -> EvaluationSet:
        """What a form of the task is judged on."""
        return self.judged if form == "choice" else self.rewritten

    def baselines(self) -> dict[str, Verdicts]:
        """The rules, and wetext, on all texts."""
        return judge_baselines(self.judged)

    def judge(self, trial: Trial) -> None:
        """Score a run where its checkpoint was not scored on these texts yet."""
        self._known(trial.form, self.settings.out / trial.name)

    def likelihoods(self, trial: Trial) -> Scores:
        """A run's likelihoods of all options of all decisions."""
        found: Scores = self._known("choice", self.settings.out / trial.name)
        return found

    def verdicts(self, trial: Trial) -> Verdicts:
        """What a run does alone with the texts of its form."""
        if trial.form == "choice":
            return by_scores(self.judged, self.likelihoods(trial))
        return by_sentences(self.rewritten, self._known("rewrite", self.settings.out / trial.name))

    def seeds_of(self, form: Form, *methods: Method) -> tuple[int, ...]:
        """The seeds that all these methods of a form were trained with."""
        repeated = form == "choice" and set(methods) <= set(self.settings.repeated)
        return self.settings.seeds if repeated else self.settings.seeds[:1]

    def untrained(self, form: Form) -> Verdicts:
        """The base model before training."""
        found = self._known(form, self.settings.out / f"{form}-{UNTRAINED}")
        return by_scores(self.judged, found) if form == "choice" else by_sentences(self.rewritten, found)

    def _known(self, form: Form, folder: Path) -> Any:
        """The scores of a folder, made where they are not there or belong to another checkpoint or other rows."""
        trained = not folder.name.endswith(UNTRAINED)
        of = {"asked": asked(self.texts_of(form)), "rows": self.digest, "base": self.settings.models.writer}
        of["checkpoint"] = checkpoint_at(folder).name if trained else UNTRAINED
        path = folder / SCORES
        if path.is_file():
            kept = json.loads(path.read_text(encoding="utf8"))
            if kept["of"] == of:
                return kept["scores"]
        scores = self._score(form, folder if trained else None)
        folder.mkdir(parents=True, exist_ok=True)
        write_jsonl(path, [{"of": of, "scores": scores}])
        return scores

    def _score(self, form: Form, run: Path | None) -> list[list[float]] | list[str]:
        from koubo.reading.prompts import rewriting
        from train.decoding import GreedyDecoder

        print(f"train.experiments: judging {run.name if run else 'the untrained model'}", flush=True)
        place = {"checkpoint": run} if run else {"model": self.settings.models.writer}
        given = {"rows": self.settings.rows / "evaluation.jsonl", "out": self.settings.out, **place}
        scorer = open_scorer(EvaluateSettings.of_profile(self.settings.profile, **given), None, checkpoint=bool(run))
        if form == "choice":
            return [list(scores) for scores in likelihoods_of(self.judged.decisions, scorer)]
        prompts = [rewriting(text.labelled.text) for text in self.rewritten.texts]
        return GreedyDecoder(scorer.model, scorer.tokenizer).completions(prompts, "train.experiments: rewriting")


def asked(texts: EvaluationSet) -> str:
    """A fingerprint of every text, span and reading that is asked about, in order."""
    spans = [(d.text, d.choice.start, [option.spoken for option in d.choice.options]) for d in texts.decisions]
    return hashlib.sha256(json.dumps(spans).encode()).hexdigest()


def same_texts(judged: EvaluationSet, part: EvaluationSet, verdicts: Verdicts) -> Verdicts:
    """The verdicts on a part of the texts."""
    rows = {text.row for text in part.texts}
    kept = [place for place, text in enumerate(judged.texts) if text.row in rows]
    return Verdicts(tuple(verdicts.answers[i] for i in kept), tuple(verdicts.sentences[i] for i in kept))
