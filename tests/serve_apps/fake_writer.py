"""A writer whose answers a test decides, and the shop it writes for."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from koubo.protocols import WriteRequest, WriteResult
from serve_apps.parts import PartState

EXAMPLES = Path(__file__).parents[2] / "examples" / "catalog"
GOOD = "家人们听我慢慢说，平时用着顺手才是真的好，这款大家可以放心看看。"


class FakeWriter:
    """WriterPart: `texts` for every request, an `error`, or a `delay_s` before it answers."""

    def __init__(self) -> None:
        self.texts: tuple[str, ...] = (GOOD,)
        self.error: str | None = None
        self.delay_s = 0.0
        self.asked: list[WriteRequest] = []

    async def write(self, requests: Sequence[WriteRequest]) -> Sequence[WriteResult]:
        self.asked.extend(requests)
        await asyncio.sleep(self.delay_s)
        return [WriteResult((), self.error) if self.error else WriteResult(self.texts) for _ in requests]

    async def state(self) -> PartState:
        return PartState("down", self.error) if self.error else PartState("ok")
