"""Attributes that a text claims: words that claim one, and the words of the product's data that would bear it out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from koubo.script.tables import words


@dataclass(frozen=True, slots=True)
class Claim:
    """Words that claim an attribute, where they stand (characters), and the words of which one bears them out."""

    words: str
    start: int
    end: int
    borne_by: tuple[str, ...]


def find_claims(text: str) -> Iterator[Claim]:
    """Yield the attributes that a text claims; of claims that overlap, the listed before the made, the longer first."""
    made, harmless = _patterns()
    taken = [found.span() for found in harmless.finditer(text)]
    for claim in (*_listed(text), *(Claim(m.group(), *m.span(), (m.group(),)) for m in made.finditer(text))):
        if not any(start < claim.end and claim.start < end for start, end in taken):
            taken.append((claim.start, claim.end))
            yield claim


def is_borne_out(claim: Claim, support: str) -> bool:
    """Say whether the product's own data holds the claim or a word that bears it out."""
    return any(word in support for word in claim.borne_by)


def _listed(text: str) -> Iterator[Claim]:
    table = words("claims.yaml")
    for found in _listed_pattern().finditer(text):
        yield Claim(found.group(), *found.span(), (found.group(), *table[found.group()]))


@cache
def _listed_pattern() -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, words("claims.yaml")), key=len, reverse=True)))


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    table = words("claim_patterns.yaml")
    made, harmless = ("|".join(f"(?:{one})" for one in table[key]) for key in ("patterns", "except"))
    return re.compile(made), re.compile(harmless)
