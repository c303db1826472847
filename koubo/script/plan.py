"""The plan: which sections, how long each, and for each a text of its own that is good enough to go on air."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from koubo.script.brief import Brief
from koubo.script.slots import Slot


class SectionKind(StrEnum):
    """The sections of a script, in the order they are spoken."""

    HOOK = "hook"
    NEED = "need"
    SELLING_POINTS = "selling_points"
    PROOF = "proof"
    OFFER = "offer"
    CLOSING = "closing"


@dataclass(frozen=True, slots=True)
class SectionPlan:
    """One section: its length in seconds, the slots it uses, and ``planned``, slotted text that can go on air.

    ``written_by_model`` says whether a writer may replace it; offers are always planned.
    """

    kind: SectionKind
    seconds: float
    slots: tuple[Slot, ...]
    planned: str
    written_by_model: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """The sections in order, and the seed that chose their words."""

    seed: int
    sections: tuple[SectionPlan, ...]


def plan(brief: Brief) -> Plan:
    """Plan the sections of a brief; the same brief gives the same plan."""
    raise NotImplementedError
