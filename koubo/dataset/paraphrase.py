"""Generic augmentation: the same line in other words, whatever is hard about it. Labels are kept, only moved."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from koubo.dataset.labels import Label, LabelledText


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
