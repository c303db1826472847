"""Statistics of right and wrong: intervals of one chooser, and paired tests of two on the same spans.

Spans of one sentence are not independent, so what is said of spans is also said by sentence: an interval by resampling
sentences (Efron and Tibshirani, An Introduction to the Bootstrap, 1993), a sign test of sentences.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 4000
SEED = 17
Interval = tuple[float, float]
Sentences = Sequence[Sequence[bool]]
"""For each sentence, which of its spans are right."""


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many, with the 95% interval of Wilson (1927); the whole range 0 to 1 where there are none."""

    right: int
    total: int
    low: float
    high: float

    @classmethod
    def of(cls, outcomes: Sequence[bool]) -> Share:
        """The share of outcomes that are true."""
        return cls(sum(outcomes), len(outcomes), *wilson(sum(outcomes), len(outcomes)))

    @property
    def value(self) -> float:
        """The share itself, 0 to 1; 0 where there are none."""
        return self.right / self.total if self.total else 0.0


@dataclass(frozen=True, slots=True)
class Paired:
    """One chooser against another on the same spans.

    `mended` spans are right by the new one only, `broken` ones by the old one only, `p` is McNemar's exact test of
    the two. `p_sentences` is the exact sign test of sentences with more spans mended than broken against the others.
    `difference` is new less old share, with its 95% bootstrap interval by sentence.
    """

    mended: int
    broken: int
    p: float
    p_sentences: float
    difference: float
    low: float
    high: float

    @classmethod
    def of(cls, new: Sentences, old: Sentences) -> Paired:
        """Compare two choosers; both give the same sentences with the same spans."""
        mended, broken = _flips(new, old), _flips(old, new)
        gained = [sum(a) - sum(b) for a, b in zip(new, old, strict=True)]
        up, down = sum(g > 0 for g in gained), sum(g < 0 for g in gained)
        sizes = [len(spans) for spans in new]
        difference = sum(gained) / max(sum(sizes), 1)
        low, high = bootstrap(gained, sizes) if sum(sizes) else (-1.0, 1.0)
        return cls(mended, broken, sign_test(mended, broken), sign_test(up, down), difference, low, high)


def wilson(right: int, total: int) -> Interval:
    """The 95% score interval of a proportion (E. B. Wilson, JASA 22, 1927); (0, 1) of nothing."""
    from scipy.stats import binomtest

    if not total:
        return 0.0, 1.0
    interval = binomtest(right, total).proportion_ci(0.95, method="wilson")
    return float(interval.low), float(interval.high)


def sign_test(up: int, down: int) -> float:
    """The two-sided exact binomial p-value of `up` against `down`; of discordant pairs it is McNemar's exact test."""
    from scipy.stats import binomtest

    return float(binomtest(up, up + down).pvalue) if up + down else 1.0


def bootstrap(sums: Sequence[int], sizes: Sequence[int], resamples: int = RESAMPLES, seed: int = SEED) -> Interval:
    """The 95% percentile interval of sum(sums) / sum(sizes), resampling whole sentences; always the same for a seed.

    Args:
        sums: for each sentence its spans that are right, or right by one chooser less right by another.
        sizes: for each sentence its number of spans.
        resamples: how often; 4,000 give the bounds to about a tenth of the interval's width.
        seed: of the random generator.
    """
    if not sum(sizes):
        return 0.0, 1.0
    random = np.random.default_rng(seed)
    pairs: NDArray[np.int64] = np.array([sums, sizes]).T
    kinds, counts = np.unique(pairs, axis=0, return_counts=True)  # few: resampling sentences is a multinomial of them
    drawn = random.multinomial(len(pairs), counts / len(pairs), size=resamples) @ kinds
    low, high = np.percentile(drawn[:, 0] / np.maximum(drawn[:, 1], 1), [2.5, 97.5])
    return float(low), float(high)


def _flips(new: Sentences, old: Sentences) -> int:
    return sum(a and not b for ours, theirs in zip(new, old, strict=True) for a, b in zip(ours, theirs, strict=True))
