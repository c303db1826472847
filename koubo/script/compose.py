"""Composing: section by section, several candidates, the best that passes the check, or the planned section."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from koubo.protocols import ExemplarLine, Writer
from koubo.script.brief import Brief
from koubo.script.check import Refusal
from koubo.script.plan import Plan, SectionKind, SectionPlan

Source = Literal["model", "planned"]
Reason = Literal["by_design", "writer_down", "timeout", "refused"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text the writer offered for a section, and why it was refused, if it was."""

    text: str
    refusals: tuple[Refusal, ...] = ()
    score: float | None = None


@dataclass(frozen=True, slots=True)
class ComposedSection:
    """A committed section: slotted text, who wrote it, and where it is planned, why.

    ``source`` is "model" when its opening was written by the model; ``model_text`` is that part, the rest of
    ``slotted`` is planned text that brings the section's slots and length. ``error`` is the writer's own words when
    it was down.
    """

    kind: SectionKind
    slotted: str
    source: Source
    reason: Reason | None = None
    model_text: str | None = None
    candidates: tuple[Candidate, ...] = ()
    error: str | None = None

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """Every refusal of every candidate of the section."""
        return tuple(refusal for candidate in self.candidates for refusal in candidate.refusals)


class Scorer(Protocol):
    """Scores the candidates of a section; the highest is committed."""

    async def __call__(self, brief: Brief, section: SectionPlan, said_before: str, texts: Sequence[str]) -> Sequence[float]:
        """Return one score a text, in order; higher is better."""
        ...


@dataclass(frozen=True, slots=True)
class Budget:
    """How much may be spent on a section: candidates, seconds to wait for the writer, tokens a candidate, exemplars."""

    candidates: int = 4
    seconds: float = 20.0
    max_tokens: int = 96
    exemplars: int = 3


def compose(
    brief: Brief,
    plan: Plan,
    writer: Writer | None,
    pick: Scorer,
    exemplars: Sequence[ExemplarLine],
    *,
    budget: Budget = Budget(),
) -> AsyncIterator[ComposedSection]:
    """Yield the sections of a plan in order; each is committed when yielded and never revised."""
    raise NotImplementedError
