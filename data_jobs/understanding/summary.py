"""The most telling sentences of a page, as they stand there: large print, close to what the page is about, not alike.

Chosen one after the other by maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998): each counts by its print
and by how near it is to the mean of all sentences, less by how near it is to one that was taken.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from data_jobs.understanding.sentences import Sentence
from koubo.catalog.deal_words import price_or_deal

MOST = 3
LONGEST = 90
"""Characters of a summary at most."""
CHARACTERS = range(4, 61)
"""A sentence of another length is not taken: it is a label, or the fine print."""
_HANZI = re.compile(r"[\u4e00-\u9fff]")
_PRINT = 0.5
_ALIKE = 0.8


def candidates(found: Sequence[Sentence], silent: Sequence[re.Pattern[str]], topic: str) -> list[Sentence]:
    """The sentences that a summary may take.

    None that says nothing (`silent`, see topics.yaml), none that names a price, and deals only of a promotion.
    """
    return [one for one in found if _may(one.text, silent, topic)]


def _may(text: str, silent: Sequence[re.Pattern[str]], topic: str) -> bool:
    hanzi = "".join(_HANZI.findall(text))
    deal = price_or_deal(text)
    spoken = len(hanzi) + sum(map(str.isdigit, text))
    fits = len(text) in CHARACTERS and 2 * spoken >= len(text) and len(hanzi) >= 3
    return fits and not any(pattern.search(hanzi) for pattern in silent) and (not deal or (deal, topic) == _DEALS)


_DEALS = ("促销", "promotion")


def summarize(chosen: Sequence[Sentence], vectors: NDArray[np.float32], body: float) -> str:
    """At most three sentences in reading order, one a line; empty where there are none.

    Args:
        chosen: the candidates.
        vectors: a unit vector of each.
        body: height of the page's body print, pixels.
    """
    if not chosen:
        return ""
    centre = vectors.mean(axis=0)
    near = vectors @ (centre / max(float(np.linalg.norm(centre)), 1e-9))
    worth = near + np.array([_PRINT * math.log2(max(one.height / max(body, 1e-9), 0.5)) for one in chosen])
    taken: list[int] = []
    while len(taken) < MOST and (best := _next(chosen, vectors, worth, taken)) is not None:
        taken.append(best)
    return "\n".join(chosen[n].text for n in sorted(taken))


def _next(
    chosen: Sequence[Sentence], vectors: NDArray[np.float32], worth: NDArray[np.float64], taken: Sequence[int]
) -> int | None:
    """The sentence that adds most and still fits; None where none does."""
    room = LONGEST - sum(len(chosen[n].text) for n in taken)
    left = [n for n, one in enumerate(chosen) if n not in taken and len(one.text) <= room]
    if not left:
        return None
    alike = [max((float(vectors[n] @ vectors[t]) for t in taken), default=0.0) for n in left]
    return left[int(np.argmax([worth[n] - _ALIKE * same for n, same in zip(left, alike, strict=True)]))]
