"""Ask a language model about the spans of which the rules are hardly sure, and remember what it said."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence

from koubo.protocols import ChoiceQuestion, Chooser
from koubo.reading.reader import assemble, check_language, decide, lattice, lead, settle
from koubo.reading.spans import Choice, Reading


class Decisions:
    """What a model has answered, by question and model version: the most recently used ``size`` answers."""

    def __init__(self, version: str, size: int = 10_000) -> None:
        """``version`` names the model: a new one starts with ``Decisions(new version)``. Raises on ``size`` < 1."""
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
    texts: Sequence[str], chooser: Chooser, margin: float, decisions: Decisions | None = None
) -> tuple[Reading, ...]:
    """Read texts and let a language model choose where the rules hardly know.

    ``chooser`` is asked once for all texts, about the spans whose first two readings lie less than ``margin`` (shares,
    0 to 1; 0 asks nothing) apart and that ``decisions`` does not remember. Raises ``ValueError`` where it answers with
    another number of questions or candidates than it was asked, and as ``read`` does; what the chooser raises is
    passed on.
    """
    for text in texts:
        check_language(text)
    lattices = [lattice(text) for text in texts]
    asked = {
        question(text, choice): None
        for text, choices in zip(texts, lattices, strict=True)
        for choice in choices
        if lead(choice.options) < margin
    }
    answers = await _answers(asked, chooser, decisions)
    return tuple(_settled(text, choices, answers) for text, choices in zip(texts, lattices, strict=True))


def question(text: str, choice: Choice) -> ChoiceQuestion:
    """Put a choice as a question."""
    return ChoiceQuestion(text, choice.start, choice.end, tuple(option.spoken for option in choice.options))


async def _answers(
    asked: Iterable[ChoiceQuestion], chooser: Chooser, decisions: Decisions | None
) -> dict[ChoiceQuestion, Sequence[float]]:
    """Answer from memory where there is one, and ask for the rest in one batch."""
    answers: dict[ChoiceQuestion, Sequence[float]] = {}
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
            if decisions is not None and len(scores) == len(one.candidates):
                decisions.put(one, scores)
    return answers


def _settled(text: str, choices: Sequence[Choice], answers: dict[ChoiceQuestion, Sequence[float]]) -> Reading:
    """Put a reading together from the model's answers and, where it was not asked, the rules."""
    spans = []
    for choice in choices:
        scores = answers.get(question(text, choice))
        spans.append(decide(choice, text) if scores is None else settle(choice, scores))
    return assemble(text, tuple(span for span in spans if span.spoken != span.written))
