"""How fast a host speaks, and how long words take to say."""

from __future__ import annotations

import re

CHARS_PER_SECOND = 4.5
"""Spoken characters a second of a lively host."""
_SAYABLE = re.compile(r"[\u4e00-\u9fffA-Za-z0-9]")


def spoken_length(text: str) -> int:
    """Count the characters that take time to say: hanzi, letters and digits of the spoken form."""
    return len(_SAYABLE.findall(text))
