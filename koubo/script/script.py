"""A script: a brief, the seed of its plan, and its committed sections. Stored as JSON, rendered again and again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from pydantic import TypeAdapter

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
        values: dict[str, Any] = _adapter().dump_python(self, mode="json")
        return values

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Script:
        """Read what `to_json` wrote. Raises ``ValueError`` (pydantic's) naming each field that is wrong."""
        return _adapter().validate_json(json.dumps(value))


@cache
def _adapter() -> TypeAdapter[Script]:
    return TypeAdapter(Script)
