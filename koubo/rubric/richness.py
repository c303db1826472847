"""Richness: does a text say many things, once each? Within itself, and beside what was heard before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from koubo.rubric.likeness import Likeness
from koubo.rubric.points import brought_points
from koubo.rubric.repetition import heard_before, repetition
from koubo.rubric.scorecard import Criterion, CriterionScore, Evidence, ScoredScript, clamp
from koubo.rubric.sentences import grams, letters
from koubo.rubric.settings import Part, Richness
from koubo.script.brief import Brief
from koubo.script.slots import Slot


def richness_score(
    text: ScoredScript,
    brief: Brief | None,
    limits: Richness,
    heard: Sequence[ScoredScript] = (),
    likeness: Likeness | None = None,
) -> CriterionScore:
    """Score distinct-1/2/3 in windows, repetition in the text, and how many of the brief's facts are said.

    What was ``heard`` in earlier scripts of a stream costs in the share that returns. ``likeness`` None: no sentence
    encoder compared meanings, which the evidence says.
    """
    if len(letters(text.written)) < 2:
        return CriterionScore(Criterion.RICHNESS, 0.0, (Evidence("", "empty", "there is no text"),))
    shares = distinct_shares(text.written, limits.window)
    again, returned = repetition(text.written, _may_return(brief)), heard_before(text.written, heard)
    parts: dict[Part, float] = {
        "distinct": _distinct_score(shares, limits),
        "repeated": clamp(1 - limits.again * again.share),
    }
    evidence = [Evidence("", "distinct", ", ".join(f"distinct-{size} {share:.2f}" for size, share in shares.items()))]
    evidence += [Evidence(clause, "repeated", "was said before in this script") for clause in again.clauses]
    if brief is not None:
        brought, wanted = brought_points(text, brief)
        parts["coverage"] = clamp(len(brought) / wanted) if wanted else 1.0
        evidence.append(Evidence("", "coverage", f"{len(brought)} facts are said; {wanted} make a full script"))
    evidence += [Evidence(clause, "heard", "was said in an earlier script") for clause in returned.clauses]
    evidence += _told_likeness(likeness, limits)
    weight = sum(limits.parts.get(name, 0.0) for name in parts)
    own = sum(limits.parts.get(name, 0.0) * value for name, value in parts.items()) / weight if weight else 0.0
    cost = limits.heard * returned.share + (limits.likeness * likeness.share(limits.near) if likeness else 0.0)
    return CriterionScore(Criterion.RICHNESS, clamp(own - cost), tuple(evidence))


def _may_return(brief: Brief | None) -> tuple[str, ...]:
    """What a script says more than once with good reason: its product's name, how many are left, until when."""
    if brief is None:
        return ()
    return (
        brief.short_name,
        *(brief.available[slot] for slot in (Slot.STOCK, Slot.DEADLINE) if slot in brief.available),
    )


def distinct_shares(text: str, window: int) -> dict[int, float]:
    """Return distinct-1/2/3 of said characters (Li et al., 2016), each the mean over windows of a fixed length.

    A moving window (MATTR; Covington and McFall, 2010) makes texts of different lengths comparable.
    """
    return {size: _windowed(grams(text, size), window) for size in (1, 2, 3)}


def _windowed(runs: Sequence[str], window: int) -> float:
    if len(runs) <= window:
        return len(set(runs)) / max(len(runs), 1)
    starts = range(0, len(runs) - window + 1, max(1, window // 10))
    return sum(len(set(runs[start : start + window])) / window for start in starts) / len(starts)


def _distinct_score(shares: dict[int, float], limits: Richness) -> float:
    found = [clamp((shares[size] - bound.none) / (bound.full - bound.none)) for size, bound in limits.distinct.items()]
    return sum(found) / len(found)


def _told_likeness(likeness: Likeness | None, limits: Richness) -> Iterator[Evidence]:
    if likeness is None:
        yield Evidence("", "likeness", "off: no sentence encoder compared the sentences")
        return
    for pair in likeness.pairs:
        if pair.cosine >= limits.near:
            yield Evidence(pair.sentence, "alike", f"cosine {pair.cosine:.2f} to {pair.other!r} ({pair.where})")
    yield Evidence("", "likeness", f"{likeness.share(limits.near):.0%} of the sentences say what another one says")
