"""The choosers that are judged side by side: the rules, a model, both together, a model only where rules hardly know.

A weight or a margin is tuned on rows of their own, never on those that are judged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from koubo.dataset.decisions import Decision
from koubo.reading import lead
from train.evaluation_set import Answer, EvaluationSet
from train.settings import TrainError

RULES, WETEXT, MODEL, COMBINED, CASCADE, REWRITE = "rules", "wetext", "model", "combined", "cascade", "rewrite"
UNTRAINED = "untrained"
WEIGHTS = (0.0, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 8.0)
"""Weights of the rules' score that are tried."""
MARGINS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.99, 1.0)
"""Margins that are tried: 0 never asks the model, 1 almost always."""
Scores = Sequence[Sequence[float]]
"""One natural-log score an option, for each decision of a set in order."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What a chooser did with a set: its answers text by text, and whether each sentence came out right."""

    answers: tuple[tuple[Answer, ...], ...]
    sentences: tuple[bool, ...]

    @property
    def right(self) -> list[list[bool]]:
        """For each text which of its decisions are right."""
        return [[answer.right for answer in text] for text in self.answers]


def by_scores(judged: EvaluationSet, scores: Scores) -> Verdicts:
    """Take the best option of each decision."""
    answers = tuple(
        tuple(text.answer(d, s) for d, s in zip(text.decisions, own, strict=True))
        for text, own in zip(judged.texts, judged.grouped(scores), strict=True)
    )
    said = (text.spoken(own) for text, own in zip(judged.texts, answers, strict=True))
    return Verdicts(answers, tuple(text.right(one) for text, one in zip(judged.texts, said, strict=True)))


def by_sentences(judged: EvaluationSet, spoken: Sequence[str]) -> Verdicts:
    """Take what whole spoken sentences say, one a text."""
    pairs = list(zip(judged.texts, spoken, strict=True))
    return Verdicts(tuple(t.answers_in(said) for t, said in pairs), tuple(t.right(said) for t, said in pairs))


def rules(found: Sequence[Decision]) -> Scores:
    """The rules' own scores."""
    return [[option.score for option in decision.choice.options] for decision in found]


def combined(found: Sequence[Decision], likelihoods: Scores, weight: float) -> Scores:
    """Log-linear: the model's log-likelihood plus `weight` times the rules' score."""
    own = rules(found)
    return [[m + weight * r for m, r in zip(ms, rs, strict=True)] for ms, rs in zip(likelihoods, own, strict=True)]


def cascade(found: Sequence[Decision], likelihoods: Scores, margin: float) -> Scores:
    """The model alone where the rules' lead is below the margin (as `koubo.reading.read_with` asks), else the rules."""
    pairs = zip(found, likelihoods, rules(found), strict=True)
    return [model if lead(decision.choice.options) < margin else own for decision, model, own in pairs]


def tuned_weight(found: Sequence[Decision], likelihoods: Scores) -> float:
    """The weight of the rules that gets most decisions right; of equal ones the middle, which leaves most room."""
    return _best(WEIGHTS, lambda weight: _rights(found, combined(found, likelihoods, weight)), middle=True)


def tuned_margin(found: Sequence[Decision], likelihoods: Scores) -> float:
    """The margin that gets most decisions right; of equal ones the smallest, which asks least."""
    return _best(MARGINS, lambda margin: _rights(found, cascade(found, likelihoods, margin)), middle=False)


def wetext(texts: Sequence[str]) -> list[str]:
    """Texts as WeTextProcessing's grammars say them (the package `wetext`).

    Raises:
        TrainError: the package is not installed.
    """
    try:
        from wetext import Normalizer
    except ImportError as error:
        raise TrainError("--wetext: the package is not installed; pip install wetext, or give --no-wetext") from error
    normalize: Callable[[str], str] = Normalizer(lang="zh", operator="tn").normalize
    return [normalize(text) for text in texts]


def _rights(found: Sequence[Decision], scores: Scores) -> int:
    return sum(decision.right(own) for decision, own in zip(found, scores, strict=True))


def _best(values: Sequence[float], right: Callable[[float], int], middle: bool) -> float:
    counted = [(right(value), value) for value in values]
    top = [value for count, value in counted if count == max(counted)[0]]
    return top[(len(top) - 1) // 2] if middle else top[0]
