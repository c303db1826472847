"""Free text may hold no claim of its own: what it says in numbers, superlatives or attributes belongs to slots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from koubo.protocols import ExemplarLine
from koubo.script.brief import Brief


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a text is refused: the rule (quantity, ordinal, superlative, unsafe, other_product, unsupported, unknown_slot,
    offer_slot, copy, banned), the words that broke it, and what to do about it."""

    rule: str
    words: str
    why: str


def check_free_text(slotted: str, brief: Brief, exemplars: Sequence[ExemplarLine] = ()) -> tuple[Refusal, ...]:
    """Return every refusal of a slotted text, empty where it may be spoken."""
    raise NotImplementedError
