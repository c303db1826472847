"""Rewriting a stored script: sections are composed again in other words, around the sentences that are pinned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from koubo.catalog.store import LiveProduct
from koubo.protocols import Writer
from koubo.script.brief import Brief, UnfitWords, make_brief
from koubo.script.check import Refusal, near_copy
from koubo.script.compose import DEFAULT_BUDGET, Budget, ComposedSection, Scorer, compose, said_length
from koubo.script.exemplars import Exemplars
from koubo.script.lines import REPEATABLE
from koubo.script.plan import Plan, SectionKind, SectionPlan, plan
from koubo.script.render import sentences_of
from koubo.script.revise import (
    NoSuchPlace,
    RevisionRefused,
    Section,
    Sentence,
    assembled,
    sections_of,
    texts,
)
from koubo.script.script import Script
from koubo.script.slots import slots_in

_SEEDS = 2**31
_Key = tuple[SectionKind, int]
"""A section by its kind and round: a script that goes round again has several of a kind."""
_Composed = tuple[ComposedSection, Section]


@dataclass(frozen=True, slots=True)
class Composers:
    """Who composes, and within what budget; see `koubo.script.compose.compose`."""

    writer: Writer | None
    pick: Scorer
    exemplars: Exemplars
    budget: Budget = DEFAULT_BUDGET


async def rewrite(script: Script, live: LiveProduct, composers: Composers, section: int | None = None) -> Script:
    """Compose a script again, or one section of it (its number, from 0), by the next seed and the offers of ``live``.

    Pinned sentences stay word for word. So do the facts behind the slots of what stays; where nothing stays, facts are
    chosen anew. The result is a draft. Raises ``NoSuchPlace``, and ``RevisionRefused`` where there is nothing to say in
    the section now, where a required phrase would be lost, or where the
    facts bear it out no more.
    """
    if section is not None and not 0 <= section < len(script.sections):
        raise NoSuchPlace(f"there is no section {section}; the script has {len(script.sections)}, counted from 0")
    stays = section is not None or bool(script.pinned)
    request = script.brief.request.model_copy(update={"seed": (script.seed + 1) % _SEEDS})
    try:
        brief = make_brief(live, request, script.brief.chosen if stays else None)
    except UnfitWords as error:
        raise RevisionRefused(error.refusals) from error
    again = replace(script, brief=brief, seed=request.seed, status="draft")
    return assembled(again, await (_all(again, composers) if section is None else _one(again, composers, section)))


async def _one(script: Script, composers: Composers, number: int) -> list[_Composed]:
    """Compose one section again; what is said before it counts as said."""
    found = list(zip(script.sections, sections_of(script), strict=True))
    key = _keys([composed.kind for composed, _ in found])[number]
    said = "".join(composed.slotted for composed, _ in found[:number])
    (composed,) = await _compose(script, (_planned(script, key),), composers, said)
    found[number] = _merged(script.brief, found[number], composed)
    return found


def _planned(script: Script, key: _Key) -> SectionPlan:
    sections = plan(script.brief).sections
    found = dict(zip(_keys([section.kind for section in sections]), sections, strict=True))
    if key not in found:
        why = "the product has nothing to say there now; delete the section's sentences, or rewrite the whole script"
        raise RevisionRefused([Refusal("nothing_to_say", key[0].value, why)])
    return found[key]


async def _all(script: Script, composers: Composers) -> list[_Composed]:
    """Compose every section again; a pinned sentence whose section is not planned any more keeps one of its own."""
    old = list(zip(script.sections, sections_of(script), strict=True))
    by_key = dict(zip(_keys([composed.kind for composed, _ in old]), old, strict=True))
    composed = await _compose(script, plan(script.brief).sections, composers, "")
    keys = _keys([section.kind for section in composed])
    found = [_merged(script.brief, by_key.get(key), one) for key, one in zip(keys, composed, strict=True)]
    for number, key in enumerate(by_key):
        left = tuple(sentence for sentence in by_key[key][1] if sentence.pinned)
        if left and key not in keys:
            found.insert(min(number, len(found) - 1), (by_key[key][0], left))
    return found


def _keys(kinds: Sequence[SectionKind]) -> list[_Key]:
    seen: Counter[SectionKind] = Counter()
    keys = []
    for kind in kinds:
        keys.append((kind, seen[kind]))
        seen[kind] += 1
    return keys


async def _compose(
    script: Script, sections: tuple[SectionPlan, ...], by: Composers, said: str
) -> tuple[ComposedSection, ...]:
    composing = compose(
        script.brief, Plan(script.seed, sections), by.writer, by.pick, by.exemplars, budget=by.budget, said=said
    )
    return tuple([section async for section in composing])


def _merged(brief: Brief, old: _Composed | None, new: ComposedSection) -> _Composed:
    """Put a section's pinned sentences among its new ones, each where it stood, in about the length of the new."""
    fresh = list(sentences_of(new.slotted))
    if old is None or not any(sentence.pinned for sentence in old[1]):
        return new, tuple(Sentence(text) for text in fresh)
    pinned = [(number, sentence) for number, sentence in enumerate(old[1]) if sentence.pinned]
    row = [Sentence(text) for text in _fitting(brief, fresh, texts(tuple(sentence for _, sentence in pinned)))]
    for number, sentence in pinned:
        row.insert(min(number, len(row)), sentence)
    return _credited(old[0], new, tuple(row)), tuple(row)


def _fitting(brief: Brief, fresh: Sequence[str], pinned: Sequence[str]) -> list[str]:
    """Return the new sentences that say something else than the pinned ones, the first as far as there is room."""
    required = brief.request.required
    room = said_length(brief, "".join(fresh)) - said_length(brief, "".join(pinned))
    kept = []
    for text in (text for text in fresh if not _says_again(text, pinned)):
        size = said_length(brief, text)
        if size / 2 <= room or any(words in text for words in required):
            kept.append(text)
            room -= size
    return kept


def _says_again(text: str, pinned: Sequence[str]) -> bool:
    """Say whether the pinned sentences have all the facts of a sentence, or nearly its words."""
    facts = set(slots_in(text)) - REPEATABLE
    told = {slot for sentence in pinned for slot in slots_in(sentence)}
    return (bool(facts) and facts <= told) or any(near_copy(text, sentence) for sentence in pinned)


def _credited(old: ComposedSection, new: ComposedSection, row: Section) -> ComposedSection:
    """Name who wrote what is left: where the pinned sentences took the place of the model's, whoever wrote those."""
    own = sentences_of(new.model_text or "")
    fresh = {sentence.slotted for sentence in row if not sentence.pinned}
    if new.source == "planned" or set(own) & fresh:
        return new
    return replace(new, source=old.source, reason=old.reason, model_text=old.model_text)
