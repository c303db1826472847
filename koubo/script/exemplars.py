"""Style exemplars: host lines with their function, chosen for a section from other products."""

from __future__ import annotations

from pathlib import Path

from koubo.protocols import ExemplarLine


def load_exemplars(path: Path) -> tuple[ExemplarLine, ...]:
    """Read JSONL rows ``{id, function, text, persona}``. Raises ``ValueError`` naming file, row, field and value."""
    raise NotImplementedError
