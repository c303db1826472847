"""Find, in one scan, what cannot be read as it stands.

A text is read sentence by sentence: nothing that a rule looks at lies beyond a sentence end or a line break, so that
text can be read as it arrives. In a sentence the scan walks from trigger to trigger (a digit, a Latin run, a mark) and
tries the rules of that trigger in order. A rule matches at a fixed place and consumes what it matched; a stretch that
no rule wants is skipped whole. Repeats in the rules are possessive or bounded, so the cost is linear.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from koubo.reading.grammar import rules_for
from koubo.reading.language import script_of, simplified
from koubo.reading.spans import Choice, Option

SENTENCE_ENDS = "。！？!?；\n"
"""No rule looks beyond one of these."""

_WIDE = {ord("０") + i: str(i) for i in range(10)}
_WIDE |= {0x1D7CE + i: str(i % 10) for i in range(50)}
_WIDE |= {ord("Ａ") + i: chr(ord("A") + i) for i in range(26)} | {ord("ａ") + i: chr(ord("a") + i) for i in range(26)}
_WIDE |= {
    ord(wide): narrow
    for wide, narrow in zip("％．：／＋－＊＝￥＄～✕✖＃＆∶﹣−➕➖", "%.:/+-*=¥$~××#&:--+-", strict=True)
}

_SENTENCE = re.compile(rf"[^{SENTENCE_ENDS}]*+[{SENTENCE_ENDS}]|[^{SENTENCE_ENDS}]++")
_TRIGGER = re.compile(
    r"[0-9]|[A-Za-z_]++|[¥$€£฿₩₽₹]"
    r"|(?<![0-9A-Za-z.])\.(?=\d\d)|[-–—~](?=\s?\d|[、)）])|(?<=[\w)）])[*×](?=\d)|(?<=[\w%])[<>](?=\s?\d)|[+×/=≈≠≥≤±÷∞√№]"
    r"|[²³¹¼-¾⁰-⁹⅐-\u2188①-⒛⓪-⓿❶-➓㈠-㈩㊀-㊉]"
    r"|[\u2190-\u21ff\u25a0-\u2775\u2794-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff\ufe0f\u200d【】〖〗『』「」〔〕]"
)
_RUN = re.compile(r"\d++(?:\.\d++)?|[A-Za-z_]++(?:-?[A-Za-z_]++)*+|.", re.DOTALL)


@cache
def _folding() -> dict[int, str]:
    """Return all that is made plain: wide and mathematical forms, and the traditional script."""
    return simplified() | _WIDE


def fold(text: str) -> str:
    """Make wide, mathematical and traditional forms plain, one character for one, so that offsets hold."""
    return text if text.isascii() else text.translate(_folding())


def sentences(text: str) -> Iterator[re.Match[str]]:
    """Yield the sentences of a text, each with its end mark."""
    return _SENTENCE.finditer(text)


def find(text: str, keep: Sequence[tuple[int, int]] = ()) -> Iterator[Choice]:
    """Yield the spans of a text in order, each with its readings best first.

    ``keep`` are ordered stretches, (start, end) in characters, whose reading is known: nothing is found in them, and
    they are context for the rest.
    """
    folded = fold(text)
    starts = [0, *(end for _, end in keep)]
    ends = [*(start for start, _ in keep), len(text)]
    gap = 0
    for sentence in _SENTENCE.finditer(folded):
        low, high = sentence.span()
        while gap < len(ends) and ends[gap] <= low:
            gap += 1
        inside = gap
        while inside < len(starts) and starts[inside] < high:
            first, last = max(low, starts[inside]) - low, min(high, ends[inside]) - low
            yield from _scan(sentence[0], text[low:high], low, first, last)
            inside += 1


def _scan(folded: str, written: str, offset: int, at: int, stop: int) -> Iterator[Choice]:
    """Yield the spans between two places of one sentence; ``offset`` is where the sentence stands in the text."""
    search = _TRIGGER.search
    script = script_of(written)
    while (trigger := search(folded, at, stop)) is not None:
        place = trigger.start()
        found = _read_at(folded, place, stop)
        if found is None:
            run = _RUN.match(folded, place, stop)
            at = run.end() if run else place + 1
            continue
        end, options = found
        if script:
            options = tuple(Option(o.kind, o.spoken.translate(script), o.score) for o in options)
        if options[0].spoken != written[place:end]:
            yield Choice(offset + place, offset + end, written[place:end], options)
        at = end


def _read_at(folded: str, place: int, stop: int) -> tuple[int, tuple[Option, ...]] | None:
    """Try the rules of the trigger at ``place``; returns where the span ends, and its readings."""
    for rule in rules_for(folded[place]):
        found = rule.pattern.match(folded, place, stop)
        if found is None or found.end() == place:
            continue
        options = rule.read(found)
        if options:
            return found.end(), _distinct(options)
    return None


def _distinct(options: list[Option]) -> tuple[Option, ...]:
    """Keep the best of the options that sound the same, best first."""
    if len(options) == 1:
        return tuple(options)
    seen: dict[str, Option] = {}
    for option in sorted(options, key=lambda o: -o.score):
        seen.setdefault(option.spoken, option)
    return tuple(seen.values())
