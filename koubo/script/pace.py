"""How long a host takes to say a text: by the persona's characters a minute, and the pauses at marks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator

from koubo.script.tables import read_table

_MARKS = re.compile(r"[^\u4e00-\u9fffA-Za-z0-9]+")
_SAYABLE = re.compile(r"[\u4e00-\u9fffA-Za-z0-9]")
_LAST_MARKS = re.compile(_MARKS.pattern + "$")
ANY = "any"
PAUSE_A_CHARACTER = 0.0354
"""Seconds of pauses that a spoken character of a script brings with it: the mean of planned scripts."""


def spoken_length(text: str) -> int:
    """Count the characters that take time to say: hanzi, letters and digits of the spoken form."""
    return len(_SAYABLE.findall(text))


class PaceTable(BaseModel):
    """``data/pace.yaml``: spoken characters a minute by persona, and seconds of silence after a mark."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    chars_per_minute: Mapping[str, Annotated[float, Field(ge=60, le=900)]]
    pauses: Mapping[Annotated[str, Field(min_length=1, max_length=1)], Annotated[float, Field(gt=0, le=5)]]

    @field_validator("chars_per_minute")
    @classmethod
    def _has_a_default(cls, rates: Mapping[str, float]) -> Mapping[str, float]:
        if ANY not in rates:
            raise ValueError(f"there is no {ANY!r}: a persona that is not listed has no pace")
        return rates


@dataclass(frozen=True, slots=True)
class Pace:
    """A host's pace: spoken characters a second between pauses, and the seconds of silence after each mark."""

    chars_per_second: float
    pauses: Mapping[str, float]

    @property
    def overall(self) -> float:
        """Spoken characters a second with the pauses of a script among them: what a script is planned by."""
        return 1 / (1 / self.chars_per_second + PAUSE_A_CHARACTER)

    def seconds(self, spoken: str) -> float:
        """Return how long a spoken text takes, with the pause after its last mark."""
        silent = sum(map(self._pause, _MARKS.findall(spoken)))
        return spoken_length(spoken) / self.chars_per_second + silent

    def pause_after(self, spoken: str) -> float:
        """Return the silence after a spoken text: of the marks it ends in, the longest."""
        last = _LAST_MARKS.search(spoken)
        return self._pause(last[0]) if last else 0.0

    def _pause(self, marks: str) -> float:
        return max((self.pauses.get(mark, 0.0) for mark in marks), default=0.0)


def pace_of(persona: str) -> Pace:
    """Return a persona's pace."""
    table = pace_table()
    rate = table.chars_per_minute.get(persona, table.chars_per_minute[ANY])
    return Pace(rate / 60, table.pauses)


@cache
def pace_table() -> PaceTable:
    """Read ``data/pace.yaml``. Raises ``TableError`` where it cannot be used."""
    return read_table("pace.yaml", PaceTable)
