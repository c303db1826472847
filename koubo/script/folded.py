"""A text as rules look at it: what hides a word (width, marks, spaces, script) is taken away.

Only for looking: nothing that is flattened here is ever spoken.
"""

from __future__ import annotations

import re
import unicodedata

from koubo.reading.language import simplified

_HIDDEN = frozenset({"Cf", "Cc", "Co", "Cn", "Cs", "Mn", "Me"})
_BETWEEN_HANZI = re.compile(r"(?<=[一-鿿])[\s*_·.\-~^`|/\\]+(?=[一-鿿])")
_AFTER_DIGIT = re.compile(r"(?<=\d)\s+(?=[一-鿿])")


def plain(text: str) -> str:
    """Return a text in half width (①３ are 1, 3), without control and format characters and combining marks.

    A line break becomes a space. Letters keep their case, hanzi their script.
    """
    spaced = re.sub(r"\s", " ", text)
    shown = (char for char in unicodedata.normalize("NFKC", spaced) if unicodedata.category(char) not in _HIDDEN)
    return "".join(shown)


def flat(text: str) -> str:
    """Return a text as rules match it: `plain`, simplified, in lower case, hanzi not held apart (加 微 信, 加*微信)."""
    folded = plain(text).translate(simplified()).casefold()
    return _AFTER_DIGIT.sub("", _BETWEEN_HANZI.sub("", folded)).strip()


def hidden(text: str) -> str:
    """Return the characters of a text that nobody sees, such as a zero-width space; empty where there are none."""
    return "".join(c for c in text if unicodedata.category(c) in {"Cf", "Cc", "Co", "Cn", "Cs"} and c not in "\n\r\t")
