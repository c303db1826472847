"""A reply: what was understood, what is said, by which facts, and whether a person has to look at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from koubo.catalog.facts import Fact
from koubo.catalog.offers import ANYONE, Buyer
from koubo.replies.intent import Understood
from koubo.script.render import RenderedSentence


class Why(StrEnum):
    """Why a comment is left to a person: nothing known answers it; what answers must not be said; a size that no table
    settles; a complaint; a report about others; a threat."""

    NO_FACT = "no_fact"
    WITHHELD = "withheld"
    SIZE = "size"
    DISPUTE = "dispute"
    REPORT = "report"
    THREAT = "threat"


URGENT = frozenset({Why.DISPUTE, Why.REPORT, Why.THREAT})
"""What a person should look at now, and not only to complete the catalogue."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How and to whom a reply is given: the host's persona, the seed of its wording, the buyer, pieces bought."""

    persona: str = "热情"
    seed: int = 0
    buyer: Buyer = ANYONE
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class Reply:
    """What the host says to a comment at ``at`` by the values of version ``as_of``; no sentences: nothing is said.

    ``images`` are the product's pictures, the main one first. ``answered`` where facts or live values answer what was
    asked; ``open`` where a person has to. ``warnings`` name what an operator should know: sold_out, instruction,
    off_platform, other_product, withheld, name_withheld.
    """

    product_id: str
    as_of: str
    at: datetime
    understood: Understood
    answered: bool
    open: Why | None
    sentences: tuple[RenderedSentence, ...]
    facts: tuple[Fact, ...]
    images: tuple[str, ...]
    persona: str
    warnings: tuple[str, ...]

    @property
    def written(self) -> str | None:
        """The whole written text, None where nothing is said."""
        return "".join(s.written for s in self.sentences) or None

    @property
    def spoken(self) -> str | None:
        """The whole spoken text, None where nothing is said."""
        return "".join(s.spoken for s in self.sentences) or None

    @property
    def not_after(self) -> datetime | None:
        """The moment after which the reply may no longer be true; None where nothing is scheduled."""
        return min((s.not_after for s in self.sentences if s.not_after is not None), default=None)

    @property
    def needs_human(self) -> bool:
        """Whether a person should look at it now."""
        return self.open in URGENT
