"""Immutable version folders: how one part of the system publishes files that another part follows.

    root/
      3f9a1c0b7d24e865/        a version, named by its content; never changed
        manifest.json          size and SHA-256 of every file, and what the publisher says about it
        ...
      CURRENT                  the name of the version in service

`publish` makes a version and moves CURRENT in one step, so a reader sees the old version or the new one, never a mix.
Nothing is removed here: an old version stays until its owner deletes the folder.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

CURRENT = "CURRENT"
MANIFEST = "manifest.json"
BLOCK = 1 << 20  # bytes read at a time


class VersionError(Exception):
    """A version folder that is absent or cannot be read; the message names it."""


class ChecksumError(VersionError):
    """A version whose files are not those of its manifest; the message names the version and the file."""


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One file of a version: path relative to the version with forward slashes, bytes, SHA-256 in hex."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a version holds: its name, its files by path, and the publisher's own words about it."""

    version: str
    files: tuple[FileEntry, ...]
    meta: Mapping[str, Any]

    def to_json(self) -> str:
        """The text of `manifest.json`."""
        files = {entry.path: {"size": entry.size, "sha256": entry.sha256} for entry in self.files}
        document = {"version": self.version, "files": files, "meta": dict(self.meta)}
        return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read `manifest.json`; ValueError, KeyError or TypeError where it is not one."""
        document = json.loads(text)
        files = tuple(FileEntry(path, entry["size"], entry["sha256"]) for path, entry in document["files"].items())
        return cls(document["version"], files, document["meta"])


def publish(root: Path, build: Callable[[Path], None], meta: Mapping[str, Any]) -> str:
    """Make a version and put it in service.

    The same files and the same `meta` give the same version, so publishing twice changes nothing.

    Args:
        root: the folder of all versions; made when absent.
        build: fills the empty folder that it is given; when it raises, nothing is published.
        meta: JSON-able facts about the version (what it was made from); it is part of the version's identity.

    Returns:
        The version: 16 hex digits of the hash over files and meta.

    Raises:
        ChecksumError: the same version exists and its files were changed by somebody.
        ValueError: `build` wrote no file, or a file with the manifest's name.
    """
    root.mkdir(parents=True, exist_ok=True)
    # A name of its own for each publisher: two may build at once. The dot keeps it out of `versions`.
    partial = Path(tempfile.mkdtemp(prefix=".partial-", dir=root))
    try:
        build(partial)
        version = _seal(partial, meta)
        _settle(partial, root / version)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    point(root, version)
    return version


def point(root: Path, version: str) -> None:
    """Put an existing version in service, such as an earlier one after a bad publication.

    Raises:
        VersionError: there is no such version.
    """
    if not (root / version / MANIFEST).is_file():
        raise VersionError(f"{root}: no version {version!r}; there are: {', '.join(versions(root)) or 'none'}")
    handle, name = tempfile.mkstemp(prefix=f".{CURRENT}-", dir=root)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(version + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o644)  # mkstemp gives 0600; readers may be other users
        os.replace(name, root / CURRENT)
    except BaseException:  # on a full disk, say: CURRENT stays as it was
        os.unlink(name)
        raise
    _flush(root)


def current(root: Path) -> Path:
    """The folder of the version in service.

    Raises:
        VersionError: nothing was published under `root` yet, or CURRENT names a version that is gone.
    """
    try:
        version = (root / CURRENT).read_text(encoding="ascii").strip()
    except FileNotFoundError as error:
        raise VersionError(f"{root}: nothing is published here (no file {CURRENT})") from error
    if not version or not (root / version).is_dir():
        raise VersionError(f"{root / CURRENT}: names version {version!r}, which is not there")
    return root / version


def versions(root: Path) -> list[str]:
    """All complete versions under `root`, by name."""
    return sorted(path.parent.name for path in root.glob(f"[!.]*/{MANIFEST}"))


def verify(folder: Path) -> Manifest:
    """Check every file of a version against its manifest.

    Raises:
        VersionError: the manifest is absent or unreadable.
        ChecksumError: a file is missing, changed, or not in the manifest, or the manifest itself was changed.
    """
    manifest = _read_manifest(folder)
    listed = {entry.path: entry for entry in manifest.files}
    present = {entry.path: entry for entry in _entries(folder)}
    for path in sorted(listed.keys() | present.keys()):
        _compare(folder, path, listed.get(path), present.get(path))
    if _identity(manifest.files, manifest.meta) != manifest.version:
        raise ChecksumError(f"{folder / MANIFEST}: its content does not give version {manifest.version}; publish again")
    return manifest


class VersionWatcher:
    """Follows CURRENT: tells once of every change of the version in service."""

    def __init__(self, root: Path, seen: Path | None = None) -> None:
        """Watch `root`; `seen` is the version folder that the caller has already loaded, if any."""
        self._root = root
        self._seen = seen

    def changed(self) -> Path | None:
        """The folder of the version in service if it is another than the last told, else None.

        Costs one small file read. Nothing published yet is no change. Verifying the folder is the caller's part: a
        version that fails is told once, and the caller keeps what it has.
        """
        try:
            folder = current(self._root)
        except VersionError:
            return None
        if folder == self._seen:
            return None
        self._seen = folder
        return folder


def _seal(partial: Path, meta: Mapping[str, Any]) -> str:
    """Write the manifest and bring everything to the disk; returns the version."""
    if (partial / MANIFEST).exists():
        raise ValueError(f"{MANIFEST} is written by publish; call the file something else")
    files = _entries(partial)
    if not files:
        raise ValueError("nothing to publish: build wrote no file")
    version = _identity(files, meta)
    (partial / MANIFEST).write_text(Manifest(version, files, meta).to_json(), encoding="utf8")
    partial.chmod(0o755)  # mkdtemp gives 0700; readers may be other users
    for path in sorted(partial.rglob("*")):
        _flush(path)
    _flush(partial)
    return version


def _settle(partial: Path, folder: Path) -> None:
    """Move a sealed folder to its name; one that is there already must be whole."""
    try:
        partial.rename(folder)
    except OSError:  # not empty: the same content was published before, or just now by another publisher
        if not folder.is_dir():
            raise
        verify(folder)


def _entries(folder: Path) -> tuple[FileEntry, ...]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    names = ((path.relative_to(folder).as_posix(), path) for path in paths)
    return tuple(FileEntry(name, path.stat().st_size, _sha256(path)) for name, path in names if name != MANIFEST)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _identity(files: tuple[FileEntry, ...], meta: Mapping[str, Any]) -> str:
    """16 hex digits over names, checksums and meta, in an order that does not depend on the file system."""
    content = [sorted((entry.path, entry.sha256) for entry in files), dict(meta)]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _read_manifest(folder: Path) -> Manifest:
    path = folder / MANIFEST
    try:
        return Manifest.from_json(path.read_text(encoding="utf8"))
    except FileNotFoundError as error:
        raise VersionError(f"{folder}: not a version folder (no {MANIFEST})") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ChecksumError(f"{path}: not a manifest ({error!r}); publish again") from error


def _compare(folder: Path, path: str, listed: FileEntry | None, present: FileEntry | None) -> None:
    if present is None:
        raise ChecksumError(f"{folder / path}: in the manifest, but missing; publish again")
    if listed is None:
        raise ChecksumError(f"{folder / path}: not in the manifest; a version is never changed, publish a new one")
    if listed != present:
        raise ChecksumError(
            f"{folder / path}: {present.size} bytes with SHA-256 {present.sha256[:12]}, but the manifest says "
            f"{listed.size} bytes with {listed.sha256[:12]}; publish again"
        )


def _flush(path: Path) -> None:
    """Flush a file's content or a folder's entries to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
