"""How far a long job is, for people: a line that moves on a terminal, a line now and then in a log."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field
from typing import TextIO


@dataclass(slots=True)
class Progress:
    """Counts work done out of a known total and shows rate and time left on standard error."""

    label: str
    total: int
    every_s: float = 5.0
    stream: TextIO = field(default_factory=lambda: sys.stderr)
    done: int = 0
    _started: float = field(default_factory=time.perf_counter)
    _shown: float = 0.0

    def add(self, number: int = 1, note: str = "") -> None:
        """Count finished work; shows a line if the last one is old (`every_s`; 0.1 s on a terminal) or all is done."""
        self.done += number
        now = time.perf_counter()
        if now - self._shown >= (0.1 if self.stream.isatty() else self.every_s) or self.done >= self.total:
            self._shown = now
            self._show(now, note)

    def _show(self, now: float, note: str) -> None:
        line = self.line(now - self._started) + (f" · {note}" if note else "")
        if not self.stream.isatty():
            print(line, file=self.stream, flush=True)
            return
        end = "\n" if self.done >= self.total else ""
        print(f"\r\x1b[2K{line}", end=end, file=self.stream, flush=True)

    def line(self, seconds: float) -> str:
        """`label 12/125 (1.9/s, 59 s left)` after `seconds` of work."""
        rate = self.done / seconds if seconds > 0 else 0.0
        left = f", {(self.total - self.done) / rate:.0f} s left" if 0 < self.done < self.total else ""
        return f"{self.label} {self.done}/{self.total} ({rate:.1f}/s{left})"
