"""What a writer's candidates are worth: usable or refused, copied or their own, about the product or about anything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from koubo.dataset.drafts import noun_in, pattern_of, sentences, spoken_noun
from koubo.dataset.rows import DatasetError, read_lines
from koubo.protocols import ExemplarLine
from koubo.rubric.score import score
from koubo.rubric.scorecard import ScoredScript, ScoredSection
from koubo.script.brief import Brief
from koubo.script.check import near_copy
from koubo.script.compose import Candidate, ComposedSection
from koubo.script.slots import Slot, slots_in


@dataclass(frozen=True, slots=True)
class Measured:
    """One candidate. `rules` are the rules that refused it; `copies` says of each source (exemplar, training) whether
    the text nearly copies it; `new` is the share of its sentences that stand in no training row, the product's noun
    and the address aside; `own` says whether it names the product, its noun or one of its facts."""

    text: str
    rules: tuple[str, ...]
    copies_exemplar: bool
    copies_training: bool
    new: float
    own: bool
    fact: bool

    @property
    def usable(self) -> bool:
        """Whether it could be committed."""
        return not self.rules


@dataclass(frozen=True, slots=True)
class JudgedSection:
    """A section that a writer was asked for: how many candidates, those that differ, and whether one was committed."""

    kind: str
    asked: int
    by_model: bool
    candidates: tuple[Measured, ...]


@dataclass(frozen=True, slots=True)
class JudgedScript:
    """The sections that a writer was asked for one product, and the rubric's total of the composed script (0 to 1)."""

    source: str
    total: float
    sections: tuple[JudgedSection, ...]

    @property
    def candidates(self) -> list[Measured]:
        """All candidates of the script."""
        return [candidate for section in self.sections for candidate in section.candidates]


@dataclass(slots=True)
class Known:
    """What candidates are held against: hosts' lines shown to a writer, and the completions it was trained on."""

    exemplars: Sequence[ExemplarLine]
    completions: Sequence[str]
    patterns: set[str] = field(init=False)

    def __post_init__(self) -> None:
        """Collect the sentences of the completions, without their addresses and product nouns."""
        self.patterns = {pattern_of(one, noun_in(one)) for text in self.completions for one in sentences(text)}

    def measure(self, candidate: Candidate, brief: Brief) -> Measured:
        """Measure one candidate for its product."""
        text, noun = candidate.text, spoken_noun(brief)
        said = sentences(text)
        known = [pattern_of(one, noun_in(one)) in self.patterns for one in said]
        slots = set(slots_in(text))
        facts = slots - {Slot.NAME, Slot.BRAND}
        return Measured(
            text=text,
            rules=tuple(dict.fromkeys(refusal.rule for refusal in candidate.refusals)),
            copies_exemplar=any(near_copy(text, line.text) is not None for line in self.exemplars),
            copies_training=any(near_copy(text, other) is not None for other in self.completions),
            new=1 - sum(known) / len(known) if known else 0.0,
            own=bool(slots) or bool(noun and noun in text),
            fact=bool(facts),
        )


def judged(source: str, brief: Brief, composed: Sequence[ComposedSection], asked: int, known: Known) -> JudgedScript:
    """Measure a composed script; `asked` candidates were wanted of each section that a writer may write."""
    sections = tuple(
        JudgedSection(
            one.kind.value, asked, one.source == "model", tuple(known.measure(c, brief) for c in one.candidates)
        )
        for one in composed
        if one.reason != "by_design"
    )
    return JudgedScript(source, rubric_total(brief, composed), sections)


def rubric_total(brief: Brief, composed: Sequence[ComposedSection]) -> float:
    """Return the rubric's total (0 to 1) of a script as it read when the brief was made."""
    filled = [(one.kind, brief.filled(one.slotted)) for one in composed]
    return score(ScoredScript(tuple(ScoredSection(kind, said, said) for kind, said in filled)), brief).total


Measure = Callable[[Sequence[JudgedScript]], float]


def _share(of: Callable[[Measured], float]) -> Measure:
    def mean(scripts: Sequence[JudgedScript]) -> float:
        values = [of(candidate) for script in scripts for candidate in script.candidates]
        return sum(values) / len(values) if values else 0.0

    return mean


def _share_of_usable(of: Callable[[Measured], float]) -> Measure:
    def mean(scripts: Sequence[JudgedScript]) -> float:
        values = [of(candidate) for script in scripts for candidate in script.candidates if candidate.usable]
        return sum(values) / len(values) if values else 0.0

    return mean


def _usable(scripts: Sequence[JudgedScript]) -> float:
    """Usable candidates that differ, of those asked for."""
    asked = sum(section.asked for script in scripts for section in script.sections)
    return sum(candidate.usable for script in scripts for candidate in script.candidates) / max(asked, 1)


def _by_model(scripts: Sequence[JudgedScript]) -> float:
    sections = [section for script in scripts for section in script.sections]
    return sum(section.by_model for section in sections) / max(len(sections), 1)


def _total(scripts: Sequence[JudgedScript]) -> float:
    return sum(script.total for script in scripts) / max(len(scripts), 1)


def _distinct_2(scripts: Sequence[JudgedScript]) -> float:
    """Different pairs of characters of the candidates, of all pairs (Li et al. 2016, distinct-2)."""
    pairs = [c.text[i : i + 2] for script in scripts for c in script.candidates for i in range(len(c.text) - 1)]
    return len(set(pairs)) / len(pairs) if pairs else 0.0


def _distinct_sentences(scripts: Sequence[JudgedScript]) -> float:
    """Different sentences of usable candidates, of all of them."""
    said = [one for script in scripts for c in script.candidates if c.usable for one in sentences(c.text)]
    return len(set(said)) / len(said) if said else 0.0


MEASURES: dict[str, Measure] = {
    "usable candidates": _usable,
    "sections opened by the model": _by_model,
    "near copies of an exemplar": _share(lambda c: c.copies_exemplar),
    "near copies of a training row": _share(lambda c: c.copies_training),
    "usable: sentences in no training row": _share_of_usable(lambda c: c.new),
    "usable: name, noun or fact of the product": _share_of_usable(lambda c: c.own),
    "usable: a fact of the product": _share_of_usable(lambda c: c.fact),
    "usable: different sentences": _distinct_sentences,
    "distinct-2 of all candidates": _distinct_2,
    "rubric total of the scripts": _total,
}
"""Every measure of a writer, 0 to 1, by the name it has in tables."""
POOLED = frozenset({"usable: different sentences", "distinct-2 of all candidates"})
"""Measures of how the texts differ from one another: a sample that draws a product twice says nothing of them."""


@cache
def _adapter() -> TypeAdapter[JudgedScript]:
    return TypeAdapter(JudgedScript)


def script_json(script: JudgedScript) -> dict[str, object]:
    """Return plain JSON values; `load_scripts` reads them."""
    values: dict[str, object] = _adapter().dump_python(script, mode="json")
    return values


def load_scripts(path: Path) -> list[JudgedScript]:
    """Read judged scripts, one JSON object a line. Raises DatasetError naming file and line."""
    return [_script(path, number, line) for number, line in read_lines(path, "against")]


def _script(path: Path, number: int, line: str) -> JudgedScript:
    try:
        return _adapter().validate_json(line)
    except ValidationError as error:
        raise DatasetError(f"--against {path}: line {number}: {error}; run train.judge_writing again") from error
