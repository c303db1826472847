"""Rendered sentences with their cues, to what goes over HTTP."""

from __future__ import annotations

from collections.abc import Sequence

from koubo.script.cues import SentenceCues
from koubo.script.render import RenderedSection, RenderedSentence
from serve_apps.schemas import SentenceOut


def sentence_answers(section: RenderedSection, cues: Sequence[SentenceCues]) -> tuple[SentenceOut, ...]:
    """The sentences of a section, each with its cues."""
    return tuple(map(sentence_answer, section.sentences, cues))


def sentence_answer(sentence: RenderedSentence, cues: SentenceCues) -> SentenceOut:
    """A sentence with its cues."""
    known = {name: getattr(sentence, name) for name in SentenceOut.model_fields if name != "cues"}
    return SentenceOut.model_validate(known | {"cues": cues})
