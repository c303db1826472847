"""A text as every rule on free text looks at it: one plain form, whatever script, spacing or look-alike it came in."""

from __future__ import annotations

from functools import cache

from koubo.reading.language import simplified
from koubo.rubric.plain_text import PlainText, plain_text
from koubo.script.tables import words


def seen(text: str) -> PlainText:
    """Return the plain form: simplified, lower case, nothing unseen or put between the characters of a word.

    Every span of it leads back to the words as they stand in the text.
    """
    return plain_text(text.translate(_letters()))


@cache
def _letters() -> dict[int, str]:
    """Characters that stand for another one; one for one, so that places stay."""
    pairs = words("same_letters.yaml")["pairs"]
    return {**simplified(), **{ord(pair[0]): pair[1] for pair in pairs}}
