"""What is like known breaches although no rule marks it: a log-linear model over runs of characters (n-grams).

It names no article and proves nothing: it says how like a sentence is to labelled breaches, and by which words.
`train.safety_words` writes its file.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from koubo.rubric.plain_text import plain_text

LONGEST = 4
"""Characters of the longest n-gram."""
SHOWN = 3
"""So many n-grams are named as the reason."""
_NAME = "likely_breaches.tsv"
_MARKS = "。！？!?”」 \n"
_SAID = re.compile(r"\w{2,}")
_COMMENT = (
    "# Written by python -m train.safety_words: the bias; by n-gram its inverse document frequency and its weight."
)


class LikelyBreachesError(ValueError):
    """A file of n-grams that cannot be used: says which file and line, what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Resemblance:
    """How like known breaches a sentence is (0 to 1), and the n-grams that spoke for it most, strongest first."""

    probability: float
    because: tuple[str, ...]

    @property
    def note(self) -> str:
        """The finding in words."""
        return f"like known breaches: {self.probability:.2f} ({', '.join(self.because)})"


@dataclass(frozen=True, slots=True)
class LikelyBreaches:
    """The model: a bias (log-odds), and by n-gram its inverse document frequency and its weight."""

    bias: float
    ngrams: Mapping[str, tuple[float, float]]

    def resemblance(self, sentence: str) -> Resemblance:
        """Judge one sentence: logistic regression over sublinear TF-IDF of unit length."""
        known = {gram: n for gram, n in Counter(ngrams_of(sentence)).items() if gram in self.ngrams}
        values = {gram: (1 + math.log(n)) * self.ngrams[gram][0] for gram, n in known.items()}
        length = math.sqrt(sum(value * value for value in values.values())) or 1.0
        shares = {gram: value / length * self.ngrams[gram][1] for gram, value in values.items()}
        odds = max(-30.0, min(30.0, self.bias + sum(shares.values())))
        return Resemblance(1 / (1 + math.exp(-odds)), tuple(_strongest(shares)))

    def found(self, sentence: str, threshold: float) -> Resemblance | None:
        """Judge one sentence; None below the threshold. A threshold of 1 finds nothing."""
        if threshold >= 1:
            return None
        found = self.resemblance(sentence)
        return found if found.probability >= threshold else None

    def as_tsv(self) -> str:
        """The file that `load_likely_breaches` reads."""
        rows = (f"{gram}\t{idf:.3f}\t{weight:.3f}" for gram, (idf, weight) in sorted(self.ngrams.items()))
        return "\n".join((_COMMENT, f"bias\t{self.bias:.3f}", *rows)) + "\n"


def ngrams_of(sentence: str) -> list[str]:
    """Return every n-gram of a sentence in plain form, without spaces and its last marks."""
    text = "".join(plain_text(sentence.strip(_MARKS)).text.split())
    return [text[i : i + size] for size in range(1, LONGEST + 1) for i in range(len(text) - size + 1)]


def _strongest(shares: Mapping[str, float]) -> Iterator[str]:
    """The n-grams of at least two characters and no mark that add most; none shares characters with one before it."""
    named: list[str] = []
    for gram in sorted(shares, key=lambda one: (-shares[one], one)):
        if shares[gram] <= 0 or len(named) == SHOWN:
            return
        if _SAID.fullmatch(gram) and not any(set(gram) & set(other) for other in named):
            named.append(gram)
            yield gram


def load_likely_breaches(path: Path) -> LikelyBreaches:
    """Read and check a file of n-grams. Raises `LikelyBreachesError` naming file and line."""
    try:
        return _parsed(path.read_text(encoding="utf-8"), str(path))
    except OSError as error:
        raise LikelyBreachesError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise LikelyBreachesError(f"{path}: not UTF-8: {error}") from error


@cache
def default_likely_breaches() -> LikelyBreaches:
    """The model that comes with Koubo."""
    text = files("koubo.rubric").joinpath("data", _NAME).read_text(encoding="utf-8")
    return _parsed(text, f"koubo/rubric/data/{_NAME}")


def _parsed(text: str, where: str) -> LikelyBreaches:
    lines = text.split("\n")
    head = lines[1].split("\t") if len(lines) > 1 else []
    if not lines[0].startswith("#") or len(head) != 2 or head[0] != "bias":
        raise LikelyBreachesError(f"{where}:2: 'bias' and a number are wanted; write it with train.safety_words")
    ngrams: dict[str, tuple[float, float]] = {}
    for number, line in enumerate(lines[2:], 3):
        if line:
            gram, values = _row(line, f"{where}:{number}")
            if gram in ngrams:
                raise LikelyBreachesError(f"{where}:{number}: {gram!r} is there twice; leave one out")
            ngrams[gram] = values
    if not ngrams:
        raise LikelyBreachesError(f"{where}: holds no n-gram; write it with train.safety_words")
    return LikelyBreaches(_number(head[1], f"{where}:2: bias"), ngrams)


def _row(line: str, where: str) -> tuple[str, tuple[float, float]]:
    cells = line.split("\t")
    if len(cells) != 3 or not 1 <= len(cells[0]) <= LONGEST:
        raise LikelyBreachesError(
            f"{where}: {line!r}: an n-gram of 1 to {LONGEST} characters, its inverse document frequency and its weight "
            "are wanted, with tabs between"
        )
    idf = _number(cells[1], f"{where}: inverse document frequency of {cells[0]!r}")
    if idf <= 0:
        raise LikelyBreachesError(f"{where}: inverse document frequency of {cells[0]!r}: {idf} is not above 0")
    return cells[0], (idf, _number(cells[2], f"{where}: weight of {cells[0]!r}"))


def _number(cell: str, where: str) -> float:
    try:
        value = float(cell)
    except ValueError as error:
        raise LikelyBreachesError(f"{where}: {cell!r} is not a number") from error
    if not math.isfinite(value):
        raise LikelyBreachesError(f"{where}: {cell!r} is not finite")
    return value
