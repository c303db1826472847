"""A script: a brief, the seed of its plan, and its committed sections. Stored as JSON, rendered again and again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from koubo.script.brief import Brief
from koubo.script.compose import ComposedSection


@dataclass(frozen=True, slots=True)
class Script:
    """What was composed, with slots unfilled, and everything needed to do it again."""

    id: str
    brief: Brief
    seed: int
    sections: tuple[ComposedSection, ...]
    created_at: datetime

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values; `Script.from_json` gives the same script back."""
        raise NotImplementedError

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Script:
        """Read what `to_json` wrote. Raises ``ValueError`` naming the field that is wrong."""
        raise NotImplementedError
