"""What the domain asks of slow or remote parts: small, async, batched. The shells implement them.

An implementation answers every request of a batch, in order; one that failed carries its error, so that a broken
request never takes its neighbours with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class ExemplarLine:
    """A host's line shown to the writer for its style: what the line is for (``section``), what it says."""

    id: str
    section: str
    text: str


@dataclass(frozen=True, slots=True)
class WriteRequest:
    """One section to be written.

    ``product_lines`` are written facts of the product without prices; ``slots`` are the slot names the section may use,
    without braces; ``said_before`` is the slotted text committed so far; ``chars`` is the length wanted in spoken
    characters; ``n`` is the number of candidates; ``max_tokens`` bounds each. ``seed`` makes sampling repeatable.
    """

    section: str
    product_name: str
    product_lines: tuple[str, ...]
    exemplars: tuple[ExemplarLine, ...]
    slots: tuple[str, ...]
    said_before: str
    persona: str
    audience: str | None
    occasion: str
    chars: int
    n: int
    max_tokens: int
    seed: int


@dataclass(frozen=True, slots=True)
class WriteResult:
    """The candidates of one request (slotted text, not checked), or the error that kept it from being answered."""

    candidates: tuple[str, ...] = ()
    error: str | None = None


class Writer(Protocol):
    """A language model that writes sections. Prompts are built by ``koubo.script.prompt``."""

    async def write(self, requests: Sequence[WriteRequest]) -> Sequence[WriteResult]:
        """Return one result a request, in order. Raises only when nothing of the batch could be tried."""
        ...


@dataclass(frozen=True, slots=True)
class JudgeRequest:
    """A script to be judged: its text, and the product lines it may rely on."""

    text: str
    product_lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class JudgeOpinion:
    """A judge's score of one criterion, 0 to 1, and its reason."""

    criterion: str
    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class JudgeResult:
    """The opinions on one script by the model named, or the error that kept it from judging."""

    model: str
    opinions: tuple[JudgeOpinion, ...] = ()
    error: str | None = None


class Judge(Protocol):
    """A language model large enough to judge scripts."""

    async def judge(self, requests: Sequence[JudgeRequest]) -> Sequence[JudgeResult]:
        """Return one result a request, in order."""
        ...


class Embedder(Protocol):
    """Turns texts into vectors whose cosine says how alike they are."""

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return an array of shape (len(texts), d)."""
        ...


@dataclass(frozen=True, slots=True)
class ChoiceQuestion:
    """A span whose reading is in doubt: the whole written text, the span's place in it (characters), its readings."""

    text: str
    start: int
    end: int
    candidates: tuple[str, ...]


class Chooser(Protocol):
    """A language model that scores the candidate readings of spans by their likelihood; it never writes text."""

    async def choose(self, questions: Sequence[ChoiceQuestion]) -> Sequence[Sequence[float] | None]:
        """Return, for each question in order, one natural-log likelihood a candidate; None where it has no answer."""
        ...
