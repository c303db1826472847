"""Attributes that a text claims: words that claim one, and the words of the product's data that would bear it out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from koubo.script.tables import words

_WINDOW = 16
"""Characters before and after some words in which a denial of them stands."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Words that claim an attribute, where they stand (characters), the words of which one bears them out, and whether
    the text denies them (不掉色): then only a denial bears it out. A bearer after ``!`` says the contrary (固色)."""

    words: str
    start: int
    end: int
    borne_by: tuple[str, ...]
    denied: bool = False


def find_claims(text: str) -> Iterator[Claim]:
    """Yield the attributes that a text claims; of claims that overlap, the listed before the made, the longer first.

    ``text`` is in plain form, see `koubo.script.seen`.
    """
    made, harmless = _patterns()
    taken = [found.span() for found in harmless.finditer(text)]
    for claim in (*_listed(text), *_made(made, text)):
        if not any(start < claim.end and claim.start < end for start, end in taken):
            taken.append((claim.start, claim.end))
            yield claim


def is_borne_out(claim: Claim, support: str) -> bool:
    """Say whether the product's own data says what is claimed, or denies what is denied."""
    return any(_says(word.removeprefix("!"), claim.denied ^ word.startswith("!"), support) for word in claim.borne_by)


def is_denied(text: str, start: int, end: int) -> bool:
    """Say whether the words at a place are denied there: 不会掉色, 仿真皮, 敏感肌慎用."""
    before, after = text[max(0, start - _WINDOW) : start], text[end : end + _WINDOW]
    denied_before, denied_after = _denials()
    return denied_before.search(before) is not None or denied_after.match(after) is not None


def is_asked(text: str, claim: Claim) -> bool:
    """Say whether the claim is only asked or feared (是不是总怕起球？): the asking stands before it in its clause."""
    clause = re.split("[，。！？；]", text[max(0, claim.start - 2 * _WINDOW) : claim.start])[-1]
    sentence_end = re.search("[。！？]", text[claim.end :])
    return _asking().search(clause) is not None and sentence_end is not None and sentence_end.group() == "？"


def _says(word: str, denied: bool, support: str) -> bool:
    return any(is_denied(support, *found.span()) == denied for found in re.finditer(re.escape(word), support))


def _listed(text: str) -> Iterator[Claim]:
    table = words("claims.yaml")
    for found in _listed_pattern().finditer(text):
        borne_by = (found.group(), *table[found.group()])
        yield Claim(found.group(), *found.span(), borne_by, is_denied(text, *found.span()))


def _made(pattern: re.Pattern[str], text: str) -> Iterator[Claim]:
    for found in pattern.finditer(text):
        borne_by = (found.group(), *filter(None, found.groups()))
        yield Claim(found.group(), *found.span(), borne_by, is_denied(text, *found.span()))


@cache
def _listed_pattern() -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, words("claims.yaml")), key=len, reverse=True)))


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    made, harmless = (_one_of(key) for key in ("patterns", "except"))
    return made, harmless


@cache
def _denials() -> tuple[re.Pattern[str], re.Pattern[str]]:
    table = words("claim_patterns.yaml")
    before, after = ("|".join(f"(?:{one})" for one in table[key]) for key in ("denied_before", "denied_after"))
    return re.compile(f"(?:{before})$"), re.compile(after)


@cache
def _asking() -> re.Pattern[str]:
    return _one_of("asked")


def _one_of(key: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{one})" for one in words("claim_patterns.yaml")[key]))
