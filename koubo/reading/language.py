"""Which Chinese a text is: Mandarin is read, in either script; Cantonese is refused, since its numbers and units
are said in its own words."""

from __future__ import annotations

import re
from functools import cache

from koubo.reading import tables

_MARKS = re.compile(
    r"[嘅咗冇哋嚟佢喺啲嗰噉嘢嗮啱攞瞓嬲]|唔(?!唔|[，,。！!、…])|咁|(?<![關关聯联體体干])係(?![數数統统列])|邊個|幾多|點解|而家|尋日|聽日"
)
_PRICED = re.compile(r"\d\s?蚊(?![香帳帐子蟲虫液燈灯片])")
_FEWEST = 2


class UnsupportedLanguage(ValueError):
    """A text in a language that is not read. ``sentence`` is the first such sentence, ``start`` where it begins."""

    def __init__(self, sentence: str, start: int, marks: tuple[str, ...]) -> None:
        """``marks`` are the words by which the language is known."""
        super().__init__(
            f"sentence at character {start} is Cantonese ({'、'.join(marks)}): {sentence.strip()[:40]!r}; it is not "
            "read, because in Mandarin its numbers would be said wrong. Give the text in Mandarin, in either script"
        )
        self.sentence = sentence
        self.start = start

    def __reduce__(self) -> tuple[type[UnsupportedLanguage], tuple[str, int, tuple[str, ...]]]:
        """Travel between processes with all that was said."""
        return type(self), (self.sentence, self.start, cantonese(self.sentence))


def cantonese(sentence: str) -> tuple[str, ...]:
    """Return the distinct words that only Cantonese has, where a sentence holds two or an amount in 蚊; else none."""
    if _MARKS.search(sentence) is None and "蚊" not in sentence:
        return ()
    marks = dict.fromkeys(found[0] for found in _MARKS.finditer(sentence))
    priced = _PRICED.search(sentence)
    if priced:
        return (*marks, priced[0])
    return tuple(marks) if len(marks) >= _FEWEST else ()


@cache
def simplified() -> dict[int, str]:
    """Traditional characters of the rules' own words, each with its simplified form, for ``str.translate``."""
    return {ord(row[0]): row[1] for row in tables.rows("traditional.tsv")}


@cache
def _traditional() -> frozenset[str]:
    """Return the characters that make a sentence traditional."""
    return frozenset(map(chr, simplified()))


@cache
def _said() -> dict[int, str]:
    """Return the number words and units of readings with their traditional form."""
    return {ord(row[1]): row[0] for row in tables.rows("traditional.tsv") if len(row) > 2 and row[2] == "said"}


def script_of(sentence: str) -> dict[int, str] | None:
    """Return how to write readings in the script of a sentence (for ``str.translate``), or None where it is simplified.

    Words that the sentence itself holds keep the form they have there.
    """
    if _traditional().isdisjoint(sentence):
        return None
    own = {ord(simplified()[ord(char)]): char for char in sentence if ord(char) in simplified()}
    return _said() | own
