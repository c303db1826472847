"""Training rows that teach a model to write sections: briefs in; checked, varied completions and held-out briefs out.

A product is in training or held out, never both, and one whose title is nearly that of a held-out product is in
neither. Every completion passes the check that a writer's candidates pass, for its own product.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from koubo.catalog.store import LiveProduct
from koubo.dataset.drafts import Draft, drafts, pattern_of, sentences, spoken_noun
from koubo.dataset.rows import CompletionRow, DatasetError, read_lines
from koubo.protocols import ExemplarLine
from koubo.reading import UnsupportedLanguage
from koubo.script.alike import alike
from koubo.script.brief import Brief, BriefRequest, Occasion, make_brief
from koubo.script.compose import DEFAULT_BUDGET, checked, write_request
from koubo.script.plan import MODEL_SECTIONS, SectionKind, SectionPlan, plan
from koubo.script.prompt import trained
from koubo.script.slots import slots_in
from koubo.script.tables import words

LENGTHS = (30, 45, 60)
"""Seconds of the scripts whose sections are taken."""


@dataclass(frozen=True, slots=True)
class Sold:
    """A product of a catalogue; `source` names both: yanxuan/1006002."""

    source: str
    live: LiveProduct

    @property
    def title(self) -> str:
        """The product's title."""
        return self.live.product.title


@dataclass(frozen=True, slots=True)
class Split:
    """Products to train on and to be judged on. `near` are in neither: their titles are nearly held-out ones."""

    trained: tuple[Sold, ...]
    held_out: tuple[Sold, ...]
    near: tuple[Sold, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """A draft for a section of a brief, and the slotted text said before it."""

    sold: Sold
    brief: Brief
    section: SectionPlan
    said: str
    draft: Draft

    def row(self) -> CompletionRow:
        """The training row, with the prompt that serving writes too."""
        request = write_request(self.brief, self.section, self.said, (), DEFAULT_BUDGET, 0)
        return CompletionRow(
            task="write",
            prompt=trained(request),
            completion=self.draft.text,
            kind=self.section.kind.value,
            source=f"{self.sold.source} {self.draft.style}",
        )

    def may_be_said(self) -> bool:
        """Whether it passes the check of a writer's candidates, and asks for no slot that its prompt does not offer."""
        offered = write_request(self.brief, self.section, self.said, (), DEFAULT_BUDGET, 0).slots
        unoffered = set(slots_in(self.draft.text)) - set(offered)
        return not unoffered and not checked(self.draft.text, self.brief, self.section, self.said).refusals


def split(products: Sequence[Sold], share: float, seed: int) -> Split:
    """Hold out a share (0 to 1) of the products, and set aside those that nearly are one of them."""
    order = sorted(products, key=lambda sold: sold.source)
    random.Random(f"{seed}/split").shuffle(order)
    held_out, rest = order[: round(share * len(order))], order[round(share * len(order)) :]
    near = [sold for sold in rest if any(alike(sold.title, other.title) for other in held_out)]
    return Split(tuple(sold for sold in rest if sold not in near), tuple(held_out), tuple(near))


def why_unreadable(sold: Sold) -> str | None:
    """Why no script can be made of a product, such as a name in Cantonese; None where one can."""
    try:
        make_brief(sold.live, BriefRequest(product_id=sold.live.product.id))
    except UnsupportedLanguage as error:
        return str(error)
    return None


def brief_of(sold: Sold, rng: random.Random) -> Brief:
    """Return a brief with a chance length, occasion, persona and seed. Raises UnsupportedLanguage."""
    request = BriefRequest(
        product_id=sold.live.product.id,
        seconds=rng.choice(LENGTHS),
        occasion=rng.choice(list(Occasion)),
        persona=rng.choice([name for name in words("addresses.yaml") if name != "any"]),
        seed=rng.randrange(1000),
    )
    return make_brief(sold.live, request)


def written_for(sold: Sold, exemplars: Sequence[ExemplarLine], rounds: int, seed: int) -> Iterator[Written]:
    """Yield what could be written for a product that may be said: drafts of `rounds` scripts."""
    for number in range(rounds):
        rng = random.Random(f"{seed}/{sold.source}/{number}")
        brief = brief_of(sold, rng)
        said = ""
        for section in plan(brief).sections:
            if section.kind in MODEL_SECTIONS:
                made = (Written(sold, brief, section, said, draft) for draft in drafts(brief, section, exemplars, rng))
                yield from (written for written in made if written.may_be_said())
            said += section.planned


@dataclass(slots=True)
class Selection:
    """Rows taken so far: at most `per_section` a section, none twice, no sentence in more than `repeats`."""

    per_section: int
    repeats: int
    taken: list[Written] = field(default_factory=list)
    sections: Counter[SectionKind] = field(default_factory=Counter)
    lines: Counter[str] = field(default_factory=Counter)
    texts: set[str] = field(default_factory=set)

    def wants(self, written: Written) -> bool:
        """Whether there is room for it."""
        full = self.sections[written.section.kind] >= self.per_section
        worn = any(self.lines[line] >= self.repeats for line in _patterns(written))
        return not full and not worn and written.draft.text not in self.texts

    def take(self, written: Written) -> None:
        """Take it."""
        self.taken.append(written)
        self.sections[written.section.kind] += 1
        self.lines.update(_patterns(written))
        self.texts.add(written.draft.text)


def _patterns(written: Written) -> list[str]:
    noun = spoken_noun(written.brief)
    return [pattern_of(sentence, noun) for sentence in sentences(written.draft.text)]


@dataclass(frozen=True, slots=True)
class HeldOut:
    """A brief that nothing was trained on."""

    source: str
    brief: Brief


@cache
def _adapter() -> TypeAdapter[HeldOut]:
    return TypeAdapter(HeldOut)


def held_out_briefs(products: Iterable[Sold], seed: int, seconds: int = 60) -> list[HeldOut]:
    """Return one brief a held-out product, each with a persona and a seed of its own."""
    found = []
    personas = [name for name in words("addresses.yaml") if name != "any"]
    for sold in products:
        rng = random.Random(f"{seed}/{sold.source}/held out")
        request = BriefRequest(
            product_id=sold.live.product.id, seconds=seconds, persona=rng.choice(personas), seed=rng.randrange(1000)
        )
        found.append(HeldOut(sold.source, make_brief(sold.live, request)))
    return found


def held_out_json(held_out: HeldOut) -> dict[str, object]:
    """Return plain JSON values; `load_held_out` reads them."""
    values: dict[str, object] = _adapter().dump_python(held_out, mode="json")
    return values


def load_held_out(path: Path) -> tuple[HeldOut, ...]:
    """Read held-out briefs, one JSON object a line.

    Raises:
        DatasetError: the file cannot be read, or a line of it is no brief; names file, line and field.
    """
    return tuple(_held_out(path, number, line) for number, line in read_lines(path, "held-out"))


def _held_out(path: Path, number: int, line: str) -> HeldOut:
    try:
        return _adapter().validate_json(line)
    except ValidationError as error:
        raise DatasetError(
            f"--held-out {path}: line {number}: {str(error)[:300]}; make it again: data_jobs.build_writing"
        ) from error
