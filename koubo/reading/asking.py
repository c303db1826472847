"""Ask a language model about the spans of which the rules are hardly sure, and remember what it said."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from koubo.protocols import ChoiceQuestion, Chooser
from koubo.reading.reader import assemble, choices_around, decide, lead, settle
from koubo.reading.spans import Choice, Reading, Span

Scores = Sequence[float] | None
"""A model's answer to a question: one natural-log likelihood a candidate, or None where it has none."""


class Decisions:
    """What a model has answered, by question and model version: the most recently used ``size`` answers."""

    def __init__(self, version: str, size: int = 10_000) -> None:
        """``version`` names the model; set it when another one answers. Raises on ``size`` < 1."""
        if size < 1:
            raise ValueError(f"size {size}: a cache of decisions holds at least one; to keep none, give no cache")
        self.version = version
        self._size = size
        self._answers: OrderedDict[tuple[str, ChoiceQuestion], tuple[float, ...]] = OrderedDict()

    def __len__(self) -> int:
        """Return the number of answers kept."""
        return len(self._answers)

    def get(self, question: ChoiceQuestion) -> tuple[float, ...] | None:
        """Return the answer to a question, or None."""
        key = (self.version, question)
        if key in self._answers:
            self._answers.move_to_end(key)
        return self._answers.get(key)

    def put(self, question: ChoiceQuestion, scores: Sequence[float]) -> None:
        """Keep an answer; the one not used for longest makes room."""
        self._answers[(self.version, question)] = tuple(scores)
        self._answers.move_to_end((self.version, question))
        if len(self._answers) > self._size:
            self._answers.popitem(last=False)


async def read_with(text: str, chooser: Chooser, margin: float, decisions: Decisions | None = None) -> Reading:
    """Read a text as ``read_all_with`` does."""
    (reading,) = await read_all_with([text], chooser, margin, decisions)
    return reading


async def read_all_with(
    texts: Sequence[str],
    chooser: Chooser,
    margin: float,
    decisions: Decisions | None = None,
    pinned: Sequence[Sequence[Span]] | None = None,
) -> tuple[Reading, ...]:
    """Read texts and let a language model choose where the rules hardly know.

    ``chooser`` is asked once for all texts, about the spans whose first two readings lie less than ``margin`` (shares,
    0 to 1; 0 asks nothing) apart and that ``decisions`` does not remember. Where it has no answer the rules choose.
    ``pinned`` are the pinned spans of each text (see ``read``), which nobody is asked about. Raises ``ValueError``
    where the chooser answers with another number of questions or candidates than it was asked, and as ``read`` does;
    what the chooser raises is passed on.
    """
    found = [_Found.of(text, spans) for text, spans in zip(texts, pinned or [()] * len(texts), strict=True)]
    asked = {one.question(choice): None for one in found for choice in one.choices if lead(choice.options) < margin}
    answers = await _answers(asked, chooser, decisions)
    return tuple(one.settled(answers) for one in found)


@dataclass(frozen=True, slots=True)
class _Found:
    """A text, what is known of it, and what is to be chosen."""

    text: str
    known: tuple[Span, ...]
    choices: tuple[Choice, ...]

    @classmethod
    def of(cls, text: str, pinned: Sequence[Span]) -> Self:
        known, choices = choices_around(text, pinned)
        return cls(text, known, tuple(choices))

    def question(self, choice: Choice) -> ChoiceQuestion:
        return question(self.text, choice)

    def settled(self, answers: Mapping[ChoiceQuestion, Scores]) -> Reading:
        """Put the reading together from the model's answers and, where there is none, the rules."""
        return assemble(self.text, self.known, [self._span(choice, answers) for choice in self.choices])

    def _span(self, choice: Choice, answers: Mapping[ChoiceQuestion, Scores]) -> Span:
        scores = answers.get(self.question(choice))
        return decide(choice, self.text) if scores is None else settle(choice, scores)


def question(text: str, choice: Choice) -> ChoiceQuestion:
    """Put a choice as a question."""
    return ChoiceQuestion(text, choice.start, choice.end, tuple(option.spoken for option in choice.options))


async def _answers(
    asked: Iterable[ChoiceQuestion], chooser: Chooser, decisions: Decisions | None
) -> dict[ChoiceQuestion, Scores]:
    """Answer from memory where there is one, and ask for the rest in one batch."""
    answers: dict[ChoiceQuestion, Scores] = {}
    missing = []
    for one in asked:
        known = decisions.get(one) if decisions is not None else None
        if known is None:
            missing.append(one)
        else:
            answers[one] = known
    if missing:
        for one, scores in zip(missing, await chooser.choose(missing), strict=True):
            answers[one] = scores
            if decisions is not None and scores is not None and len(scores) == len(one.candidates):
                decisions.put(one, scores)
    return answers
