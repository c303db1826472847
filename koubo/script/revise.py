"""Revising a stored script: its sentences one by one, pins, approval. Every function returns another script."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from koubo.script.check import Refusal, check_free_text
from koubo.script.compose import ComposedSection
from koubo.script.plan import plan
from koubo.script.render import sentences_of
from koubo.script.script import Mark, Script

_WHOLE = re.compile(r"[\w}][^。！？!?\w]*[。！？!?]+[”」]?$")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A slotted sentence: whether a rewrite keeps it, and whether an operator wrote it."""

    slotted: str
    pinned: bool = False
    edited: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sentence stands: its section in the script and its number in the section, both from 0."""

    section: int
    sentence: int


class NoSuchPlace(LookupError):
    """The script has no section or sentence there."""


class RevisionRefused(ValueError):
    """A change that may not be made; ``refusals`` name the rules, the words at fault, and why."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        super().__init__("; ".join(f"{one.rule}: {one.words!r}: {one.why}" for one in refusals))
        self.refusals = tuple(refusals)


Section = tuple[Sentence, ...]


def sections_of(script: Script) -> tuple[Section, ...]:
    """Return the sentences of each section, with their marks."""
    return tuple(_section(script, number, composed.slotted) for number, composed in enumerate(script.sections))


def _section(script: Script, number: int, slotted: str) -> Section:
    marks = ((text, Mark(number, text)) for text in sentences_of(slotted))
    return tuple(Sentence(text, mark in script.pinned, mark in script.edited) for text, mark in marks)


def with_sections(script: Script, sections: Sequence[Section]) -> Script:
    """Return the script with these sentences, one sequence a section.

    Approval is for the words that were seen: where words change, the script is a draft again. Raises
    ``RevisionRefused`` where a phrase that the request requires is lost.
    """
    changed = assembled(script, tuple(zip(script.sections, sections, strict=True)))
    return changed if changed.sections == script.sections else replace(changed, status="draft")


def assembled(script: Script, found: Sequence[tuple[ComposedSection, Section]]) -> Script:
    """Return the script with other sections, each with the sentences it is to have. Raises ``RevisionRefused``."""
    rows = [row for _, row in found]
    after = replace(
        script,
        sections=tuple(replace(composed, slotted="".join(texts(row))) for composed, row in found),
        pinned=tuple(Mark(number, one.slotted) for number, row in enumerate(rows) for one in row if one.pinned),
        edited=tuple(Mark(number, one.slotted) for number, row in enumerate(rows) for one in row if one.edited),
    )
    _check_required(script, after)
    return after


def texts(section: Section) -> tuple[str, ...]:
    """Return the sentences' slotted texts."""
    return tuple(sentence.slotted for sentence in section)


def _check_required(before: Script, after: Script) -> None:
    """Raise ``RevisionRefused`` where a phrase that the request requires was said before and is not any more."""
    was, now = ("".join(section.slotted for section in script.sections) for script in (before, after))
    lost = [words for words in before.brief.request.required if words in was and words not in now]
    if lost:
        why = "the request requires it; say it in another sentence first, or pin the one that does"
        raise RevisionRefused([Refusal("required", words, why) for words in lost])


def edit(script: Script, place: Place, text: str) -> Script:
    """Put slotted text, one sentence or several, in place of a sentence; a pin stays on it.

    Sentences of the script and of its plan, offers among them, may be given as they stand. Everything else passes
    `check_free_text`, as a writer's words do, but for likeness to hosts' lines: an operator's words are his own. Raises
    ``NoSuchPlace``, and ``RevisionRefused``.
    """
    sections = sections_of(script)
    old = _at(sections, place)
    row = sections[place.section]
    others = (*row[: place.sentence], *row[place.sentence + 1 :])
    said = _checked(script, text.strip(), texts(others))
    wrote = tuple(old if one == old.slotted else Sentence(one, old.pinned, edited=True) for one in said)
    return with_sections(script, _put(sections, place.section, _spliced(row, place.sentence, wrote)))


def _checked(script: Script, text: str, others: Sequence[str]) -> tuple[str, ...]:
    """Return the sentences of a text that may be spoken. Raises ``RevisionRefused``."""
    said = sentences_of(text)
    known = committed(script)
    own = "".join(sentence for sentence in said if sentence not in known)
    checked = check_free_text(own, script.brief) if own else ()
    if refusals := (*_unfinished(text, said), *_repeated(said, others), *checked):
        raise RevisionRefused(refusals)
    return said


def _unfinished(text: str, said: Sequence[str]) -> Iterator[Refusal]:
    """The renderer reads sentence by sentence: each must be one, and all of the text must be in them."""
    for part in said or (text,):
        if not _WHOLE.search(part):
            yield Refusal("sentence", part, "a sentence says something and ends with 。！or ？")
    if said and "".join(said) != text:
        yield Refusal("sentence", text, "begins with a mark, or has an empty sentence in it")


def _repeated(said: Sequence[str], others: Sequence[str]) -> Iterator[Refusal]:
    for number, sentence in enumerate(said):
        if sentence in others or sentence in said[:number]:
            yield Refusal("repeated", sentence, "the section says it already")


def committed(script: Script) -> frozenset[str]:
    """Return the sentences that the script has or that its plan gave it: these may be kept, moved or put back.

    They were checked when they were composed or written. Sentences of offers are among them, and come from nowhere
    else: words around a price, a deadline or a stock are claims about it, and the planned ones are known to be right.
    """
    planned = (section.planned for section in plan(script.brief).sections)
    said = (section.slotted for section in script.sections)
    return frozenset(sentence for slotted in (*planned, *said) for sentence in sentences_of(slotted))


def delete(script: Script, place: Place) -> Script:
    """Take a sentence out, pinned or not. Raises ``NoSuchPlace``, and ``RevisionRefused`` for a required phrase."""
    sections = sections_of(script)
    _at(sections, place)
    return with_sections(script, _put(sections, place.section, _spliced(sections[place.section], place.sentence, ())))


def move(script: Script, place: Place, to: Place) -> Script:
    """Move a sentence; ``to`` is where it stands afterwards. Raises ``NoSuchPlace``, ``RevisionRefused``."""
    sections = sections_of(script)
    moved = _at(sections, place)
    without = _put(sections, place.section, _spliced(sections[place.section], place.sentence, ()))
    if not (0 <= to.section < len(without) and 0 <= to.sentence <= len(without[to.section])):
        raise NoSuchPlace(f"section {to.section} has no place {to.sentence} to move a sentence to")
    row = without[to.section]
    if refusals := tuple(_repeated([moved.slotted], texts(row))):
        raise RevisionRefused(refusals)
    return with_sections(script, _put(without, to.section, (*row[: to.sentence], moved, *row[to.sentence :])))


def pin(script: Script, place: Place, pinned: bool) -> Script:
    """Pin a sentence, so that no rewrite takes it out, or let it go. Raises ``NoSuchPlace``."""
    sections = sections_of(script)
    marked = replace(_at(sections, place), pinned=pinned)
    row = _spliced(sections[place.section], place.sentence, (marked,))
    return with_sections(script, _put(sections, place.section, row))


def approve(script: Script, approved: bool) -> Script:
    """Release the words of a script for the air, or withdraw that."""
    return replace(script, status="approved" if approved else "draft")


def restore(script: Script, earlier: Script) -> Script:
    """Take the words and pins of an earlier revision back, as a draft: the shop may have changed since its approval."""
    return script if earlier == script else replace(earlier, status="draft")


def _at(sections: Sequence[Section], place: Place) -> Sentence:
    if not 0 <= place.section < len(sections):
        raise NoSuchPlace(f"there is no section {place.section}; the script has {len(sections)}, counted from 0")
    row = sections[place.section]
    if not 0 <= place.sentence < len(row):
        raise NoSuchPlace(f"section {place.section} has no sentence {place.sentence}; it has {len(row)}, from 0")
    return row[place.sentence]


def _spliced(row: Section, at: int, put: Section) -> Section:
    return (*row[:at], *put, *row[at + 1 :])


def _put(sections: Sequence[Section], number: int, row: Section) -> tuple[Section, ...]:
    return (*sections[:number], row, *sections[number + 1 :])
