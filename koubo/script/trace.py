"""An independent check: every number that is said stands in a slot that names its facts."""

from __future__ import annotations

from dataclasses import dataclass

from koubo.script.render import RenderedScript


@dataclass(frozen=True, slots=True)
class Untraced:
    """A number that no fact stands for: the sentence (written), the form it was found in, its words, and why."""

    sentence: str
    form: str
    words: str
    why: str


def untraced_numbers(rendered: RenderedScript) -> tuple[Untraced, ...]:
    """Return the numbers, in digits or hanzi, that stand outside slots or in a slot whose facts do not hold them."""
    raise NotImplementedError
