"""Find, in one scan, what cannot be read as it stands.

The scan walks from trigger to trigger (a digit, a Latin run, a mark) and tries the rules of that trigger in order. A
rule matches at a fixed place and consumes what it matched; a stretch that no rule wants is skipped whole. Repeats in
the rules are possessive, so the cost is linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from koubo.reading.grammar import rules_for
from koubo.reading.spans import Choice, Option

_WIDE = {ord("０") + i: str(i) for i in range(10)}
_WIDE |= {base + i: str(i % 10) for base in (0x1D7CE,) for i in range(50)}
_WIDE |= {ord("Ａ") + i: chr(ord("A") + i) for i in range(26)} | {ord("ａ") + i: chr(ord("a") + i) for i in range(26)}
_WIDE |= {ord(wide): narrow for wide, narrow in zip("％．：／＋－＊＝￥＄～×✕✖＃＆∶﹣−–", "%.:/+-*=¥$~×××#&:---", strict=True)}

TRIGGER = re.compile(
    r"[0-9]|[A-Za-z_]++|[¥$€£฿₩₽₹]|(?<![0-9A-Za-z.])\.(?=\d\d)|[-–—~](?=\s?\d|[、)）])|(?<=[\w)）])[*×](?=\d)|(?<=[\d%])[<>](?=\s?\d)|[=≈≠≥≤±÷∞√№]"
    r"|[\u00b2\u00b3\u00b9\u00bc-\u00be\u2070-\u2079\u2150-\u2188\u2460-\u249b\u24ea-\u24ff\u2776-\u2793\u3220-\u3229\u3280-\u3289]"
    r"|[+×/%°℃℉㎡㎝㎜㎏]|[\u2190-\u21ff\u2600-\u27bf\u2b00-\u2bff\u25a0-\u25ff\U0001f000-\U0001faff【】〖〗『』「」〔〕★☆\ufe0f\u200d~^|]"
)
_RUN = re.compile(r"\d++(?:\.\d++)?|[A-Za-z_]++(?:-?[A-Za-z_]++)*+|.", re.DOTALL)


def fold(text: str) -> str:
    """Make wide and mathematical forms plain, one character for one, so that offsets hold."""
    return text if text.isascii() else text.translate(_WIDE)


def find(text: str, start: int = 0, end: int | None = None) -> Iterator[Choice]:
    """Yield the spans of ``text[start:end]`` in order, each with its readings best first; context is the whole text."""
    folded = fold(text)
    stop = len(text) if end is None else end
    at = start
    search = TRIGGER.search
    while (trigger := search(folded, at, stop)) is not None:
        place = trigger.start()
        choice = _choice_at(text, folded, place, stop)
        if choice is None:
            run = _RUN.match(folded, place, stop)
            at = run.end() if run else place + 1
            continue
        if choice.options[0].spoken != choice.written:
            yield choice
        at = choice.end


def _choice_at(text: str, folded: str, place: int, stop: int) -> Choice | None:
    """Try the rules of the trigger at ``place``."""
    for rule in rules_for(folded[place]):
        found = rule.pattern.match(folded, place)
        if found is None or found.end() > stop or found.end() == place:
            continue
        options = rule.read(found)
        if options:
            return Choice(place, found.end(), text[place : found.end()], _distinct(options))
    return None


def _distinct(options: list[Option]) -> tuple[Option, ...]:
    """Keep the best of the options that sound the same, best first."""
    seen: dict[str, Option] = {}
    for option in sorted(options, key=lambda o: -o.score):
        seen.setdefault(option.spoken, option)
    return tuple(seen.values())
