"""Memory and disk of an export: whether there is room, told before work begins, and in plain words when it runs out."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from train.free_space import free_disk, free_memory
from train.memory import GIB
from train.settings import TrainError

_FULL = {errno.ENOSPC: "no space is left", errno.EDQUOT: "the quota is used up", errno.EFBIG: "a file grew too large"}
_NO_MEMORY = ("can't allocate memory", "not enough memory", "out of memory")


def check_memory(need: int, what: str) -> None:
    """Raise TrainError where fewer than `need` bytes of memory are free."""
    if (free := free_memory()) < need:
        raise TrainError(
            f"{what} takes about {need / GIB:.1f} GiB of memory, and {free / GIB:.1f} GiB are free; stop other work or "
            "use a larger machine"
        )


def check_disk(folder: Path, need: int, what: str) -> None:
    """Raise TrainError where fewer than `need` bytes are free on the disk of `folder`, which exists."""
    if (free := free_disk(folder)) < need:
        raise TrainError(
            f"{what} takes about {need / GIB:.1f} GiB, and {folder} has {free / GIB:.1f} GiB free; make room there"
        )


@contextmanager
def room_running_out(folder: Path) -> Iterator[None]:
    """Turn what libraries raise when disk or memory runs out into a TrainError that says so; `folder` is written to."""
    try:
        yield
    except Exception as error:  # safetensors has an exception of its own for a full disk
        told = _told(error, folder)
        if told is None:
            raise
        raise TrainError(told) from error


def _told(error: Exception, folder: Path) -> str | None:
    number = getattr(error, "errno", None)
    for code, words in _FULL.items():
        if number == code or f"(os error {code})" in str(error):
            return f"{folder}: {words} ({error}); nothing was kept there; make room and run it again"
    if isinstance(error, MemoryError) or any(words in str(error) for words in _NO_MEMORY):
        return f"out of memory ({str(error)[:200]}); nothing was kept; stop other work or use a larger machine"
    return None
