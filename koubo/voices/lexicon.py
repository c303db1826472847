"""The words of opinion, from two tables that operators edit, compiled for a family of products."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from koubo.catalog.records import Product

GENERIC = "generic"
WHOLE = "整体"
"""The aspect of an opinion that is of no aspect."""
AGAIN = "回购"
"""The aspect of buying again and recommending, or of sending back."""
Words = tuple[str, ...]


class LexiconError(ValueError):
    """A table that cannot be used: says which file and field."""


class AspectWords(BaseModel):
    """The words of one aspect; the head of aspects.yaml explains the fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    families: Words = ()
    product: bool = True
    loose: bool = False
    terms: Words = ()
    good: Words = ()
    bad: Words = ()
    fits: Words = ()
    fails: Words = ()
    sizes: Words = ()


class AspectTable(BaseModel):
    """aspects.yaml: families of products and the aspects that their buyers speak of."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    families: dict[str, Words]
    aspects: dict[str, AspectWords] = Field(min_length=1)

    @model_validator(mode="after")
    def _known_families(self) -> AspectTable:
        known = {*self.families, GENERIC}
        for name, words in self.aspects.items():
            if unknown := set(words.families) - known:
                raise ValueError(f"aspects.{name}.families: {', '.join(unknown)}: no such family")
        if missing := {WHOLE, AGAIN} - set(self.aspects):
            raise ValueError(f"aspects: {', '.join(missing)} must be there")
        return self


class OpinionWords(BaseModel):
    """opinions.yaml: opinions of no aspect, and the small words around opinions."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    good: Words
    bad: Words
    negators: Words
    far: Words
    degrees: Words
    between: Words
    excess: Words
    mild: Words
    closing: Words
    compare: Words
    contrast: Words
    wish: Words
    doubt: Words
    reproach: Words
    neutral: Words
    fillers: Words


@dataclass(slots=True)
class Entry:
    """What a word may be. `opinions` and `fits` are polarities (1 or -1) by aspect; `general` is one without aspect."""

    terms: list[str] = field(default_factory=list)
    opinions: dict[str, int] = field(default_factory=dict)
    fits: dict[str, int] = field(default_factory=dict)
    sizes: list[str] = field(default_factory=list)
    general: int = 0
    roles: set[str] = field(default_factory=set)

    @property
    def opinionated(self) -> bool:
        """Whether it may be an opinion at all."""
        return bool(self.opinions or self.fits or self.sizes or self.general)


@dataclass(frozen=True, slots=True)
class Token:
    """A word found in a text (`start`, `end`: characters)."""

    start: int
    end: int
    word: str
    entry: Entry


class Lexicon:
    """The words of one family of products, ready to be found in texts."""

    def __init__(self, family: str, aspects: AspectTable, opinions: OpinionWords) -> None:
        """Compile the aspects that the family has and the words of no aspect."""
        self.family = family
        self.fillers = opinions.fillers
        self.of_product = frozenset(name for name, words in aspects.aspects.items() if words.product)
        self.loose = frozenset(name for name, words in aspects.aspects.items() if words.loose)
        self._entries: dict[str, Entry] = {}
        for name, words in aspects.aspects.items():
            if not words.families or family in words.families:
                self._add_aspect(name, words)
        self._add_general(opinions)
        self._lengths = _lengths(self._entries)

    def tokens(self, text: str) -> list[Token]:
        """The words of a text from left to right, the longest first, none over another."""
        found: list[Token] = []
        place, end = 0, len(text)
        while place < end:
            for length in self._lengths.get(text[place], ()):
                word = text[place : place + length]
                if len(word) == length and (entry := self._entries.get(word)) is not None:
                    found.append(Token(place, place + length, word, entry))
                    place += length
                    break
            else:
                place += 1
        return found

    def _entry(self, word: str) -> Entry:
        return self._entries.setdefault(word, Entry())

    def _add_aspect(self, name: str, words: AspectWords) -> None:
        for word in words.terms:
            self._entry(word).terms.append(name)
        for word in words.sizes:
            self._entry(word).sizes.append(name)
        for polarity, own, with_term in ((1, words.good, words.fits), (-1, words.bad, words.fails)):
            for word in own:
                self._entry(word).opinions.setdefault(name, polarity)
            for word in with_term:
                self._entry(word).fits.setdefault(name, polarity)

    def _add_general(self, words: OpinionWords) -> None:
        for polarity, listed in ((1, words.good), (-1, words.bad + words.compare)):
            for word in listed:
                self._entry(word).general = self._entry(word).general or polarity
        roles = {
            "negator": words.negators,
            "far": words.far,
            "degree": words.degrees,
            "between": words.between,
            "closing": words.closing,
            "compare": words.compare,
            "excess": words.excess,
            "mild": words.mild,
            "contrast": words.contrast,
            "wish": words.wish,
            "doubt": words.doubt,
            "reproach": words.reproach,
            "neutral": words.neutral,
        }
        for role, listed in roles.items():
            for word in listed:
                self._entry(word).roles.add(role)


def _lengths(words: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """Lengths of the words that begin with a character, the longest first."""
    found: dict[str, set[int]] = {}
    for word in words:
        found.setdefault(word[0], set()).add(len(word))
    return {first: tuple(sorted(lengths, reverse=True)) for first, lengths in found.items()}


class Lexicons:
    """The lexicon of every family, compiled when it is first asked for."""

    def __init__(self, aspects: AspectTable, opinions: OpinionWords) -> None:
        """Keep the tables."""
        self.aspects = aspects
        self._opinions = opinions
        self._compiled: dict[str, Lexicon] = {}

    def of(self, family: str) -> Lexicon:
        """The lexicon of a family."""
        if family not in self._compiled:
            self._compiled[family] = Lexicon(family, self.aspects, self._opinions)
        return self._compiled[family]

    def family_of(self, product: Product) -> str:
        """The family of a product: by its category path, else by its title, else generic."""
        return self.family_named("/".join(product.category)) or self.family_named(product.title) or GENERIC

    def family_named(self, words: str) -> str | None:
        """The first family that one of its words names; None where none does."""
        named = (family for family, signs in self.aspects.families.items() if any(sign in words for sign in signs))
        return next(named, None)


@cache
def load_lexicons(aspects: str | None = None, where: str = "aspects") -> Lexicons:
    """The lexicons of an aspect table, given as its text (None: the one that comes with Koubo).

    Raises:
        LexiconError: names `where`, the table's address, and the field that is wrong.
    """
    if aspects is None:
        return _lexicons(_own("aspects.yaml"), "koubo/voices/data/aspects.yaml")
    return _lexicons(aspects, where)


def _own(name: str) -> str:
    return files("koubo.voices").joinpath("data", name).read_text(encoding="utf-8")


def _lexicons(text: str, where: str) -> Lexicons:
    try:
        aspects = AspectTable.model_validate(yaml.safe_load(text))
        return Lexicons(aspects, OpinionWords.model_validate(yaml.safe_load(_own("opinions.yaml"))))
    except (ValidationError, yaml.YAMLError) as error:
        raise LexiconError(f"{where}: {error}") from error
