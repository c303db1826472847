"""The plain form of a text, in which the safety rules look for words: disguises undone, places kept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

_SPELLINGS = "koubo/rubric/data/spellings.yaml"
_MARKS = {",": "，", ";": "；", ":": "：", "!": "！", "?": "？", "…": "，", "—": "，"}
_HANZI = "一-鿿"
_NOISE = re.compile(
    rf"(?<=[{_HANZI}])[^\w{_HANZI}\n，；：！？。、□{{}}%]{{1,3}}(?=[{_HANZI}a-z0-9])"
    rf"|(?<=[a-z0-9])[^\w{_HANZI}\n，；：！？。、□{{}}%]{{1,3}}(?=[{_HANZI}])"
    r"|(?<![a-z0-9])(?<=[a-z])[-. *_·]{1,2}(?=[a-z](?![a-z]))|(?<=[-. *_·][a-z])[-. *_·]{1,2}(?=[a-z](?![a-z]))"
)
"""Spaces, dots, stars and pictures put between two characters of a word; numbers (9.9) and Latin words keep theirs."""


class SpellingError(ValueError):
    """A file of spellings that cannot be used: says which file and what is wrong in it."""


class Spellings(BaseModel):
    """How words are disguised: single characters, and expressions that stand for a word."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    characters: Mapping[str, str]
    """Character written: character meant, several at once (``國級: 国级``)."""
    words: Mapping[str, tuple[str, ...]]
    """Word meant: the expressions that disguise it."""


@dataclass(frozen=True, slots=True)
class PlainText:
    """A text in plain form; its character i stands for the characters ``starts[i]`` to ``ends[i]`` of the original."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where a stretch of the plain form (not empty) stands in the original."""
        return self.starts[start], self.ends[end - 1]


def plain_text(original: str) -> PlainText:
    """Return the plain form: compatible forms (ａ, ①) and traditional characters replaced, lower case, nothing put
    between the characters of a word, known disguises (蕞, 薇信, zui好) spelled out. Clause marks stay."""
    characters, words = _tables()
    plain = _replaced(_folded(original, characters), _NOISE, "")
    for pattern, word in words:
        plain = _replaced(plain, pattern, word)
    return plain


def plain_letter(letter: str) -> str:
    """Return what stands in plain texts for one character."""
    characters, _ = _tables()
    return "".join(characters.get(one, one) for one in _letters(letter))


def _folded(original: str, characters: Mapping[str, str]) -> PlainText:
    """Replace characters one by one."""
    letters: list[str] = []
    starts: list[int] = []
    for place, written in enumerate(original):
        for letter in _letters(written):
            letters.append(characters.get(letter, letter))
            starts.append(place)
    return PlainText("".join(letters), tuple(starts), tuple(start + 1 for start in starts))


def _letters(written: str) -> str:
    if "一" <= written <= "鿿":
        return written
    return "".join(_MARKS.get(c, c) for c in (_MARKS.get(written) or unicodedata.normalize("NFKC", written)).lower())


def _replaced(plain: PlainText, pattern: re.Pattern[str], word: str) -> PlainText:
    """Put a word wherever the expression matches; each of its characters stands for the whole match."""
    found = list(pattern.finditer(plain.text))
    if not found:
        return plain
    text, starts, ends, last = "", [], [], 0
    for one in found:
        text += plain.text[last : one.start()] + word
        starts += [*plain.starts[last : one.start()], *[plain.starts[one.start()]] * len(word)]
        ends += [*plain.ends[last : one.start()], *[plain.ends[one.end() - 1]] * len(word)]
        last = one.end()
    return PlainText(text + plain.text[last:], (*starts, *plain.starts[last:]), (*ends, *plain.ends[last:]))


@cache
def _tables() -> tuple[Mapping[str, str], tuple[tuple[re.Pattern[str], str], ...]]:
    text = files("koubo.rubric").joinpath("data", "spellings.yaml").read_text(encoding="utf-8")
    return compile_spellings(text, _SPELLINGS)


def compile_spellings(text: str, where: str) -> tuple[Mapping[str, str], tuple[tuple[re.Pattern[str], str], ...]]:
    """Check and compile a file of spellings. Raises `SpellingError` naming the file and the entry."""
    try:
        spellings = TypeAdapter(Spellings).validate_python(yaml.safe_load(text))
    except (ValidationError, yaml.YAMLError) as error:
        raise SpellingError(f"{where}: {error}") from error
    return _characters(spellings, where), tuple(_disguise(*row, where) for row in spellings.words.items())


def _characters(spellings: Spellings, where: str) -> dict[str, str]:
    table: dict[str, str] = {}
    for written, meant in spellings.characters.items():
        if len(written) != len(meant):
            raise SpellingError(f"{where}: characters: {written} and {meant} are not equally long")
        table.update(zip(written, meant, strict=True))
    return table


def _disguise(word: str, expressions: tuple[str, ...], where: str) -> tuple[re.Pattern[str], str]:
    try:
        pattern = re.compile("|".join(f"(?:{e})" for e in expressions))
    except re.error as error:
        raise SpellingError(f"{where}: words: {word}: {error} in {error.pattern!r}") from error
    if pattern.search(""):
        raise SpellingError(f"{where}: words: {word}: an expression matches nothing at all")
    return pattern, word
