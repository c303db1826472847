"""Getting pictures ahead of the reader: while one is read, the next ones come from disk, store or web."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

from data_jobs.ocr.picture import decode
from data_jobs.ocr.picture_file import PictureError, read_file
from data_jobs.ocr.picture_web import WebLimits, WebReader


@dataclass(frozen=True, slots=True)
class Fetched:
    """The bytes of a picture and their SHA-256, or why there are none (`reason: detail`)."""

    content: bytes
    digest: str | None
    error: str | None


def is_web(path: str) -> bool:
    """Whether a picture comes from the web, and not from a file or a store."""
    return path.partition("://")[0].lower() in ("http", "https")


@dataclass(slots=True)
class Fetcher:
    """The one way to a picture: http and https from the web within limits, files and stores through fsspec.

    `fetch_all` fetches in order, at most `ahead` of them before they are asked for.
    """

    limits: WebLimits
    ahead: int = 1
    _web: WebReader = field(init=False)

    def __post_init__(self) -> None:
        self._web = WebReader(self.limits)

    def fetch(self, path: str) -> Fetched:
        """One picture's bytes, or why there are none. Never raises for a picture."""
        try:
            content = self._web.read(path) if is_web(path) else read_file(path)
        except PictureError as error:
            return Fetched(b"", None, str(error))
        except Exception as error:  # what a client of the web or of a store raises against its own documentation
            return Fetched(b"", None, f"unreachable: {type(error).__name__}: {error}")
        return Fetched(content, hashlib.sha256(content).hexdigest(), None)

    def open(self, path: str, max_pixels: int) -> Image.Image:
        """The picture as upright RGB (see `decode`).

        Raises:
            PictureError: it cannot be fetched or decoded.
        """
        fetched = self.fetch(path)
        if fetched.error is not None:
            raise PictureError(fetched.error)
        return decode(fetched.content, path, max_pixels).image

    def fetch_all(self, rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Mapping[str, Any], Fetched]]:
        """Each row of the manifest with its picture."""
        waiting: deque[tuple[Mapping[str, Any], Future[Fetched]]] = deque()
        with ThreadPoolExecutor(self.ahead) as threads:
            for row in rows:
                waiting.append((row, threads.submit(self.fetch, row["path"])))
                if len(waiting) > self.ahead:
                    yield _next(waiting)
            while waiting:
                yield _next(waiting)


def _next(waiting: deque[tuple[Mapping[str, Any], Future[Fetched]]]) -> tuple[Mapping[str, Any], Fetched]:
    row, fetched = waiting.popleft()
    return row, fetched.result()
