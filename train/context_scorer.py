"""A log-linear scorer of readings: the rules' score and what stands around the span, weighed together.

A feature is one thing seen beside the span (characters to the left and right, the shape of the number) joined with the
kind of the reading it speaks for. Weights are few and named, so a file of them can be read.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from koubo.reading import Choice, Option
from koubo.reading.finder import SENTENCE_ENDS, fold

RULES = "rules"
"""Name of the feature that holds the rules' own score."""
_DIGITS = re.compile(r"\d")
_ENDS = re.compile(f"[{SENTENCE_ENDS}]")


def context(text: str, choice: Choice, width: int = 8) -> list[str]:
    """Name what stands around a span: at most ``width`` characters each side, never beyond its sentence."""
    left = _ENDS.split(_DIGITS.sub("0", fold(text[max(0, choice.start - width) : choice.start])))[-1]
    right = _ENDS.split(_DIGITS.sub("0", fold(text[choice.end : choice.end + width])))[0]
    seen = [f"<{left[-n:]}" for n in (1, 2, 3) if len(left) >= n] + [
        f">{right[:n]}" for n in (1, 2, 3) if right[n - 1 :]
    ]
    seen += [f"<~{char}" for char in set(left)] + [f">~{char}" for char in set(right[:5])]
    seen += ["^"] * (not left) + ["$"] * (not right)
    return [*seen, f"<>{left[-1:]}{right[:1]}", *_shape(choice.written)]


def _shape(written: str) -> list[str]:
    """Name the shape of a number: its length, its end, its parts that are no digits."""
    plain = fold(written)
    zeros = len(plain) - len(plain.rstrip("0"))
    return [
        f"#{_DIGITS.sub('0', plain)[:8]}",
        f"#end{zeros}",
        f"#last{plain[-1:]}",
        "#99" if plain.endswith("99") else "#",
    ]


def features(seen: list[str], option: Option) -> dict[str, float]:
    """Join what was seen with the kind of a reading."""
    named = dict.fromkeys((f"{option.kind.value} {name}" for name in seen), 1.0)
    return {RULES: option.score, **named}


@dataclass(frozen=True, slots=True)
class ContextScorer:
    """A fast chooser (``koubo.reading.FastChooser``) made of weights by feature name; a name without one weighs 0."""

    weights: dict[str, float]

    def scores(self, text: str, choice: Choice) -> list[float]:
        """Give one natural-log weight an option; readings of one kind keep the order that the rules gave them."""
        if len({option.kind for option in choice.options}) == 1:
            return [option.score for option in choice.options]
        seen = context(text, choice)
        return [self._weigh(features(seen, option)) for option in choice.options]

    def _weigh(self, named: dict[str, float]) -> float:
        """Add up the weights of features."""
        return sum(self.weights.get(name, 0.0) * value for name, value in named.items())

    def save(self, path: Path) -> Path:
        """Write the weights as JSON, one a line."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(self.weights, ensure_ascii=False, indent=0, sort_keys=True) + "\n", encoding="utf-8")
        return path

    @classmethod
    def load(cls, path: Path) -> ContextScorer:
        """Read weights that ``save`` wrote."""
        return cls(json.loads(path.read_text(encoding="utf-8")))
