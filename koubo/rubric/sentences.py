"""How a text is cut for scoring: sentences, clauses (what is said in one breath), and characters that take time."""

from __future__ import annotations

import re
from collections.abc import Sequence

_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?\n]*")
_MARKS = "。！？!?\n”」"
_CLAUSE = re.compile(r"[，。！？!?；;、,：:…\s“”「」]+")
_SAID = re.compile("[\u4e00-\u9fffA-Za-z0-9]")


def whole_sentences(text: str) -> list[str]:
    """Split a text into sentences, each with its mark."""
    return [part.strip() for part in _SENTENCE.findall(text) if part.strip(_MARKS + " ")]


def sentences(text: str) -> list[str]:
    """Split a text into sentences without their marks."""
    return [part.strip(_MARKS + " ") for part in whole_sentences(text)]


def clauses(text: str) -> list[str]:
    """Split a text where a host takes breath."""
    return [part for part in _CLAUSE.split(text) if letters(part)]


def letters(text: str) -> list[str]:
    """Return the characters that take time to say: hanzi, letters, digits."""
    return _SAID.findall(text)


def said(text: str) -> int:
    """Count the characters that take time to say."""
    return len(letters(text))


def grams(text: str, size: int) -> list[str]:
    """Return the runs of ``size`` said characters, in order."""
    flat = "".join(letters(text))
    return [flat[i : i + size] for i in range(len(flat) - size + 1)]


def count_words(text: str, among: Sequence[str], harmless: Sequence[str] = ()) -> list[str]:
    """Return the words of a list that stand in a text, the longest first, each time; none inside a harmless word."""
    for word in harmless:
        text = text.replace(word, "□" * len(word))
    found: list[str] = []
    for word in sorted(among, key=len, reverse=True):
        found += [word] * text.count(word)
        text = text.replace(word, "□" * len(word))
    return found
