"""What is to be said to a comment: cases with the values of their slots, and what is left to a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from koubo.replies.asked import Asked
from koubo.replies.lines import Case
from koubo.replies.reply import Why
from koubo.script.slots import Slot, SlotValue


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is said: cases in order of preference, the values of their slots, what is said after it (to a second
    question), and what is left to a person."""

    cases: tuple[Case, ...]
    values: Mapping[Slot, SlotValue] = field(default_factory=dict)
    answered: bool = False
    open: Why | None = None
    warnings: tuple[str, ...] = ()
    also: Outcome | None = None


def left_to_a_person(asked: Asked, why: Why) -> Outcome:
    """The honest line: it is noted, and somebody will look."""
    warnings = ("withheld",) if why is Why.WITHHELD else ()
    return Outcome((Case.OPEN,), asked.values(), open=why, warnings=warnings)


def of_another_product(asked: Asked) -> Outcome:
    """Nothing is said of a product that is not this one."""
    return Outcome((Case.OTHER_PRODUCT,), asked.values(), warnings=("other_product",))


def with_rest_open(said: Outcome, why: Why) -> Outcome:
    """Log what an answer leaves open, and say so where nothing else is said after it."""
    return replace(said, open=why, also=said.also or Outcome((Case.OPEN_REST,)))
