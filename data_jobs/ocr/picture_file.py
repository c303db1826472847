"""The bytes of a picture from a file or an object store, never more than a limit, and why there are none."""

from __future__ import annotations

import os
import stat

import fsspec

MAX_BYTES = 64 * 2**20
STORES = frozenset({"file", "memory", "s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "oss", "hdfs"})
"""Schemes of addresses that fsspec may open. It knows others that ask any host or run through any file, such as ftp,
webhdfs, reference and zip, and an address in a catalogue is other people's text."""
PASSING = frozenset(
    {
        "missing_file",
        "web_missing",
        "no_permission",
        "unreadable_file",
        "unreachable",
        "refused_address",
        "ocr_failed",
        "worker_died",
    }
)
"""Reasons that can go away while the picture stays the same: a later run tries again."""


class PictureError(Exception):
    """A picture that cannot be used. The text is `reason: detail`, its reason one of a few words."""


def passing(error: str | None) -> bool:
    """Whether a picture with this error is worth another try; what its bytes say stays true until it is replaced."""
    return error is not None and error.split(":")[0] in PASSING


def read_file(path: str) -> bytes:
    """The content of a path, or of an address in one of STORES.

    Raises:
        PictureError: refused_address, missing_file, not_a_file (a folder, a pipe, a device), no_permission,
            unreadable_file or too_many_bytes.
    """
    place = _checked(path)
    try:
        _check_kind(place)
        with fsspec.open(place, "rb") as file:
            return whole(bytes(file.read(MAX_BYTES + 1)))
    except FileNotFoundError as error:
        raise PictureError("missing_file: there is no such file") from error
    except IsADirectoryError as error:
        raise PictureError("not_a_file: it is a folder") from error
    except PermissionError as error:
        raise PictureError(f"no_permission: {error.strerror or error}") from error
    except PictureError:
        raise
    except Exception as error:  # an address that no file system takes, and what the clients of stores raise
        raise PictureError(f"unreadable_file: {getattr(error, 'strerror', None) or error}") from error


def whole(content: bytes) -> bytes:
    """The content as it is. Raises PictureError (too_many_bytes) for one above the limit."""
    if len(content) > MAX_BYTES:
        raise PictureError(f"too_many_bytes: more than {MAX_BYTES}")
    return content


def _checked(path: str) -> str:
    """The path, or the address with its scheme in small letters. Raises PictureError (refused_address)."""
    if "::" in path:
        raise PictureError(f"refused_address: {path}: :: would pass one file system through another")
    scheme, separator, place = path.partition("://")
    if not separator:
        return path
    if scheme.lower() not in STORES:
        known = ", ".join(sorted(STORES))
        raise PictureError(f"refused_address: {path}: pictures come from http, https and {known}, not {scheme}")
    return f"{scheme.lower()}://{place}"


def _check_kind(path: str) -> None:
    """Look before opening on this machine: opening a pipe would wait for ever, and a device may have no end."""
    local = path.removeprefix("file://")
    if "://" in local:
        return
    mode = os.stat(local).st_mode
    if not stat.S_ISREG(mode):
        raise PictureError(f"not_a_file: it is a {_kind(mode)}")


def _kind(mode: int) -> str:
    kinds = {stat.S_ISDIR: "folder", stat.S_ISFIFO: "pipe", stat.S_ISSOCK: "socket"}
    return next((name for is_one, name in kinds.items() if is_one(mode)), "device")
