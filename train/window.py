"""The prompt of a choice: a window of the sentence with the span marked, and a request for its reading.

Training and the chooser that uses the model must write the very same prompt.
"""

from __future__ import annotations

import re

OPEN, CLOSE = "«", "»"
ASK = "\n读作："
CONTEXT = 20
_SPAN = re.compile(f"{OPEN}([^{OPEN}{CLOSE}]+){CLOSE}")


def mark(text: str, start: int, end: int, context: int = CONTEXT) -> str:
    """The prompt for the span `text[start:end]`, with up to `context` characters on each side.

    White space of the window becomes single spaces, so that the request stays on a line of its own.

    Raises:
        ValueError: the span is empty or outside the text, or the window holds a mark already.
    """
    if not 0 <= start < end <= len(text):
        raise ValueError(f"span {start}..{end} is not inside a text of {len(text)} characters")
    parts = (text[max(0, start - context) : start], text[start:end], text[end : end + context])
    if any(sign in part for part in parts for sign in (OPEN, CLOSE)):
        raise ValueError(f"the window holds {OPEN} or {CLOSE}, which mark the span")
    before, span, after = (re.sub(r"\s+", " ", part) for part in parts)
    return f"{before}{OPEN}{span}{CLOSE}{after}{ASK}"


def marked_span(prompt: str) -> str:
    """What stands between the marks of a prompt, or an empty string where there is not exactly one marked span."""
    spans = _SPAN.findall(prompt)
    well_formed = len(spans) == 1 and prompt.count(OPEN) == prompt.count(CLOSE) == 1
    return spans[0] if well_formed else ""
