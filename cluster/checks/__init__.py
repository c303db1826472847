"""What `python -m cluster doctor` checks. Every check gives lines with a level and, where it is not ok, what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the doctor: what was looked at, how it is, and what to do where it is not ok."""

    level: Level
    what: str
    finding: str
    advice: str = ""

    def __str__(self) -> str:
        """`warn  memory       3.1 GiB free: close something`"""
        return f"{self.level:<5} {self.what:<12} {self.finding}" + (f": {self.advice}" if self.advice else "")
