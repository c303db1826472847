"""Likeness: sentences that say in other words what another one says, found by a sentence encoder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from koubo.protocols import Embedder
from koubo.rubric.scorecard import ScoredScript
from koubo.rubric.sentences import said, sentences

SHORTEST = 6
"""Shorter sentences say too little to be compared."""

Where = Literal["this script", "an earlier script"]


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence, the one before it (here or in an earlier script) that is likest to it, and their cosine."""

    sentence: str
    other: str
    where: Where
    cosine: float


@dataclass(frozen=True, slots=True)
class Likeness:
    """The likest earlier sentence of every sentence that has one, and how many sentences were compared."""

    pairs: tuple[Pair, ...]
    sentences: int

    def share(self, near: float) -> float:
        """Share of the sentences whose likest one is at least that near."""
        return sum(pair.cosine >= near for pair in self.pairs) / max(self.sentences, 1)


async def likeness_of(embedder: Embedder, text: ScoredScript, heard: Sequence[ScoredScript] = ()) -> Likeness:
    """Compare each sentence with those before it and with those of earlier scripts."""
    own, before = _long(text), [sentence for script in heard for sentence in _long(script)]
    if not own:
        return Likeness((), 0)
    vectors = await embedder.embed([*before, *own])
    vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    everything, pairs = [*before, *own], []
    for place in range(len(before), len(everything)):
        if place == 0:
            continue
        cosines = vectors[:place] @ vectors[place]
        best = int(cosines.argmax())
        where: Where = "this script" if best >= len(before) else "an earlier script"
        pairs.append(Pair(everything[place], everything[best], where, float(cosines[best])))
    return Likeness(tuple(pairs), len(own))


def _long(text: ScoredScript) -> list[str]:
    return [sentence for sentence in sentences(text.written) if said(sentence) >= SHORTEST]
