"""What a language model is asked: the reading of a marked span, or a whole sentence as a host would say it.

Training and whoever uses the model must write the very same prompt.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

OPEN, CLOSE = "«", "»"
ASK = "\n读作："
SAY = "\n口播："
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


def answered(prompt: str, answers: Sequence[str], end: str) -> list[str]:
    """The prompt, then prompt, answer and the model's end mark together: what is tokenized, each as one text.

    So TRL trains them: tokens that merge over the boundary are those of the whole text.
    """
    return [prompt, *(prompt + answer + end for answer in answers)]


def common_start(sequences: Sequence[Sequence[int]]) -> int:
    """How many tokens all sequences begin with: the prompt's, less those that merge with what follows it."""
    places = enumerate(zip(*sequences, strict=False))
    return next((place for place, tokens in places if len(set(tokens)) > 1), min(map(len, sequences)))


def rewriting(text: str) -> str:
    """The prompt for a whole text: the answer is the text as it is said. White space becomes single spaces."""
    return re.sub(r"\s+", " ", text.strip()) + SAY
