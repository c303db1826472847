"""Which lines of hosts may be shown to a writer, and what is wrong with the others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from koubo.rubric.safety import find_breaches
from koubo.script.numerals import find_numbers
from koubo.script.refused import families
from koubo.script.tables import nouns, words
from koubo.voices.duplicates import Copies
from koubo.voices.functions import function_table
from koubo.voices.sentences import Sentence, letters, sentences_of
from koubo.voices.transcripts import Speech

CHARACTERS = range(8, 46)
MEDICAL = frozenset({"disease_claim", "medicine_assertion"})
"""Rules whose breach makes a whole script suspect: its other lines are written around the same claim."""
COPY_LETTERS, COPY_ALIKE = 6, 0.5
"""Hosts repeat themselves with small changes; one of such lines is enough."""
_PLAIN = re.compile(r"[\u4e00-\u9fff，、。！？]+")


@dataclass(frozen=True, slots=True)
class HostLine:
    """A sentence of a stretch of speech; `reason` says why it may not be shown, None if it may."""

    sentence: Sentence
    reason: str | None


def lines_of(speech: Speech, names: Sequence[str] = ()) -> list[HostLine]:
    """The sentences of a stretch of speech, each with what is wrong with it.

    `names` are brands, shops and hosts that no line may hold. A line that speaks of an offer is refused later, where
    its function is known (see `function_refusal`).
    """
    sentences = sentences_of(speech)
    medical = any(breach.rule in MEDICAL for s in sentences for breach in find_breaches(s.text))
    lines = [HostLine(s, line_refusal(s.text, names)) for s in sentences]
    return [_suspect(line) for line in lines] if medical else lines


def _suspect(line: HostLine) -> HostLine:
    """A line of a script with a medical claim: the law is the reason, whatever else is wrong with the line."""
    own = line.reason or ""
    return line if own.startswith("law:") else HostLine(line.sentence, "law: its script makes a medical claim")


def line_refusal(text: str, names: Sequence[str] = ()) -> str | None:
    """Why a line may not be shown, as `reason: detail`; None if it may.

    An exemplar teaches what is in it. So it holds no number (numbers come from slots; a masked one would teach the
    writer offer slots, which only planned sections use), no product or name, no claim that needs a fact, nothing that
    advertising law forbids, nobody's data, and no garble of a recognizer.
    """
    if breaches := find_breaches(text):
        return f"law: {breaches[0].law}: {breaches[0].words}"
    if numbers := find_numbers(text):
        return f"number: {numbers[0].words}"
    if letters(text) not in CHARACTERS:
        return f"length: {letters(text)} characters"
    for reason, pattern in function_table().refused.items():
        if found := pattern.search(text):
            return f"{reason}: {found.group()}"
    for reason, listed in (("product", (*names, *nouns())), ("claim", words("claims.yaml"))):
        if named := next((word for word in listed if word in text), None):
            return f"{reason}: {named}"
    return None if _PLAIN.fullmatch(text) else f"characters: {_PLAIN.sub('', text)}"


def function_refusal(text: str, function: str, confidence: float, least: float) -> str | None:
    """Why a line may not be shown for its function: too unsure, or it speaks of an offer and is no offer line."""
    if confidence < least:
        return f"unclear: {confidence}"
    offer = families()["offer"].pattern.search(text)
    return f"offer: {offer.group()}" if offer and function != "offer" else None


class Repeats:
    """Recognizes a line that says again, nearly, what an earlier one said."""

    def __init__(self) -> None:
        """Nothing said yet."""
        self._said: set[str] = set()
        self._copies = Copies(COPY_LETTERS, COPY_ALIKE)

    def is_repeat(self, text: str) -> bool:
        """Whether it was said before; if not, it is remembered."""
        repeated = text in self._said or self._copies.is_copy(text)
        self._said.add(text)
        return repeated
