"""A script: a brief, the seed of its plan, and its committed sections. Stored as JSON, rendered again and again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Literal

from pydantic import TypeAdapter

from koubo.script.brief import Brief
from koubo.script.compose import ComposedSection

Status = Literal["draft", "approved"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark on a sentence: the place of its section (from 0), and its slotted text.

    The text, not a number, says which sentence is meant: it stays right when sentences before it come and go.
    """

    section: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Script:
    """What was composed and revised, with slots unfilled, and everything needed to do it again.

    ``pinned`` are sentences that a rewrite keeps; ``edited`` are those whose words an operator wrote. Both are marks on
    sentences of ``sections``. ``status`` is "approved" once an operator released these very words.
    """

    id: str
    brief: Brief
    seed: int
    sections: tuple[ComposedSection, ...]
    created_at: datetime
    status: Status = "draft"
    pinned: tuple[Mark, ...] = ()
    edited: tuple[Mark, ...] = ()

    def to_json(self) -> str:
        """Return JSON text; `Script.from_json` gives the same script back."""
        return _adapter().dump_json(self).decode()

    @classmethod
    def from_json(cls, text: str) -> Script:
        """Read what `to_json` wrote. Raises ``ValueError`` (pydantic's) naming each field that is wrong."""
        return _adapter().validate_json(text)


@cache
def _adapter() -> TypeAdapter[Script]:
    return TypeAdapter(Script)
