"""Which part of a title names the product, and where its name ends: at the last noun, never inside a word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Literal

from koubo.script.tables import nouns, words
from koubo.script.title_parts import HANZI

Sureness = Literal["noun", "pack", "unsure"]
EASY = 12
"""So many syllables of a name are said with ease; a longer one is shortened where that is safe."""
_LATIN = re.compile("[A-Za-z]+")
_SHORT_PACK = 4
_SHORT_ACCESSORY = 3
_ORDER: tuple[Sureness, ...] = ("noun", "pack", "unsure")


@cache
def ends_of_names() -> tuple[str, ...]:
    """Every noun that a product's name may end with, the longest first."""
    return tuple(sorted({*nouns(), *words("names.yaml")["ends"]}, key=lambda noun: (-len(noun), noun)))


def product_part(parts: Sequence[str]) -> tuple[int, str] | None:
    """Return which part names the product (its place), and the part up to the end of its last noun."""
    ends = [head_of(part) for part in parts]
    sure = {wanted: [(at, end[0]) for at, end in enumerate(ends) if end and end[1] == wanted] for wanted in _ORDER}
    crowded = [(at, head) for at, part in enumerate(parts) if (head := _up_to_break(part)) is not None]
    for place, head in (*sure["noun"], *crowded, *sure["pack"], *sure["unsure"]):
        return place, _with_accessory(head, parts[place + 1 : place + 3])
    return None


def head_of(part: str) -> tuple[str, Sureness] | None:
    """Return a part up to its last noun, and how sure that is; None where what follows is no known tail."""
    if _beside().match(part):
        return None
    part = _fronts().sub("", part)
    for end in range(len(part), 1, -1):
        if _tails().fullmatch(part[end:]):
            sure = _sureness(part[:end])
            if sure is not None:
                return part[:end], sure
    return None


def last_noun(text: str) -> str | None:
    """Return the longest noun of at least two hanzi that a text ends with."""
    found = [noun for noun in ends_of_names() if len(noun) > 1 and text.casefold().endswith(noun.casefold())]
    return text[-len(found[0]) :] if found else None


def holds_noun(text: str) -> bool:
    """Say whether a listed noun stands anywhere in a text."""
    return any(noun in text for noun in nouns())


def shortened(head: str, longest: int) -> str | None:
    """Return a name that can be said: the head, without what only adorns it where it is long; where it has more than
    ``longest`` syllables, cut at a noun that a list of search words follows, or its last noun. None where nothing is
    safe."""
    while syllables(head) > EASY and (front := _fronts_of_long().match(head)) and len(head) - front.end() >= 4:
        head = head[front.end() :]
    if syllables(head) <= longest:
        return head
    crowded = _up_to_break(head)
    return crowded if crowded is not None and syllables(crowded) <= longest else last_noun(head)


def syllables(name: str) -> int:
    """Return about how many syllables a name has: a hanzi is one, a Latin word two."""
    return len(HANZI.findall(name)) + 2 * len(_LATIN.findall(name))


def _with_accessory(head: str, following: Sequence[str]) -> str:
    """Join a noun with the accessory for it that is written apart: 手机 防摔壳 is no phone. Where the noun is adorned,
    only a short word (壳, 保护壳) is taken for one."""
    if not head.endswith(nouns()):
        return head
    ends = words("names.yaml")["accessories"]
    found = [part for part in following if part.endswith(ends) and not _beside().match(part)]
    fitting = [part for part in found if head in nouns() or len(part) <= _SHORT_ACCESSORY]
    return head + fitting[-1] if fitting else head


def _sureness(text: str) -> Sureness | None:
    lists, hanzi = words("names.yaml"), len(HANZI.findall(text))
    if hanzi < 2 or text.endswith(lists["no_product"]):
        return None
    if text.endswith(lists["packs"]):
        return "pack" if hanzi <= _SHORT_PACK else "noun"
    if any(text.casefold().endswith(noun.casefold()) for noun in ends_of_names()):
        return "noun"
    return "unsure" if text.endswith(lists["unsure_ends"]) else None


def _up_to_break(part: str) -> str | None:
    """Return a part up to the first listed noun that search words follow: 短袖T恤 of 短袖T恤男夏季宽松上衣."""
    if _beside().match(part):
        return None
    found = _broken().search(part)
    return _fronts().sub("", part[: found.end()]) if found else None


def _listed(name: str) -> str:
    return "|".join(words("names.yaml")[name])


@cache
def _tails() -> re.Pattern[str]:
    return re.compile(rf"(?:{_listed('tails')})*")


@cache
def _beside() -> re.Pattern[str]:
    return re.compile(_listed("beside"))


@cache
def _fronts() -> re.Pattern[str]:
    return re.compile(rf"^(?:{_listed('fronts')})+")


@cache
def _fronts_of_long() -> re.Pattern[str]:
    return re.compile(_listed("fronts_of_long"))


@cache
def _broken() -> re.Pattern[str]:
    long = [noun for noun in ends_of_names() if len(noun) > 1]
    return re.compile(rf"(?:{'|'.join(map(re.escape, long))})(?=(?:{_listed('breaks')}))", re.IGNORECASE)
