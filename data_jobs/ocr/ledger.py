"""Who reads what in one run: byte-identical pictures are read once, and it can be shown which worker read how many.

One light actor of the cluster holds it. It keeps about 200 bytes for each picture. Lost with its node it starts anew
from the parts: what had been begun but not written is then begun again, and nothing else changes.

`OUT/_unfinished.json` says while a run lasts how many pictures were begun and how many of these are written, so that
the run after a kill can say how much work was lost.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass, field
from typing import Any

import fsspec

from data_jobs.job import join, write_bytes
from data_jobs.ocr.copies import settled_digests

UNFINISHED = "_unfinished.json"
EVERY_S = 2.0


@dataclass(slots=True)
class Worker:
    """A process that reads: where it is, the GPUs it was given, pictures it began, and how often it recycled."""

    node: str
    pid: int
    gpus: list[str]
    pictures: int = 0
    recycles: int = 0


@dataclass(slots=True)
class Ledger:
    """Workers report to it and ask it before they read a picture. Made with the folder of the parts."""

    out: str
    _owners: dict[bytes, str] = field(init=False)
    _workers: dict[tuple[str, int], Worker] = field(default_factory=dict, init=False)
    _written: int = field(default=0, init=False)
    _written_at: float = field(default=0.0, init=False)
    _ready: tuple[float, int] = field(default=(0.0, 0), init=False)
    _noted: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        self._owners = {bytes.fromhex(digest): "" for digest in settled_digests(self.out)}

    def arrive(self, node: str, pid: int, gpus: list[str]) -> None:
        """A worker is warm."""
        self._workers[node, pid] = Worker(node, pid, gpus)
        self._ready = (time.monotonic(), self._begun())

    def claim(self, node: str, pid: int, image_id: str, digest: str) -> bool:
        """Whether the worker is to read the picture; not so where one with the same bytes is, or was, read already.

        A picture claimed again is begun again: the worker that had it died before its part was written.
        """
        if self._owners.setdefault(bytes.fromhex(digest), image_id) != image_id:
            return False
        self._worker(node, pid).pictures += 1
        if time.monotonic() - self._noted > EVERY_S:
            self._note()
        return True

    def wrote(self, number: int) -> None:
        """So many pictures that were claimed are in a part now."""
        self._written, self._written_at = self._written + number, time.monotonic()
        self._note()

    def recycled(self, node: str, pid: int, times: int) -> None:
        """How often a worker has made its predictor anew."""
        self._worker(node, pid).recycles = times

    def report(self) -> dict[str, Any]:
        """Workers, pictures begun and written, and `steady`: the pictures begun between when the last worker was warm
        and when the last part was written, and the seconds between.
        """
        ready, begun_then = self._ready
        return {
            "workers": [asdict(worker) for worker in self._workers.values()],
            "begun": self._begun(),
            "written": self._written,
            "steady": {"pictures": self._begun() - begun_then, "seconds": round(self._written_at - ready, 3)},
        }

    def _worker(self, node: str, pid: int) -> Worker:
        return self._workers.setdefault((node, pid), Worker(node, pid, []))

    def _begun(self) -> int:
        return sum(worker.pictures for worker in self._workers.values())

    def _note(self) -> None:
        self._noted = time.monotonic()
        write_bytes(join(self.out, UNFINISHED), json.dumps({"begun": self._begun(), "written": self._written}).encode())


def lost_work(out: str) -> int:
    """Pictures that an earlier run had begun and not written when it was killed (two seconds may be missing)."""
    fs, place = fsspec.core.url_to_fs(join(out, UNFINISHED))
    if not fs.exists(place):
        return 0
    note = json.loads(fs.cat_file(place))
    return max(0, int(note["begun"]) - int(note["written"]))


def finished(out: str) -> None:
    """Nothing of the run is under way any more."""
    fs, place = fsspec.core.url_to_fs(join(out, UNFINISHED))
    if fs.exists(place):
        fs.rm_file(place)
