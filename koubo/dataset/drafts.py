"""Texts that a section could have: what the planner says, woven anew, and what hosts say, made this product's own.

Three styles. "planned": lines of the plan as they stand. "woven": the beginning of one planned line with the end of
another round a fact, or lines of several plans in a row. "host": a host's line beside a planned line that holds a slot,
since hosts' own words have none. In all of them those who are spoken to are often those who look for such a product
(想买保温杯的朋友们): the name of the kind of thing is the one word of the product that needs no slot.

A draft is not checked: see `koubo.dataset.writing`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from koubo.protocols import ExemplarLine
from koubo.script.brief import Brief
from koubo.script.plan import SectionKind, SectionPlan
from koubo.script.slots import OFFER_SLOTS, POINTS, SLOT, slots_in
from koubo.script.tables import nouns, section_texts, words

LONGEST = 64
"""Written characters of a draft at most, a slot counted as SLOT_CHARACTERS: training pays for every token."""
SLOT_CHARACTERS = 3
LOOKERS = ("在挑{}的", "想买{}的", "在看{}的", "想换{}的", "惦记{}的", "缺个{}的", "找{}的")
_THING = re.compile("这类东西|挑东西|买东西")
_FACT = re.compile("^(.*?){point}(.*)$")
_HANZI = re.compile("[\u4e00-\u9fff]+")
_SENTENCES = re.compile("[^。！？]+[。！？]")
_UNADDRESSED = "大家"


@dataclass(frozen=True, slots=True)
class Draft:
    """A slotted text for a section, and how it was made: planned, woven or host."""

    text: str
    style: str


def drafts(
    brief: Brief, section: SectionPlan, exemplars: Sequence[ExemplarLine], rng: random.Random
) -> Iterator[Draft]:
    """Yield a draft of each style for a section; ``exemplars`` are hosts' lines of all functions."""
    own = [line for line in section.lines if not set(slots_in(line)) & OFFER_SLOTS]
    if not own:
        return
    yield Draft(_specific(_shortened(own, rng), brief, rng), "planned")
    yield Draft(_specific(_shortened(_woven(section.kind, own, brief, rng), rng), brief, rng), "woven")
    hosts = [line.text for line in exemplars if line.section == section.kind]
    if hosts:
        lines = [rng.choice(hosts), rng.choice([line for line in own if "{" in line] or own)]
        yield Draft(_specific("".join(lines), brief, rng), "host")


def spoken_noun(brief: Brief) -> str:
    """Return what kind of thing the product is, such as 保温杯; empty where no hanzi word for it is known."""
    return noun_in(brief.short_name)


def noun_in(text: str) -> str:
    """Return the longest product noun of hanzi in a text, or an empty string."""
    return next((noun for noun in nouns() if noun in text and _HANZI.fullmatch(noun)), "")


def pattern_of(sentence: str, noun: str) -> str:
    """Return a sentence without what varies freely: who is spoken to, the product's noun, the number of a slot."""
    bare = re.sub(r"{(\w+?)\d}", r"{\1}", sentence)
    bare = _addressed(noun).sub(r"\1", bare) if noun else bare
    bare = re.sub("|".join(_addresses()), "", bare.replace(noun, "") if noun else bare)
    return bare.lstrip("，")


def sentences(text: str) -> list[str]:
    """Return the sentences of a slotted text."""
    return _SENTENCES.findall(text)


def _shortened(lines: Sequence[str], rng: random.Random) -> str:
    """Join one to three lines from the first on, as far as they fit."""
    text = lines[0]
    for line in lines[1 : rng.choice((1, 2, 2, 3))]:
        if _length(text + line) > LONGEST:
            break
        text += line
    return text


def _length(text: str) -> int:
    return len(SLOT.sub("□" * SLOT_CHARACTERS, text))


def _woven(kind: SectionKind, own: Sequence[str], brief: Brief, rng: random.Random) -> list[str]:
    if kind is SectionKind.SELLING_POINTS:
        return _woven_facts(own, brief, rng)
    first, more = ([t for t in _table(kind, role, brief) if not set(slots_in(t)) & OFFER_SLOTS] for role in _ROLES)
    lines = [rng.choice(first), *rng.sample(more, min(2, len(more)))]
    you = next((word for word in _addresses() if word in "".join(own)), rng.choice(_addresses()))
    return [line.replace("{you}", you) for line in lines]


_ROLES = ("first", "more")


def _woven_facts(own: Sequence[str], brief: Brief, rng: random.Random) -> list[str]:
    """Say the facts of the plan's lines with the beginnings and ends of other lines."""
    parts = [found.groups() for role in _ROLES for t in _table(SectionKind.SELLING_POINTS, role, brief)
             if (found := _FACT.match(t))]  # fmt: skip
    facts = [slot for slot in slots_in("".join(own)) if slot in POINTS]
    you = next((word for word in _addresses() if word in "".join(own)), rng.choice(_addresses()))
    lines = [f"{rng.choice(parts)[0]}{{{slot}}}{rng.choice(parts)[1]}".replace("{you}", you) for slot in facts]
    return lines or list(own)


def _table(kind: SectionKind, role: str, brief: Brief) -> list[str]:
    """Return the planned lines of a section for the brief's occasion and family."""
    return [
        line
        for occasion, families in section_texts()[kind][role].items()
        for family, lines in families.items()
        if occasion in ("any", brief.request.occasion) and family in ("any", brief.family)
        for line in lines
    ]


def _specific(text: str, brief: Brief, rng: random.Random) -> str:
    """Speak of the kind of thing instead of things in general, and two times in three to those who look for one."""
    noun = spoken_noun(brief)
    if not noun:
        return text
    named = _THING.sub(lambda found: (found[0][0] if found[0][0] != "这" else "") + noun, text)
    if named != text or rng.random() > 2 / 3:
        return named
    looker = rng.choice(LOOKERS).format(noun)
    if any(word in text for word in _addresses()):
        return _you().sub(lambda found: found[1] + looker + found[2], text, count=1)
    persona = words("addresses.yaml").get(brief.request.persona, words("addresses.yaml")["any"])
    return f"{looker}{rng.choice([word for word in persona if word != _UNADDRESSED])}，{text}"


@cache
def _addresses() -> tuple[str, ...]:
    found = {word for row in words("addresses.yaml").values() for word in row}
    return tuple(sorted(found, key=lambda word: (-len(word), word)))


@cache
def _you() -> re.Pattern[str]:
    """An address that begins a clause."""
    names = "|".join(word for word in _addresses() if word != _UNADDRESSED)
    return re.compile(f"(^|[，。！？])({names})")


@cache
def _addressed(noun: str) -> re.Pattern[str]:
    """What `_specific` put before an address."""
    lookers = "|".join(re.escape(looker.format(noun)) for looker in LOOKERS)
    return re.compile(f"(^|[，。！？])(?:{lookers})")
