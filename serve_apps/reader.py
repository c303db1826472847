"""The Reader deployment: written texts to what a host says.

Texts of a request travel together, one hop for up to 256 of them. The rule chooser reads one text after another, so
`serve.batch` across requests would add its waiting time and save nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ray import serve

from koubo.reading import MerchantReader, Reading
from serve_apps.parts import PartState


class Reader:
    """ReaderPart on the rule chooser.

    Args:
        lexicon: a merchant's own readings, followed while serving; None for none.
    """

    def __init__(self, lexicon: Path | None = None) -> None:
        self._read = MerchantReader(lexicon)

    async def read(self, texts: Sequence[str]) -> tuple[Reading, ...]:
        """One reading a text, in order."""
        return tuple(self._read(text) for text in texts)

    async def state(self) -> PartState:
        """Always ok: it has nothing to wait for; says which lexicon is in service."""
        return PartState("ok", f"chooser: rules; {self._read.state}")


deployment = serve.deployment(Reader, name="Reader", max_ongoing_requests=4, max_queued_requests=256)
