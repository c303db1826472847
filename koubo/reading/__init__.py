"""Written Chinese commerce text to what a host says aloud, aligned span by span."""

from __future__ import annotations

from koubo.reading.kinds import Kind
from koubo.reading.reader import lattice, lead, read, read_with
from koubo.reading.spans import Caption, Choice, FastChooser, Option, Reading, Span

__all__ = ["Caption", "Choice", "FastChooser", "Kind", "Option", "Reading", "Span", "lattice", "lead", "read", "read_with"]
