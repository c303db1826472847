"""Generic augmentation: the same line in other words, whatever is hard about it. Labels are kept, only moved.

By templates and synonyms, or by a language model, which sees a line with its labelled stretches masked (⟦1⟧) and whose
answer is taken only if it holds every mask once and no number of its own.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from koubo.dataset.labels import Label, LabelledText

_MASK = re.compile(r"⟦(\d+)⟧")


@dataclass(frozen=True, slots=True)
class Wording:
    """What may stand before and after a line, and groups of words that say the same."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    words: tuple[tuple[str, ...], ...]


@cache
def wording() -> Wording:
    """The words of data/paraphrase.yaml."""
    text = (files("koubo.dataset") / "data/paraphrase.yaml").read_text(encoding="utf-8")
    table = yaml.safe_load(text)
    return Wording(tuple(table["before"]), tuple(table["after"]), tuple(map(tuple, table["words"])))


def paraphrases(labelled: LabelledText, count: int, seed: int) -> tuple[LabelledText, ...]:
    """At most `count` different rewordings of a text; the same for the same seed."""
    rng = random.Random(f"{seed}/{labelled.text}")
    made = (_framed(_reworded(labelled, rng), rng) for _ in range(count))
    return tuple(dict.fromkeys(text for text in made if text.text != labelled.text))


def masked(labelled: LabelledText) -> str:
    """The text with its labelled stretches as ⟦1⟧, ⟦2⟧ ... in order."""
    pieces, at = [], 0
    for number, label in enumerate(labelled.labels, 1):
        pieces += [labelled.text[at : label.start], f"⟦{number}⟧"]
        at = label.end
    return "".join([*pieces, labelled.text[at:]])


def unmasked(answer: str, labelled: LabelledText) -> LabelledText:
    """A masked line in other words, with what was masked back in its place.

    Raises:
        ValueError: a mask is missing, doubled or unknown, or the answer has a number of its own.
    """
    line = answer.strip().split("\n")[0].strip()
    masks = [int(number) for number in _MASK.findall(line)]
    if sorted(masks) != list(range(1, len(labelled.labels) + 1)):
        raise ValueError(f"masks {masks} where 1 to {len(labelled.labels)} were wanted once each")
    plain = _MASK.sub("", line)
    if any(char.isdigit() for char in plain):
        raise ValueError("a number that was not in the line")
    pieces, labels, at, length = [], [], 0, 0
    for found in _MASK.finditer(line):
        label = labelled.labels[int(found[1]) - 1]
        pieces += [line[at : found.start()], labelled.text[label.start : label.end]]
        start = length + len(pieces[-2])
        length = start + len(pieces[-1])
        labels.append(Label(start, length, label.accepted))
        at = found.end()
    return LabelledText("".join([*pieces, line[at:]]), tuple(labels))


def _reworded(labelled: LabelledText, rng: random.Random) -> LabelledText:
    """Say every known word outside the labels in another way."""
    pieces, labels, at, length = [], [], 0, 0
    for label in (*labelled.labels, None):
        plain = _synonyms(labelled.text[at : label.start if label else None], rng)
        pieces.append(plain)
        length += len(plain)
        if label is not None:
            pieces.append(labelled.text[label.start : label.end])
            labels.append(Label(length, length + label.end - label.start, label.accepted))
            length, at = labels[-1].end, label.end
    return LabelledText("".join(pieces), tuple(labels))


def _synonyms(text: str, rng: random.Random) -> str:
    for group in wording().words:
        for word in group:
            if word in text:
                text = text.replace(word, rng.choice([other for other in group if other != word]))
                break
    return text


def _framed(labelled: LabelledText, rng: random.Random) -> LabelledText:
    """Put something before the line, after it, or both."""
    before = rng.choice(wording().before)
    after = rng.choice(wording().after)
    where = rng.choice(("before", "after", "both"))
    before, after = before if where != "after" else "", after if where != "before" else ""
    body = labelled.text.rstrip("。！") if after else labelled.text
    moved = (Label(label.start + len(before), label.end + len(before), label.accepted) for label in labelled.labels)
    return LabelledText(before + body + after, tuple(moved))
