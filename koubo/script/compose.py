"""Composing: section by section, several candidates, the best that passes the check, or the planned section."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from koubo.protocols import ExemplarLine, Writer, WriteRequest
from koubo.reading import read
from koubo.script.brief import Brief
from koubo.script.check import Refusal, check_free_text
from koubo.script.exemplars import Exemplars, Shown
from koubo.script.pace import pace_of, spoken_length
from koubo.script.plan import Plan, SectionKind, SectionPlan
from koubo.script.prompt import tidy
from koubo.script.relevance import LEAST
from koubo.script.slots import OFFER_SLOTS, Slot, slots_in

SHORTEST = 8
"""A candidate says at least this many characters."""

Source = Literal["model", "planned"]
Reason = Literal["by_design", "writer_down", "timeout", "refused", "scorer_down"]


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
    ``slotted`` is planned text that brings the section's slots and length. ``error`` is the words of the writer
    or scorer that was down. ``exemplars_by`` says how the lines shown to the writer were chosen, None where it was not
    asked.
    """

    kind: SectionKind
    slotted: str
    source: Source
    reason: Reason | None = None
    model_text: str | None = None
    candidates: tuple[Candidate, ...] = ()
    error: str | None = None
    exemplars_by: Literal["similarity", "drawn"] | None = None

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """Every refusal of every candidate of the section."""
        return tuple(refusal for candidate in self.candidates for refusal in candidate.refusals)


@dataclass(frozen=True, slots=True)
class Completed:
    """A candidate that passed the check: the model's own ``words``, and the whole section with planned lines after."""

    words: str
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """How good a candidate is (0 to 1, higher is better), how near its words are to the product (-1 to 1), and why it
    must not be said at all, where a rule of the scorer's own says so."""

    score: float
    relevance: float
    refusal: Refusal | None = None

    @property
    def refused(self) -> Refusal | None:
        """Why the candidate is not taken, None where it may be."""
        if self.refusal is not None or self.relevance >= LEAST:
            return self.refusal
        why = f"similarity {self.relevance:.2f} to the product and to what the section is to say; {LEAST} wanted"
        return Refusal("off_topic", "", why)


class Scorer(Protocol):
    """Scores the candidates of a section; of those that are relevant, the highest is committed."""

    async def __call__(self, brief: Brief, section: SectionPlan, completed: Sequence[Completed]) -> Sequence[Verdict]:
        """Return one verdict a candidate, in order."""
        ...


@dataclass(frozen=True, slots=True)
class Budget:
    """How much may be spent on a section: candidates, seconds to wait for the writer, tokens a candidate, exemplars."""

    candidates: int = 4
    seconds: float = 20.0
    max_tokens: int = 96
    exemplars: int = 3


DEFAULT_BUDGET = Budget()


async def compose(
    brief: Brief,
    plan: Plan,
    writer: Writer | None,
    pick: Scorer,
    exemplars: Exemplars,
    *,
    budget: Budget = DEFAULT_BUDGET,
    said: str = "",
) -> AsyncGenerator[ComposedSection, None]:
    """Yield the sections of a plan in order; each is committed when yielded and never revised.

    A writer that is down, late or refused, or a scorer that is down, costs only the writer's words: the planned section
    stands in and says why. After one timeout, or without a scorer, the rest of the script is planned, since a listener
    is waiting. ``writer`` None plans everything. ``said`` is slotted text that is spoken before the first of these
    sections.
    """
    away: Reason | None = None
    for number, section in enumerate(plan.sections):
        if not section.written_by_model or writer is None:
            composed = ComposedSection(section.kind, section.planned, "planned", "by_design")
        elif away:
            composed = _stand_in(section, away, "not asked: it did not answer for a section before")
        else:
            work = _Section(brief, section, said, exemplars, budget, plan.seed * 100 + number)
            composed = await work.compose(writer, pick)
            away = composed.reason if composed.reason in ("timeout", "scorer_down") else None
        said += composed.slotted
        yield composed


def _stand_in(
    section: SectionPlan, reason: Reason, error: str | None = None, tried: Sequence[Candidate] = ()
) -> ComposedSection:
    return ComposedSection(section.kind, section.planned, "planned", reason, None, tuple(tried), error)


@dataclass(frozen=True, slots=True)
class _Section:
    """One section being composed."""

    brief: Brief
    section: SectionPlan
    said: str
    exemplars: Exemplars
    budget: Budget
    seed: int

    async def compose(self, writer: Writer, pick: Scorer) -> ComposedSection:
        """Ask the writer, check its candidates, commit the best or the planned section."""
        shown = await self.exemplars.choose(self.brief, self.section, self.budget.exemplars)
        return replace(await self._written(writer, pick, shown), exemplars_by=shown.by)

    async def _written(self, writer: Writer, pick: Scorer, shown: Shown) -> ComposedSection:
        request = write_request(self.brief, self.section, self.said, shown.lines, self.budget, self.seed)
        try:
            result = (await asyncio.wait_for(writer.write([request]), self.budget.seconds))[0]
        except TimeoutError:
            return _stand_in(self.section, "timeout", f"no answer in {self.budget.seconds:g} s")
        except Exception as error:  # whatever the shell's transport raises: a script never fails for its writer
            return _stand_in(self.section, "writer_down", f"{type(error).__name__}: {error}")
        if result.error is not None:
            return _stand_in(self.section, "writer_down", result.error)
        texts = map(tidy, dict.fromkeys(result.candidates))
        tried = [checked(text, self.brief, self.section, self.said, shown.lines) for text in texts]
        return await self._best(tried, pick)

    async def _best(self, tried: Sequence[Candidate], pick: Scorer) -> ComposedSection:
        """Commit the candidate that scores highest among those that passed and are about the product."""
        passed = [Completed(c.text, self._completed(c.text)) for c in tried if not c.refusals]
        if not passed:
            return _stand_in(self.section, "refused", None, tried)
        try:
            found = await pick(self.brief, self.section, passed)
        except Exception as error:  # as with the writer: what nobody has judged is not said, and the script goes on
            return _stand_in(self.section, "scorer_down", f"{type(error).__name__}: {error}", tried)
        verdicts = dict(zip(passed, found, strict=True))
        judged = {completed.words: verdict for completed, verdict in verdicts.items()}
        seen = tuple(_judged(candidate, judged.get(candidate.text)) for candidate in tried)
        fitting = [completed for completed, verdict in verdicts.items() if verdict.refused is None]
        if not fitting:
            return _stand_in(self.section, "refused", None, seen)
        best = max(fitting, key=lambda completed: verdicts[completed].score)
        return ComposedSection(self.section.kind, best.text, "model", None, best.words, seen)

    def _completed(self, text: str) -> str:
        """Follow the model's words by the planned lines that bring what they left out, as far as the length allows."""
        slots, length = set(slots_in(text)), said_length(self.brief, text)
        for number, line in enumerate(self.section.lines):
            missing = set(slots_in(line)) - slots - ({Slot.NAME} if number else set())
            size = said_length(self.brief, line)
            required = line.rstrip("。") in self.brief.request.required
            if required or (length + size / 2 <= target_of(self.brief, self.section) and (missing or number)):
                text, length, slots = text + line, length + size, slots | set(slots_in(line))
        return text


def write_request(
    brief: Brief, section: SectionPlan, said: str, shown: Sequence[ExemplarLine], budget: Budget, seed: int
) -> WriteRequest:
    """Return what a writer is asked for a section; ``said`` is the slotted text committed before it.

    The slots are those the section's own words may use: its planned ones, without offers, and the name.
    """
    request = brief.request
    slots = [Slot.NAME, *(s for s in section.slots if s not in OFFER_SLOTS and s is not Slot.NAME)]
    return WriteRequest(
        section=section.kind,
        product_name=brief.short_name,
        product_lines=brief.lines(),
        exemplars=tuple(shown),
        slots=tuple(slot.value for slot in slots),
        said_before=brief.filled(said),
        persona=request.persona,
        audience=request.audience,
        occasion=request.occasion,
        chars=round(target_of(brief, section)),
        n=budget.candidates,
        max_tokens=budget.max_tokens,
        seed=seed,
    )


def target_of(brief: Brief, section: SectionPlan) -> float:
    """Return the length of a section in spoken characters."""
    return section.seconds * pace_of(brief.request.persona).overall


def checked(text: str, brief: Brief, section: SectionPlan, said: str, shown: Sequence[ExemplarLine] = ()) -> Candidate:
    """Check a candidate; what was said already counts as an exemplar, so that nothing is said twice."""
    before = [ExemplarLine("said before", "", said)] if said else []
    refusals = check_free_text(text, brief, [*shown, *before])
    length, most = said_length(brief, text), max(1.5 * target_of(brief, section), 40)
    if not SHORTEST <= length <= most:
        refusals += (Refusal("length", text, f"{length} spoken characters; {SHORTEST} to {most:.0f} wanted"),)
    return Candidate(text, refusals)


def _judged(candidate: Candidate, verdict: Verdict | None) -> Candidate:
    if verdict is None:
        return candidate
    if (why := verdict.refused) is None:
        return replace(candidate, score=verdict.score)
    return replace(candidate, score=verdict.score, refusals=(replace(why, words=why.words or candidate.text),))


def said_length(brief: Brief, slotted: str) -> int:
    """Return the length of slotted text in characters that are said, slots filled as when the brief was made."""
    return spoken_length(read(brief.filled(slotted)).spoken)
