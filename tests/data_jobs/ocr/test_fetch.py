import hashlib
import threading
from pathlib import Path

import fsspec
import pytest

from data_jobs.ocr.fetch import Fetcher
from data_jobs.ocr.picture_file import PictureError
from data_jobs.ocr.picture_web import WebLimits, WebReader


def test_rows_come_in_order_with_their_bytes_and_digest_whatever_their_address(tmp_path: Path) -> None:
    fsspec.filesystem("memory").pipe_file("/shop/2.jpg", b"two")
    (tmp_path / "1.jpg").write_bytes(b"one")
    paths = [f"{tmp_path}/1.jpg", "memory://shop/2.jpg", f"file://{tmp_path}/1.jpg", "/none", "HTTP://10.0.0.1/4.jpg"]
    fetched = list(Fetcher(WebLimits(tries=1), ahead=2).fetch_all([{"path": path} for path in paths]))
    assert [row["path"] for row, _ in fetched] == paths
    assert [f.content for _, f in fetched] == [b"one", b"two", b"one", b"", b""]
    assert [f.digest for _, f in fetched[:2]] == [hashlib.sha256(c).hexdigest() for c in (b"one", b"two")]
    assert [(f.digest, (f.error or "").split(":")[0]) for _, f in fetched[3:]] == [
        (None, "missing_file"),
        (None, "refused_address"),
    ]


def test_no_more_than_the_window_is_fetched_before_it_is_asked_for() -> None:
    memory, begun = fsspec.filesystem("memory"), []
    for number in range(20):
        memory.pipe_file(f"/window/{number}", b"x")

    class Watched(Fetcher):
        def fetch(self, path: str):  # type: ignore[no-untyped-def]
            begun.append((path, threading.get_ident()))
            return super().fetch(path)

    coming = Watched(WebLimits(), ahead=3).fetch_all([{"path": f"memory://window/{n}"} for n in range(20)])
    next(coming)
    assert len(begun) <= 4 and threading.get_ident() not in {thread for _, thread in begun}
    assert len(list(coming)) == 19 and len(begun) == 20


def test_a_chained_address_is_refused_before_anything_is_asked() -> None:
    fetched = Fetcher(WebLimits()).fetch("simplecache::http://127.0.0.1:1/a.jpg")
    assert (fetched.error or "").startswith("refused_address: simplecache::http://127.0.0.1:1/a.jpg: ")


def test_whatever_a_client_raises_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: WebReader, url: str) -> bytes:
        raise ValueError("not what was promised")

    monkeypatch.setattr(WebReader, "read", broken)
    assert Fetcher(WebLimits()).fetch("https://a/b.jpg").error == "unreachable: ValueError: not what was promised"


def test_an_opened_picture_went_the_same_way() -> None:
    for address in ("http://127.0.0.1:1/a.jpg", "blockcache::http://127.0.0.1:1/a.jpg"):
        with pytest.raises(PictureError, match="refused_address"):
            Fetcher(WebLimits()).open(address, 100)
