"""The two ways in which an engine's model chooses readings: by likelihood, or by rewriting the sentence."""

from __future__ import annotations

from collections.abc import Sequence

from koubo.protocols import ChoiceQuestion
from koubo.reading import lattice
from koubo.reading.finder import sentences
from koubo.reading.rewriting import aligned, option_said
from serve_apps.engine import Asked
from serve_apps.parts import PartState
from serve_apps.reading_chooser import NamedChooser
from serve_apps.settings import ChooserSettings
from serve_apps.weighing import Rewritten, Weighed

WRITTEN = 3.0
"""How much a reading that the model wrote leads the others, in nats: rewriting weighs nothing, so 20 to 1 is said."""


class LikelihoodChooser:
    """Compares the likelihoods of the candidates; the model writes nothing."""

    def __init__(self, engine: Asked) -> None:
        self._engine = engine
        self.model = ""

    async def choose(self, questions: Sequence[ChoiceQuestion]) -> Sequence[Sequence[float] | None]:
        """One hop for the whole batch. Raises EngineAway."""
        weighed: Weighed = await self._engine.ask("weigh", list(questions))
        self.model = weighed.model
        return weighed.scores

    async def state(self) -> PartState:
        """Whether a replica runs."""
        return await self._engine.state()


class RewritingChooser:
    """Lets the model write the sentence as it is said, and takes from it only what is a candidate in its place."""

    def __init__(self, engine: Asked) -> None:
        self._engine = engine
        self.model = ""

    async def choose(self, questions: Sequence[ChoiceQuestion]) -> Sequence[Sequence[float] | None]:
        """One hop for the whole batch; a sentence is written once. Raises EngineAway."""
        places = [_sentence(question) for question in questions]
        asked = list(dict.fromkeys(sentence for sentence, _ in places))
        rewritten: Rewritten = await self._engine.ask("rewrite", asked)
        self.model = rewritten.model
        said = dict(zip(asked, rewritten.spoken, strict=True))
        return [
            _weights(question, said[sentence], sentence, start)
            for question, (sentence, start) in zip(questions, places, strict=True)
        ]

    async def state(self) -> PartState:
        """Whether a replica runs."""
        return await self._engine.state()


def chooser_of(settings: ChooserSettings, engine: Asked) -> NamedChooser:
    """The chooser of a mode."""
    return LikelihoodChooser(engine) if settings.mode == "likelihood" else RewritingChooser(engine)


def _sentence(question: ChoiceQuestion) -> tuple[str, int]:
    """The sentence that a question stands in, and where it begins in the text."""
    return next((found[0], found.start()) for found in sentences(question.text) if question.start < found.end())


def _weights(question: ChoiceQuestion, said: str | None, sentence: str, start: int) -> tuple[float, ...] | None:
    """The candidate that a rewritten sentence holds in the question's place leads; None where it holds none there."""
    choices = lattice(sentence)
    for choice, stretch in zip(choices, aligned(sentence, choices, said or ""), strict=True):
        if (choice.start + start, choice.end + start) == (question.start, question.end) and stretch is not None:
            option = option_said(choice, stretch)
            return None if option is None else tuple(WRITTEN * (c == option.spoken) for c in question.candidates)
    return None
