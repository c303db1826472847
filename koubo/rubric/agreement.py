"""How far a judge and the rules agree: by criterion the mean difference and the correlation of their scores."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from koubo.protocols import JudgeResult
from koubo.rubric.scorecard import Criterion, Scorecard

FEWEST = 3
"""Fewer pairs have no correlation worth a number."""


@dataclass(slots=True)
class Pairs:
    """Running sums over pairs of scores (Welford, 1962), so that nothing is kept of the scripts."""

    n: int = 0
    mean_rules: float = 0.0
    mean_judge: float = 0.0
    _rules: float = 0.0
    _judge: float = 0.0
    _both: float = 0.0

    def add(self, rules: float, judge: float) -> None:
        """Count one pair."""
        self.n += 1
        from_rules, from_judge = rules - self.mean_rules, judge - self.mean_judge
        self.mean_rules += from_rules / self.n
        self.mean_judge += from_judge / self.n
        self._rules += from_rules * (rules - self.mean_rules)
        self._judge += from_judge * (judge - self.mean_judge)
        self._both += from_rules * (judge - self.mean_judge)

    @property
    def difference(self) -> float:
        """Mean of the judge's score less that of the rules."""
        return self.mean_judge - self.mean_rules

    @property
    def correlation(self) -> float | None:
        """Pearson's correlation; None for fewer than three pairs, or where one of the two always says the same."""
        if self.n < FEWEST or self._rules < 1e-12 or self._judge < 1e-12:
            return None
        return self._both / math.sqrt(self._rules * self._judge)


@dataclass(slots=True)
class Agreement:
    """Pairs of scores by criterion, and how often the judge gave none."""

    criteria: dict[Criterion, Pairs] = field(default_factory=dict)
    failed: int = 0

    def add(self, by_rules: Scorecard, judge: JudgeResult) -> None:
        """Count what a judge said of a script beside what the rules say."""
        if judge.error is not None:
            self.failed += 1
            return
        for opinion in judge.opinions:
            name = Criterion(opinion.criterion)
            self.criteria.setdefault(name, Pairs()).add(by_rules[name].score, opinion.score)

    def told(self) -> Mapping[str, str]:
        """Return one phrase a criterion, for people: pairs, difference, correlation."""
        return {name.value: _phrase(pairs) for name, pairs in self.criteria.items()}


def _phrase(pairs: Pairs) -> str:
    correlation = "no correlation yet" if pairs.correlation is None else f"correlation {pairs.correlation:.2f}"
    return f"{pairs.n} scripts, judge {pairs.difference:+.2f} from the rules, {correlation}"
