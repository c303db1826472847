"""Training rows of labelled texts, in two forms: the reading of a marked span, and the whole sentence as it is said.

A wrong answer always comes from the lattice: a reading of the span that is sayable and that people do not accept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from koubo.dataset.decisions import Decision
from koubo.dataset.labels import LabelledText
from koubo.dataset.rows import CompletionRow, PreferenceRow
from koubo.reading.prompts import mark, rewriting

REJECTED = 2
"""Most wrong readings of one span that become preference pairs, the most plausible first."""


def choice_row(decision: Decision, source: str) -> CompletionRow:
    """The row of one span. Raises ``ValueError`` where the text holds the marks of a span."""
    options = decision.choice.options
    best = options[decision.accepted.index(True)]
    return CompletionRow(
        prompt=mark(decision.text, decision.choice.start, decision.choice.end),
        completion=best.spoken,
        candidates=tuple(option.spoken for option in options),
        kind=best.kind.value,
        source=source,
    )


def choice_preferences(decision: Decision, source: str) -> Iterator[PreferenceRow]:
    """The accepted reading of a span before each of its most plausible wrong ones."""
    row = choice_row(decision, source)
    for wrong in wrong_readings(decision):
        yield PreferenceRow(
            prompt=row.prompt, chosen=row.completion, rejected=wrong, candidates=row.candidates, kind=row.kind,
            source=source,
        )  # fmt: skip


def rewrite_row(labelled: LabelledText, source: str) -> CompletionRow:
    """The row of a whole text: every label said in the way preferred."""
    return CompletionRow(task="rewrite", prompt=rewriting(labelled.text), completion=spoken(labelled), source=source)


def rewrite_preferences(labelled: LabelledText, decision: Decision, source: str) -> Iterator[PreferenceRow]:
    """The text as it is said before the same text with one span said wrong."""
    at = (decision.choice.start, decision.choice.end)
    right = spoken(labelled)
    for wrong in wrong_readings(decision):
        said = spoken(labelled, (*at, wrong))
        if said != right:
            yield PreferenceRow(
                task="rewrite", prompt=rewriting(labelled.text), chosen=right, rejected=said, source=source
            )


def wrong_readings(decision: Decision) -> Sequence[str]:
    """At most REJECTED readings of a span that are not accepted, the likeliest by the rules first."""
    pairs = zip(decision.choice.options, decision.accepted, strict=True)
    return [option.spoken for option, accepted in pairs if not accepted][:REJECTED]


def spoken(labelled: LabelledText, instead: tuple[int, int, str] | None = None) -> str:
    """The text as it is said, with white space as single spaces.

    `instead` is a stretch (start, end) and what is said for it; labels that it touches give way.
    """
    said = [(label.start, label.end, label.accepted[0]) for label in labelled.labels]
    if instead is not None:
        said = [part for part in said if part[1] <= instead[0] or instead[1] <= part[0]] + [instead]
    pieces, at = [], 0
    for start, end, reading in sorted(said):
        pieces += [labelled.text[at:start], reading]
        at = end
    return " ".join("".join([*pieces, labelled.text[at:]]).split())
