"""Work on the application's stores, outside the event loop; a store that does not answer is a 503."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from typing import TypeVar

from serve_apps.problems import Unavailable

Found = TypeVar("Found")


async def stored(what: str, work: Callable[[], Found]) -> Found:
    """What `work` gives, in a thread. Raises Unavailable where the store of `what` is locked, full or broken."""
    try:
        return await asyncio.to_thread(work)
    except sqlite3.Error as error:
        raise Unavailable(f"the store of {what} does not answer: {error}", retry_after_s=1) from error
