"""Hard cases: sentences in which the same number is read in two ways, and variations of sentences that were hard.

A hard decision is one that the rules get wrong or hardly decide. Each gives two kinds of new labelled texts: its own
sentence with another number, where the number does not decide the reading, and *minimal pairs*, two short lines with
one number and two readings (只要88块 八十八, 88VIP 八八VIP). The frames of the pairs
and their readings are written by hand (data/minimal_pairs.tsv); the lattice only says which span a reading belongs to,
and a line whose reading is no candidate is left out.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from koubo.dataset.decisions import Decision
from koubo.dataset.labels import Label, LabelledText
from koubo.reading import Choice, Kind, lattice
from koubo.reading.numbers import cardinal, digits
from koubo.reading.reader import lead

THIN = 0.9
"""A lead of the rules (share, 0 to 1) below this makes a decision hard."""
_NAMES = frozenset(
    {Kind.DIGITS, Kind.YEAR, Kind.SALE_DAY, Kind.MODEL_CODE, Kind.MEMBER_GRADE, Kind.PHONE, Kind.BRAND, Kind.VERSION}
)
_PAIRED = frozenset({Kind.RANGE, Kind.RATIO, Kind.TIME, Kind.FRACTION})
_FREE = frozenset({Kind.CARDINAL, Kind.PRICE, Kind.MEASURE, Kind.DECIMAL, Kind.ORDINAL})
_YEARS = tuple(str(year) for year in range(1960, 2030))
_CARRIERS = ("{}", "家人们，{}", "{}，喜欢的抓紧", "来看这里，{}", "{}，真的可以", "我跟你们说，{}，别错过")


@dataclass(frozen=True, slots=True)
class Frame:
    """A line with a place for a number, or two, and how the number is read there."""

    reading: str
    text: str


@dataclass(frozen=True, slots=True)
class MinimalPair:
    """Two frames for one number. `length`: how many digits it has, "year" for a year, "pair" for two of one digit."""

    length: str
    frames: tuple[Frame, Frame]


def hard(decision: Decision) -> bool:
    """Whether the rules get a decision wrong, or lead in it by less than THIN."""
    options = decision.choice.options
    return not decision.accepted[0] or lead(options) < THIN


def hard_cases(labelled: LabelledText, decision: Decision, count: int, seed: int) -> Iterator[LabelledText]:
    """At most `count` new texts like a hard decision of a text, half of them minimal pairs; the same for a seed."""
    rng = random.Random(f"{seed}/{decision.text}/{decision.choice.start}")
    varied = [text for _ in range(count // 2) if (text := with_another_number(labelled, decision, rng)) is not None]
    yield from varied
    for _ in range((count - len(varied)) // 2):
        yield from flipped(decision, rng)


def flipped(decision: Decision, rng: random.Random) -> Iterator[LabelledText]:
    """The two lines of a minimal pair in one carrier: of two numbers for a range or a score, of one number else."""
    pair = rng.choice([pair for pair in minimal_pairs() if (pair.length == "pair") == _is_paired(decision)])
    numbers = _numbers(pair.length, decision, rng)
    carrier = rng.choice(_CARRIERS)
    for frame in pair.frames:
        text = labelled_line(frame, numbers, carrier)
        if text is not None:
            yield text


def labelled_line(frame: Frame, numbers: Sequence[str], carrier: str = "{}") -> LabelledText | None:
    """A frame filled and labelled, or None where the lattice has no candidate with the frame's reading.

    `numbers` are one or two strings of digits.
    """
    names = dict(zip("ab", numbers, strict=True)) if len(numbers) == 2 else {"n": numbers[0]}
    text = carrier.format(frame.text.format(**names))
    wanted = _READINGS[frame.reading](*numbers)
    for choice in lattice(text):
        found = _spoken(choice, numbers, wanted)
        if found is not None:
            return LabelledText(text, (Label(choice.start, choice.end, (found,)),))
    return None


def with_another_number(labelled: LabelledText, decision: Decision, rng: random.Random) -> LabelledText | None:
    """The sentence with other digits in a span and the reading of the same kind, where there is one."""
    best = decision.choice.options[decision.accepted.index(True)]
    start, end = decision.choice.start, decision.choice.end
    others = tuple(label for label in labelled.labels if label.end <= start or end <= label.start)
    inside = all(start <= label.start and label.end <= end for label in labelled.labels if label not in others)
    if best.kind not in _FREE or _is_name(decision) or not inside:
        return None
    written = "".join(_another_digit(char, rng) for char in decision.choice.written)
    text = labelled.text[:start] + written + labelled.text[end:]
    for choice in lattice(text):
        if (choice.start, choice.end) == (start, end):
            spoken = [option.spoken for option in choice.options if option.kind is best.kind]
            labels = (*others, Label(start, end, (spoken[0],))) if spoken else ()
            return LabelledText(text, tuple(sorted(labels, key=lambda label: label.start))) if spoken else None
    return None


@cache
def minimal_pairs() -> tuple[MinimalPair, ...]:
    """The pairs of data/minimal_pairs.tsv."""
    lines = (files("koubo.dataset") / "data/minimal_pairs.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return tuple(MinimalPair(length, (Frame(a, x), Frame(b, y))) for length, a, x, b, y in rows)


def _is_paired(decision: Decision) -> bool:
    return any(option.kind in _PAIRED for option in decision.choice.options)


def _is_name(decision: Decision) -> bool:
    """Whether an accepted reading says the number is a name, so that another number would be none."""
    pairs = zip(decision.choice.options, decision.accepted, strict=True)
    return any(accepted and option.kind in _NAMES for option, accepted in pairs)


def _numbers(length: str, decision: Decision, rng: random.Random) -> tuple[str, ...]:
    """The decision's own number where it has the pair's length, else one of that length."""
    if length == "pair":
        low, high = sorted(rng.sample(range(1, 10), 2))
        return str(low), str(high)
    own = "".join(char for char in decision.choice.written if char.isascii() and char.isdigit())
    if length == "year":
        return (own if own in _YEARS else rng.choice(_YEARS),)
    if len(own) == int(length) and own[0] != "0":
        return (own,)
    if length == "1":
        return ("2",)
    return (str(rng.randint(11, 99)) + "".join(str(rng.randint(1, 9)) for _ in range(int(length) - 2)),)


def _another_digit(char: str, rng: random.Random) -> str:
    return str(rng.randint(1, 9)) if char in "123456789" else char


def _spoken(choice: Choice, numbers: Sequence[str], wanted: str) -> str | None:
    """The option of a span that says `wanted` for its numbers and everything else as the best option does."""
    if not all(number in choice.written for number in numbers):
        return None
    matching = [option.spoken for option in choice.options if option.spoken.startswith(wanted)]
    return matching[0] if matching else None


_READINGS: dict[str, Callable[..., str]] = {
    "cardinal": lambda n: cardinal(n),
    "ordinal": lambda n: cardinal(n, liang=False),
    "two": lambda n: "两" if n == "2" else cardinal(n),
    "digits": lambda n: digits(n),
    "range": lambda a, b: f"{cardinal(a)}到{cardinal(b)}",
    "ratio": lambda a, b: f"{cardinal(a)}比{cardinal(b)}",
}
"""How the number of a frame is said, by the name of the reading."""
