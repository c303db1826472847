"""Training sets from labelled texts: what is kept out for evaluation, and three sets of texts to train on.

`plain` are the labelled texts themselves; `generic` adds rewordings of any of them, `hard` adds hard cases, up to the
same number. No training text is an evaluation text or a near copy of one.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from koubo.dataset.decisions import Decision, decisions_of
from koubo.dataset.drawing import draw
from koubo.dataset.labels import LabelledText
from koubo.dataset.minimal_pairs import hard, hard_cases
from koubo.dataset.near_copies import Copy, NearCopies
from koubo.dataset.paraphrase import paraphrases

EACH = 24
"""Most hard cases that are made of one hard decision."""
REWORDED = 2
"""Most rewordings of one text."""


@dataclass(frozen=True, slots=True)
class SourcedText:
    """A labelled text, where it is from (`file:line`, and for one that was made, how), and what it decides."""

    labelled: LabelledText
    source: str
    decisions: tuple[Decision, ...]

    @classmethod
    def of(cls, labelled: LabelledText, source: str) -> SourcedText:
        """Find the decisions of a text."""
        return cls(labelled, source, tuple(decisions_of(labelled)[0]))


Reworder = Callable[[Sequence[SourcedText]], Iterator[SourcedText]]
"""Makes rewordings of texts, each with its source."""


@dataclass(frozen=True, slots=True)
class Leak:
    """A text that was left out of training because it says almost the same as an evaluation text."""

    text: SourcedText
    copy: Copy


@dataclass(slots=True)
class TrainingSets:
    """The texts of an experiment, and those that would have leaked."""

    evaluation: list[SourcedText] = field(default_factory=list)
    plain: list[SourcedText] = field(default_factory=list)
    reworded: list[SourcedText] = field(default_factory=list)
    hard_cases: list[SourcedText] = field(default_factory=list)
    leaks: list[Leak] = field(default_factory=list)

    @property
    def sets(self) -> dict[str, list[SourcedText]]:
        """The three sets by name."""
        return {"plain": self.plain, "generic": self.plain + self.reworded, "hard": self.plain + self.hard_cases}

    def counts(self) -> Counter[str]:
        """How many texts each part holds."""
        return Counter(
            evaluation=len(self.evaluation),
            plain=len(self.plain),
            reworded=len(self.reworded),
            hard_cases=len(self.hard_cases),
            left_out_as_near_copies=len(self.leaks),
        )


def split(
    texts: Sequence[SourcedText],
    evaluation: Sequence[SourcedText],
    holdout: float,
    added: int,
    seed: int,
    reword: Reworder | None = None,
) -> TrainingSets:
    """Keep a share of the texts out, drop near copies of them, and make the augmented texts.

    Args:
        texts: labelled texts to train on and to keep out from.
        evaluation: labelled texts that are kept out whole.
        holdout: share of `texts` that is kept out (0 to 1); which ones depends on the text and `seed` only.
        added: most texts that each augmentation adds.
        seed: of everything that is drawn.
        reword: makes the rewordings of the training texts; the templates of `koubo.dataset.paraphrase` when None.
    """
    kept_out = [text for text in texts if draw(text.labelled.text, f"held out {seed}") < holdout]
    sets = TrainingSets(evaluation=[*evaluation, *kept_out])
    guard = NearCopies(text.labelled.text for text in sets.evaluation)
    out = {text.labelled.text for text in sets.evaluation}
    sets.plain = list(_safe((text for text in texts if text.labelled.text not in out), guard, sets.leaks))
    sets.reworded = _made((reword or template_rewordings(seed))(sets.plain), sets, guard, added, seed)
    sets.hard_cases = _made(_hardened(sets.plain, seed), sets, guard, added, seed)
    return sets


def _safe(texts: Iterator[SourcedText], guard: NearCopies, leaks: list[Leak]) -> Iterator[SourcedText]:
    """The texts that copy no evaluation text; the others are kept as leaks."""
    for text in texts:
        copy = guard.find(text.labelled.text)
        if copy is None:
            yield text
        else:
            leaks.append(Leak(text, copy))


def _made(
    texts: Iterator[SourcedText], sets: TrainingSets, guard: NearCopies, most: int, seed: int
) -> list[SourcedText]:
    """At most `most` of the made texts, drawn evenly: new ones only, with a decision to learn from, and no leak."""
    known = {text.labelled.text for text in sets.plain}
    fresh: dict[str, SourcedText] = {}
    for text in _safe(texts, guard, sets.leaks):
        if text.labelled.text not in known and text.decisions:
            fresh.setdefault(text.labelled.text, text)
    drawn = sorted(fresh.values(), key=lambda text: draw(text.labelled.text, f"added {seed}"))[:most]
    return random.Random(seed).sample(drawn, len(drawn))


def template_rewordings(seed: int) -> Reworder:
    """Rewordings by templates and synonyms."""

    def reword(texts: Sequence[SourcedText]) -> Iterator[SourcedText]:
        for text in texts:
            if text.decisions:
                for made in paraphrases(text.labelled, REWORDED, seed):
                    yield SourcedText.of(made, f"{text.source}, reworded")

    return reword


def _hardened(texts: Sequence[SourcedText], seed: int) -> Iterator[SourcedText]:
    for text in texts:
        for decision in filter(hard, text.decisions):
            for made in hard_cases(text.labelled, decision, EACH, seed):
                yield SourcedText.of(made, f"{text.source}, hard case")
