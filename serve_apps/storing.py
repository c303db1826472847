"""Work on the application's stores, outside the event loop; a store that does not answer is a 503."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from serve_apps.problems import Unavailable

Found = TypeVar("Found")
THREADS = 64
"""As many as a replica takes requests at once: no work waits for a thread behind work that waits for a lock."""
_THREADS = ThreadPoolExecutor(THREADS, thread_name_prefix="store")


async def stored(what: str, work: Callable[[], Found]) -> Found:
    """What `work` gives, in a thread. Raises Unavailable where the store of `what` is locked, full or broken."""
    try:
        return await asyncio.get_running_loop().run_in_executor(_THREADS, work)
    except sqlite3.Error as error:
        raise Unavailable(f"the store of {what} does not answer: {error}", retry_after_s=1) from error
