"""Oral style: does a text sound like the hosts whose speech was counted?"""

from __future__ import annotations

import math

from koubo.rubric.host_style import HostStyle, default_host_style
from koubo.rubric.scorecard import Criterion, CriterionScore, Evidence, ScoredScript, clamp
from koubo.rubric.sentences import clauses, count_words, said
from koubo.rubric.settings import Rubric, SpeechWords
from koubo.rubric.speech import FEATURES, measure

STEADY = 30
"""Rates are drawn to the hosts' median as if by so many more characters: in a short text one word is a high rate."""
LEAST = 0.01
"""No feature counts as less."""
_TYPICAL = 0.995


def oral_style_score(text: ScoredScript, rubric: Rubric, hosts: HostStyle | None = None) -> CriterionScore:
    """Score where a text stands among real hosts in each feature of speech, weighted by ``rubric.oral_style``.

    A feature scores 1 for a text like three quarters of the hosts or better, 0.2 at the last host, less beyond; the
    criterion is their weighted geometric mean, since one thing that no host does is heard through all the rest.
    ``hosts`` None: those that come with Koubo.
    """
    among, spoken = hosts or default_host_style(), text.spoken
    if not clauses(spoken):
        return CriterionScore(Criterion.ORAL_STYLE, 0.0, (Evidence("", "empty", "nothing is said"),))
    values = {name: _steady(name, value, spoken, among) for name, value in measure(spoken, rubric.speech).items()}
    scores = {name: among.score(name, values[name]) for name in rubric.oral_style}
    weight = sum(rubric.oral_style.values())
    total = math.exp(
        sum(rubric.oral_style[name] * math.log(max(score, LEAST)) for name, score in scores.items()) / weight
    )
    unusual = (_unusual(name, values[name], among) for name in scores if scores[name] < _TYPICAL)
    return CriterionScore(Criterion.ORAL_STYLE, clamp(total), (*_words(spoken, rubric.speech), *unusual))


def _steady(name: str, value: float, text: str, hosts: HostStyle) -> float:
    if not FEATURES[name].rate:
        return value
    length = said(text)
    return (value * length + hosts.median(name) * STEADY) / (length + STEADY)


def _words(spoken: str, words: SpeechWords) -> tuple[Evidence, ...]:
    """Name the words and clauses that are written rather than said."""
    joints = (Evidence(word, "connective", "joins mechanically") for word in count_words(spoken, words.connectives))
    harmless = (*words.not_bookish, *words.connectives)
    written = (Evidence(word, "bookish", "written, not said") for word in count_words(spoken, words.bookish, harmless))
    long = [part for part in clauses(spoken) if said(part) > words.long_clause]
    breathless = (Evidence(part, "long_clause", f"{said(part)} characters without a breath") for part in long)
    return (*joints, *written, *breathless)


def _unusual(name: str, value: float, hosts: HostStyle) -> Evidence:
    """Say a feature in which the text is unlike most hosts."""
    knots = hosts.quantiles[name]
    return Evidence("", name, f"{value:.2f}; hosts {knots[1]:g} to {knots[-2]:g}, half of them below {knots[3]:g}")
