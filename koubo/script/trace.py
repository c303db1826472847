"""An independent check: every number that is said stands in a slot whose facts hold it.

It looks only at the rendered script, not at how it was made.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from koubo.catalog.facts import Fact
from koubo.script.numerals import find_numbers
from koubo.script.phrases import SHOP_TIME
from koubo.script.render import RenderedScript, RenderedSentence, SlotUse
from koubo.script.slots import Slot

_DIGITS = re.compile(r"[0-9]+(?:\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Untraced:
    """A number that no fact stands for: the sentence (written), the form it was found in, its words, and why."""

    sentence: str
    form: str
    words: str
    why: str


def untraced_numbers(rendered: RenderedScript) -> tuple[Untraced, ...]:
    """Return the numbers, in digits or hanzi, that stand outside slots or in a slot whose facts do not hold them."""
    facts = {fact.id: fact for fact in rendered.facts}
    sentences = [sentence for section in rendered.sections for sentence in section.sentences]
    return tuple(found for sentence in sentences for found in (*_outside(sentence), *_inside(sentence, facts)))


def _outside(sentence: RenderedSentence) -> Iterator[Untraced]:
    """Look at both forms with the slots' phrases blacked out."""
    forms = (
        ("written", sentence.written, [(use.start, use.end) for use in sentence.slots]),
        ("spoken", sentence.spoken, [(use.spoken_start, use.spoken_end) for use in sentence.slots]),
    )
    for form, text, ranges in forms:
        for number in find_numbers(_blacked(text, ranges)):
            yield Untraced(sentence.written, form, number.words, "outside every slot")


def _blacked(text: str, ranges: Sequence[tuple[int, int]]) -> str:
    for start, end in ranges:
        text = text[:start] + "□" * (end - start) + text[end:]
    return text


def _inside(sentence: RenderedSentence, facts: dict[str, Fact]) -> Iterator[Untraced]:
    """Look for the numbers of each slot's phrase among its facts."""
    for use in sentence.slots:
        words = sentence.written[use.start : use.end]
        known = [facts[fact_id] for fact_id in use.fact_ids if fact_id in facts]
        for number in find_numbers(words):
            if not _held(number.words, use, known):
                yield Untraced(sentence.written, "written", number.words, f"no fact of {{{use.slot}}} holds it")


def _held(number: str, use: SlotUse, facts: Sequence[Fact]) -> bool:
    """Say whether a number stands in the facts: digits by value, hanzi as they are written."""
    text = "\n".join(f"{fact.label}\n{fact.value}" for fact in facts)
    amounts = {Decimal(found) for found in _DIGITS.findall(text)}
    if use.slot is Slot.DEADLINE:
        amounts |= {part for fact in facts for part in _moment_parts(fact)}
    digits = _DIGITS.findall(number)
    if not digits:
        return number in text
    return all(Decimal(found) in amounts for found in digits)


def _moment_parts(fact: Fact) -> Iterator[Decimal]:
    """The numbers a host may say of a fact's end: month, day, hour, minute, and 24 for the end of a day."""
    if fact.valid_until is not None:
        end = fact.valid_until.astimezone(SHOP_TIME)
        day = (end - timedelta(minutes=1)) if (end.hour, end.minute) == (0, 0) else end
        yield from map(Decimal, (day.month, day.day, end.hour, end.minute, 24))
