"""Waiting for the next row of a Ray Data plan, but not for ever."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterator
from typing import Any, TypeVar

T = TypeVar("T")


class Stalled(Exception):
    """No row came for too long."""


def within(rows: Generator[T, None, None], seconds: float) -> Iterator[T]:
    """The rows as they come; what `rows` raises is raised here, and it is closed when the caller stops early.

    Raises:
        Stalled: none came for `seconds`. `rows` is then left to its thread, which ends with the process.
    """
    coming: queue.Queue[tuple[str, Any]] = queue.Queue()
    stop = threading.Event()
    threading.Thread(target=_pour, args=(rows, coming, stop), daemon=True).start()
    try:
        while True:
            kind, value = _next(coming, seconds)
            if kind == "end":
                return
            if kind == "error":
                raise value
            yield value
    finally:
        stop.set()


def _next(coming: queue.Queue[tuple[str, Any]], seconds: float) -> tuple[str, Any]:
    try:
        return coming.get(timeout=seconds)
    except queue.Empty:
        raise Stalled(f"nothing came for {seconds:g} s") from None


def _pour(rows: Generator[T, None, None], coming: queue.Queue[tuple[str, Any]], stop: threading.Event) -> None:
    try:
        for row in rows:
            coming.put(("row", row))
            if stop.is_set():
                rows.close()
                return
    except BaseException as error:
        coming.put(("error", error))
    else:
        coming.put(("end", None))
