"""Reading with a merchant's lexicon whose file may change while it serves."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from koubo.reading.lexicon import Lexicon, LexiconError
from koubo.reading.reader import read
from koubo.reading.spans import Reading, Span

LOOK_S = 1.0
"""How often the file is looked at, in seconds."""


class MerchantReader:
    """Reads as ``koubo.reading.read`` does, a lexicon's entries first.

    A file that changed is loaded and checked at the next reading; one that cannot be used is refused, and the lexicon
    in service stays. Without a file it reads by the rules alone.
    """

    def __init__(self, path: Path | None = None, look_s: float = LOOK_S) -> None:
        """Load the lexicon. Raises ``LexiconError`` naming entry and field: a bad setting stops at start-up."""
        self._path = path
        self._look_s = look_s
        self._looked = time.monotonic()
        self._stamp = _stamp(path)
        self._lexicon = Lexicon.load(path) if path else None
        self._refused = ""

    def __call__(self, text: str, pinned: Sequence[Span] = ()) -> Reading:
        """Read a text; ``pinned`` readings go before the lexicon's. Raises as ``koubo.reading.read`` does."""
        return read(text, self.pins(text, pinned))

    def pins(self, text: str, pinned: Sequence[Span] = ()) -> tuple[Span, ...]:
        """What a text is read around: ``pinned``, and the lexicon's entries that do not touch it."""
        self._follow()
        if self._lexicon is None:
            return tuple(pinned)
        own = [s for s in self._lexicon.pins(text) if all(s.end <= p.start or p.end <= s.start for p in pinned)]
        return (*pinned, *own)

    @property
    def state(self) -> str:
        """Which lexicon is in service, and why a newer one is not."""
        self._follow()
        if self._lexicon is None:
            return "no lexicon"
        return f"lexicon {self._lexicon.version}, {len(self._lexicon)} entries" + self._refused

    def _follow(self) -> None:
        """Take a changed file into service, or refuse it once."""
        if self._path is None or time.monotonic() - self._looked < self._look_s:
            return
        self._looked = time.monotonic()
        stamp = _stamp(self._path)
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self._lexicon, self._refused = Lexicon.load(self._path), ""
        except LexiconError as error:
            self._refused = f"; refused {error}"


def _stamp(path: Path | None) -> tuple[int, int] | None:
    """What tells that a file is another one: its time and size; None where there is none."""
    try:
        found = path.stat() if path else None
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_size) if found else None
