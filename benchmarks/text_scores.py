"""How much of a page's text was read, and in which order: scores of one page against its label.

Spaces, case and the width of characters (NFKC) do not count. All scores are 0 to 1, tau -1 to 1; more is better.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of one page.

    f1: characters found, whatever their order. whole: share of the label's lines that stand unbroken in the text.
    ordered: 1 - edit distance / length of the longer text, so that order counts. tau: Kendall's rank correlation of
    the lines that occur once in the label and once in the text; None where fewer than two do.
    """

    f1: float
    whole: float
    ordered: float
    tau: float | None


def score(lines: Sequence[str], text: str) -> Scores:
    """Scores of a page's text against its lines in reading order. Raises ValueError for a label without text."""
    label = [plain for plain in map(plainly, lines) if plain]
    if not label:
        raise ValueError("a label without a line that has a character")
    read, joined = plainly(text), "".join(label)
    distance = edit_distance(joined, read)
    return Scores(
        f1=character_f1(joined, read),
        whole=sum(line in read for line in label) / len(label),
        ordered=1 - distance / max(len(joined), len(read)),
        tau=kendall_tau(places(label, joined, read)),
    )


def plainly(text: str) -> str:
    """A text as it is compared: NFKC, lower case, no white space."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def character_f1(label: str, read: str) -> float:
    """Harmonic mean of precision and recall of the two bags of characters; 0 where none is shared."""
    shared = (Counter(label) & Counter(read)).total()
    return 2 * shared / (len(label) + len(read)) if shared else 0.0


def edit_distance(a: str, b: str) -> int:
    """Levenshtein distance. A row of the table at a time, its insertions by a running minimum."""
    ours, theirs = (np.fromiter(map(ord, text), np.int32, len(text)) for text in (a, b))
    steps = np.arange(len(theirs) + 1)
    row = steps
    for number, letter in enumerate(ours, 1):
        best = np.minimum(row[1:] + 1, row[:-1] + (theirs != letter))
        row = np.minimum.accumulate(np.concatenate(([number], best)) - steps) + steps
    return int(row[-1])


def places(label: Sequence[str], joined: str, read: str) -> list[int]:
    """Where the lines that occur once in `joined` and once in `read` begin in `read`, in the label's order."""
    return [read.find(line) for line in label if joined.count(line) == read.count(line) == 1]


def kendall_tau(ranks: Sequence[int]) -> float | None:
    """Share of pairs in order less the share out of order (Kendall, 1938); None for fewer than two."""
    pairs = [(a, b) for i, a in enumerate(ranks) for b in ranks[i + 1 :]]
    return sum(1 if a < b else -1 for a, b in pairs) / len(pairs) if pairs else None
