import os
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import fsspec
import pytest

from data_jobs.ocr import picture_file
from data_jobs.ocr.picture_file import PictureError, passing, read_file


def refused(path: Path | str) -> str:
    with pytest.raises(PictureError) as refusal:
        read_file(str(path))
    return str(refusal.value)


def test_paths_uris_and_stores_give_their_bytes(tmp_path: Path) -> None:
    (tmp_path / "图 1.jpg").write_bytes(b"one")
    fsspec.filesystem("memory").pipe_file("/shop/two.jpg", b"two")
    assert read_file(f"{tmp_path}/图 1.jpg") == read_file(f"file://{tmp_path}/图 1.jpg") == b"one"
    assert read_file("memory://shop/two.jpg") == b"two"


@pytest.mark.parametrize("address", ["/none/a.jpg", "file:///none/a.jpg", "memory://shop/none.jpg"])
def test_a_missing_file_is_named_so_everywhere(address: str) -> None:
    assert refused(address) == "missing_file: there is no such file"


@pytest.mark.timeout(30)
def test_what_is_no_file_is_never_opened(tmp_path: Path) -> None:
    def pipe(path: Path) -> None:
        os.mkfifo(path)

    def listening(path: Path) -> None:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(str(path))

    makers: dict[str, Callable[[Path], None]] = {"folder": Path.mkdir, "pipe": pipe, "socket": listening}
    for kind, make in makers.items():
        make(tmp_path / f"{kind}.jpg")
        with ThreadPoolExecutor() as thread:
            assert thread.submit(refused, tmp_path / f"{kind}.jpg").result(5) == f"not_a_file: it is a {kind}"
    assert refused("/dev/zero") == "not_a_file: it is a device"


def test_a_file_of_someone_else_is_no_permission(tmp_path: Path) -> None:
    secret = tmp_path / "secret.jpg"
    secret.write_bytes(b"x")
    secret.chmod(0)
    for parent in tmp_path.parents:
        if not parent.stat().st_mode & 0o001:
            parent.chmod(parent.stat().st_mode | 0o001)
    tmp_path.chmod(0o755)
    before = os.geteuid()
    try:
        if before == 0:
            os.seteuid(65534)  # root may read everything
        assert refused(secret) == "no_permission: Permission denied"
    finally:
        os.seteuid(before)


def test_addresses_that_mean_nothing_are_rows_too() -> None:
    assert refused("/data/\0.jpg").startswith("unreadable_file: ")


@pytest.mark.parametrize(
    "address",
    [
        "nosuchstore://a/b.jpg",
        "simplecache::http://127.0.0.1/a.jpg",
        "blockcache::https://127.0.0.1/a.jpg",
        "filecache::FILE:///etc/passwd",
        "zip://a.jpg::http://127.0.0.1/a.zip",
        "memory://shop/two.jpg::http://127.0.0.1/",
        "webhdfs://127.0.0.1/a.jpg",
        "ftp://127.0.0.1/a.jpg",
        "http://127.0.0.1/a.jpg",
        "local:///dev/zero",
        "reference://a.jpg",
    ],
)
def test_only_files_and_stores_are_opened_and_nothing_chained(address: str) -> None:
    said = refused(address)
    assert said.startswith(f"refused_address: {address}: ") and passing(said)


def test_the_case_of_a_scheme_means_nothing(tmp_path: Path) -> None:
    (tmp_path / "1.jpg").write_bytes(b"one")
    assert read_file(f"FILE://{tmp_path}/1.jpg") == b"one"
    assert refused("File:///dev/zero") == "not_a_file: it is a device"


def test_no_more_than_the_limit_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_file, "MAX_BYTES", 100)
    (tmp_path / "large.jpg").write_bytes(b"x" * 101)
    assert refused(tmp_path / "large.jpg") == "too_many_bytes: more than 100"


def test_only_what_can_pass_is_tried_again() -> None:
    assert (
        passing("unreachable: HTTP 503 (3 tries)")
        and passing("web_missing: HTTP 404")
        and passing("ocr_failed: RuntimeError: x")
    )
    assert not any(map(passing, (None, "corrupt: cut off", "not_a_picture: begins with 3c", "empty_file: 0 bytes")))
