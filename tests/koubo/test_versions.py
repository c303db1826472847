from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from koubo.versions import ChecksumError, VersionError, VersionWatcher, current, point, publish, verify, versions

META = {"products": 18, "made_from": "examples/catalog"}


def writes(**files: str) -> Callable[[Path], None]:
    def build(folder: Path) -> None:
        for name, text in files.items():
            path = folder / name.replace("__", "/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf8")

    return build


def test_a_published_version_is_in_service_and_verifies(tmp_path: Path) -> None:
    version = publish(tmp_path, writes(facts="价格", images__one="图"), META)
    folder = current(tmp_path)
    assert folder == tmp_path / version
    assert (folder / "images" / "one").read_text(encoding="utf8") == "图"
    manifest = verify(folder)
    assert (manifest.version, dict(manifest.meta)) == (version, META)
    assert [(entry.path, entry.size) for entry in manifest.files] == [("facts", 6), ("images/one", 3)]


def test_the_same_content_gives_the_same_version_and_other_content_another(tmp_path: Path) -> None:
    first = publish(tmp_path, writes(a="1", b="2"), META)
    assert publish(tmp_path, writes(b="2", a="1"), META) == first
    assert publish(tmp_path / "elsewhere", writes(a="1", b="2"), META) == first
    others = [publish(tmp_path, writes(a="1", c="2"), META), publish(tmp_path, writes(a="1", b="2"), {})]
    assert versions(tmp_path) == sorted([first, *others])


def test_nothing_is_published_when_building_fails(tmp_path: Path) -> None:
    good = publish(tmp_path, writes(a="1"), META)

    def fails(folder: Path) -> None:
        (folder / "half").touch()
        raise RuntimeError("disk full")

    with pytest.raises(RuntimeError, match="disk full"):
        publish(tmp_path, fails, META)
    with pytest.raises(ValueError, match="no file"):
        publish(tmp_path, writes(), META)
    assert current(tmp_path).name == good
    assert {path.name for path in tmp_path.iterdir()} == {good, "CURRENT"}


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        (lambda folder: (folder / "a").write_text("2"), "/a: 1 bytes"),
        (lambda folder: (folder / "a").unlink(), "/a: in the manifest, but missing"),
        (lambda folder: (folder / "extra").touch(), "/extra: not in the manifest"),
        (lambda folder: (folder / "manifest.json").write_text("{}"), "manifest.json: not a manifest"),
        (
            lambda folder: (folder / "manifest.json").write_text(
                (folder / "manifest.json").read_text(encoding="utf8").replace("18", "19"), encoding="utf8"
            ),
            "does not give version",
        ),
    ],
)
def test_a_damaged_version_is_refused_and_its_file_named(
    tmp_path: Path, damage: Callable[[Path], object], named: str
) -> None:
    publish(tmp_path, writes(a="1"), META)
    damage(current(tmp_path))
    with pytest.raises(ChecksumError) as caught:
        verify(current(tmp_path))
    assert named in str(caught.value)
    with pytest.raises(ChecksumError):  # never put in service again as if it were whole
        publish(tmp_path, writes(a="1"), META)


def test_a_folder_without_versions_says_so(tmp_path: Path) -> None:
    with pytest.raises(VersionError, match="nothing is published"):
        current(tmp_path)
    with pytest.raises(VersionError, match="not a version folder"):
        verify(tmp_path)
    (tmp_path / "CURRENT").write_text("0123456789abcdef\n")
    with pytest.raises(VersionError, match="0123456789abcdef"):
        current(tmp_path)


def test_the_watcher_tells_each_change_once(tmp_path: Path) -> None:
    watcher = VersionWatcher(tmp_path)
    assert watcher.changed() is None
    first = publish(tmp_path, writes(a="1"), META)
    assert watcher.changed() == tmp_path / first
    assert watcher.changed() is None
    publish(tmp_path, writes(a="1"), META)
    assert watcher.changed() is None
    second = publish(tmp_path, writes(a="2"), META)
    assert watcher.changed() == tmp_path / second
    point(tmp_path, first)  # back to the earlier one
    assert watcher.changed() == tmp_path / first
    assert VersionWatcher(tmp_path, seen=tmp_path / first).changed() is None
    with pytest.raises(VersionError, match=first):
        point(tmp_path, "unknown")


PUBLISHER = """
import pathlib, sys, koubo.versions as v
for i in range(20):
    v.publish(pathlib.Path(sys.argv[1]), lambda f: [(f / str(n)).write_text(str(i)) for n in range(5)], {})
"""


def test_publishers_and_readers_at_once_never_meet_half_a_version(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    publish(tmp_path, writes(a="1"), META)
    command = [sys.executable, "-c", PUBLISHER, str(tmp_path)]
    publishers = [subprocess.Popen(command, cwd=root, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    while any(process.poll() is None for process in publishers):
        verify(current(tmp_path))
    printed = [process.communicate(timeout=60)[1] for process in publishers]
    assert [process.returncode for process in publishers] == [0, 0], printed
    assert len(versions(tmp_path)) == 21
