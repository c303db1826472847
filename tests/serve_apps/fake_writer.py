"""A writer whose answers a test decides, and the shop it writes for."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from koubo.protocols import WriteRequest, WriteResult
from serve_apps.parts import PartState

EXAMPLES = Path(__file__).parents[2] / "examples" / "catalog"
GOOD = {
    "hook": "路过的朋友停一停，今天聊聊我自己在家常用的{name}。",
    "need": "天一热出门就犯愁，穿什么都闷得难受，你们有没有？",
    "selling_points": "这个{name}我自己用着很舒服，大家看一下细节。",
    "proof": "回来聊感受的人不少，听听大家怎么说。",
    "closing": "想要的点小黄车，{name}选好规格就下单。",
}
"""A text for each section that passes the check for any product; one text for all would be refused as said before."""


class FakeWriter:
    """WriterPart: GOOD, or `texts` for every request, or an `error`, after `delay_s` seconds."""

    def __init__(self) -> None:
        self.texts: tuple[str, ...] | None = None
        self.error: str | None = None
        self.delay_s = 0.0
        self.asked: list[WriteRequest] = []

    async def write(self, requests: Sequence[WriteRequest]) -> Sequence[WriteResult]:
        self.asked.extend(requests)
        await asyncio.sleep(self.delay_s)
        if self.error:
            return [WriteResult(error=self.error) for _ in requests]
        return [WriteResult(self.texts or (GOOD[request.section],)) for request in requests]

    async def state(self) -> PartState:
        return PartState("down", self.error) if self.error else PartState("ok")
