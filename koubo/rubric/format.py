"""Format: a text that can be spoken as it stands, in sections, in order, as long as was asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from koubo.rubric.amounts import amounts
from koubo.rubric.scorecard import Criterion, CriterionScore, Evidence, ScoredScript, ScoredSection, clamp
from koubo.rubric.sentences import clauses, whole_sentences
from koubo.rubric.settings import Flow, Rubric
from koubo.script.brief import BriefRequest
from koubo.script.pace import pace_of

NEEDED = ("hook", "selling_points", "offer", "closing")
SHORT = 18
"""A script of fewer seconds needs no selling points of its own."""
IN_ORDER = 0.25
"""Rank correlation from which on a text counts as in order: hosts come back to the price and to the call to buy."""
_FOR = ("opening", "proof", "offer", "closing")
_STRANGE = (
    ("selling_points", "proof", "offer", "closing"),
    (),
    ("need", "selling_points", "proof"),
    ("hook", "need", "selling_points", "proof"),
)
"""The sections in which an opening, a proof, an offer, a closing has no place."""
_LITTER = re.compile(
    r"\{[^}]*\}|\*\*|(?<!\w)[#*_]+|[`|]|<[^>]+>|https?://\S+|【[^】]*】|\[[^\]]*\]|[\U0001F300-\U0001FAFF]|\\n|^\d+[.、]",
    re.MULTILINE,
)


def format_score(text: ScoredScript, request: BriefRequest | None, rubric: Rubric) -> CriterionScore:
    """Score sections in their order, a clean text, and the length asked for (``request`` None: any)."""
    written = text.written.strip()
    if not written:
        return CriterionScore(Criterion.FORMAT, 0.0, (Evidence("", "empty", "there is no text"),))
    findings = (*_litter(written), *_end(written), *_sections(text, request), *_length(text, request))
    findings = (*findings, *_flow(text, rubric))
    return CriterionScore(
        Criterion.FORMAT, clamp(1 - sum(cost for _, cost in findings)), tuple(evidence for evidence, _ in findings)
    )


Finding = tuple[Evidence, float]
"""What was found, and what it costs."""


def _litter(written: str) -> Iterator[Finding]:
    for found in _LITTER.finditer(written):
        yield Evidence(found.group(), "litter", "not sayable: markup, slot, link or symbol"), 0.2


def _end(written: str) -> Iterator[Finding]:
    if written[-1] not in "。！？!?”」~～":
        yield Evidence(written[-8:], "end", "the last sentence is not finished"), 0.1


def _sections(text: ScoredScript, request: BriefRequest | None) -> Iterator[Finding]:
    """Name missing sections, and a hook or a closing out of place; between them hosts have orders of their own."""
    kinds = [section.kind for section in text.sections if section.kind is not None]
    if len(kinds) < 2:
        return
    needed = NEEDED if request is None or request.seconds >= SHORT else ("hook", "offer", "closing")
    for kind in needed:
        if kind not in kinds:
            yield Evidence(kind, "missing_section", "a script needs it"), 0.25
    if "hook" in kinds[1:] or "closing" in kinds[:-1]:
        yield Evidence(" ".join(kinds), "order", "a script opens with its hook and ends with its closing"), 0.25


def _length(text: ScoredScript, request: BriefRequest | None) -> Iterator[Finding]:
    """Compare the length at the persona's pace with the one asked for; up to 15% off costs nothing."""
    if request is None:
        return
    seconds = pace_of(request.persona).seconds(text.spoken)
    off = abs(seconds - request.seconds) / request.seconds
    if off > 0.15:
        yield Evidence(f"{seconds:.0f} s", "length", f"{request.seconds} s were asked for"), min(0.5, off)


def _flow(text: ScoredScript, rubric: Rubric) -> Iterator[Finding]:
    """Hold what each sentence is for against where it stands: its section, or its place where there are none."""
    if all(section.kind is None for section in text.sections):
        yield from _order(text.written, rubric.flow)
    for section in text.sections:
        yield from _out_of_place(section, rubric.flow)
        yield from _hollow(section, rubric)


def _order(written: str, words: Flow) -> Iterator[Finding]:
    order = order_of(written, words)
    if order is not None and order < IN_ORDER:
        note = (
            f"rank correlation {order:.2f} of what sentences are for (opening, proof, offer, closing) with their place"
        )
        yield Evidence("", "shuffled", note), words.cost * (IN_ORDER - order) / (IN_ORDER + 1)


def _out_of_place(section: ScoredSection, words: Flow) -> Iterator[Finding]:
    """Name sentences that are for another section."""
    for sentence in whole_sentences(section.written) if section.kind else ():
        rank = _rank(sentence, words)
        if rank is not None and section.kind in _STRANGE[rank]:
            yield Evidence(sentence, "out_of_place", f"{_FOR[rank]} in {section.kind}"), words.misplaced


def _hollow(section: ScoredSection, rubric: Rubric) -> Iterator[Finding]:
    """Name an offer without a price, and a closing that asks for nothing."""
    said = section.written
    if section.kind == "offer" and not _is_offer(said, rubric.flow):
        yield Evidence("", "no_offer", "the offer names no price"), rubric.flow.hollow
    if section.kind == "closing" and not any(word in said for word in rubric.closing.call_to_action):
        yield Evidence("", "no_call", "the closing asks for nothing"), rubric.flow.hollow


def order_of(written: str, words: Flow) -> float | None:
    """Return Kendall's rank correlation (-1 to 1; Kendall, 1938) between the places of sentences and what they are for.

    Pairs for the same thing say nothing. None where fewer than three pairs say something.
    """
    parts = whole_sentences(written)
    if len(parts) < 4:
        parts = clauses(written)  # transcribed speech has commas only
    ranks = [rank for part in parts if (rank := _rank(part, words)) is not None]
    steps = [(two > one) - (two < one) for one, two in combinations(ranks, 2)]
    told = [step for step in steps if step]
    return sum(told) / len(told) if len(told) >= 3 else None


def _rank(sentence: str, words: Flow) -> int | None:
    """What a sentence is for: 0 opening, 1 proof, 2 offer, 3 closing; None where its words do not tell."""
    for rank, among in ((0, words.opening), (3, words.closing)):
        if any(word in sentence for word in among):
            return rank
    if _is_offer(sentence, words):
        return 2
    return 1 if any(word in sentence for word in words.proof) else None


def _is_offer(text: str, words: Flow) -> bool:
    return any(word in text for word in words.offer) or any(amount.money for amount in amounts(text))
