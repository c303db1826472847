"""Checks of this machine: Python, packages, system libraries, memory, disk, ports."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from packaging.requirements import Requirement

from cluster.checks import Check
from cluster.models import default_cache
from cluster.settings import Profile

ROOT = Path(__file__).parents[2]
GIB = 1 << 30
# Measured with the laptop profile: engine 3, trainer 2 x 2, OCR 2 x 1, Ray 1.5 GiB, not all of them at once.
MEMORY_GIB = 6
CACHE_GIB = 2
PORTS = {6379: "Ray", 8265: "dashboard", 8000: "routes"}
GPU_EXTRAS = ("gpu-serve", "gpu-train", "gpu-ocr")


def machine_checks(profile: Profile) -> Iterator[Check]:
    """All checks of this machine against what `profile` needs."""
    on_gpu = profile.ray.num_gpus > 0
    yield _python()
    yield from _packages(GPU_EXTRAS if on_gpu else ("laptop",))
    yield _gpu() if on_gpu else _cpu_torch()
    yield _opencv()
    yield _memory()
    yield from _disk(profile)
    yield from _ports()


def _python() -> Check:
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] == (3, 11):
        return Check("ok", "python", found)
    return Check("fail", "python", found, "3.11 is needed; make setup PYTHON=/path/to/python3.11")


def _packages(extras: tuple[str, ...]) -> Iterator[Check]:
    """Installed versions against pyproject.toml; a node with GPUs needs one of its extras, the one of its image."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf8"))["project"]
    wrong = {extra: _wrong([*project["dependencies"], *project["optional-dependencies"][extra]]) for extra in extras}
    extra = min(extras, key=lambda name: len(wrong[name]))
    if not wrong[extra]:
        yield Check("ok", "packages", f"all of extra {extra}, at the versions that pyproject.toml asks for")
    for finding in wrong[extra]:
        yield Check("fail", "packages", finding, "make setup" if extra == "laptop" else f"use the image of {extra}")


def _wrong(requirements: list[str]) -> list[str]:
    findings = []
    for requirement in map(Requirement, requirements):
        try:
            installed = version(requirement.name)
        except PackageNotFoundError:
            findings.append(f"{requirement.name} is not installed")
            continue
        if not requirement.specifier.contains(installed, prereleases=True):
            findings.append(f"{requirement.name} is {installed}, not {requirement.specifier}")
    return findings


def _cpu_torch() -> Check:
    advice = "pip uninstall torchvision torchaudio; make setup"
    try:
        torch = version("torch")
    except PackageNotFoundError:
        return Check("fail", "torch", "not installed", "make setup")
    for package in ("torchvision", "torchaudio"):
        if _installed(package):
            return Check("fail", "torch", f"{package} is installed, and breaks a CPU build of torch", advice)
    if not torch.endswith("+cpu"):
        return Check("warn", "torch", f"{torch} is not the CPU build", "works, but takes gigabytes; make setup")
    return Check("ok", "torch", f"{torch}, no torchvision")


def _installed(package: str) -> bool:
    try:
        return bool(version(package))
    except PackageNotFoundError:
        return False


def _gpu() -> Check:
    if shutil.which("nvidia-smi") is None:
        return Check("warn", "gpu", "no nvidia-smi on this machine", "run doctor on a GPU node of the cluster")
    listed = subprocess.run(["nvidia-smi", "-L"], capture_output=True, text=True, check=False).stdout.strip()
    return (
        Check("ok", "gpu", listed.replace("\n", "; ")) if listed else Check("fail", "gpu", "none", "check the driver")
    )


def _opencv() -> Check:
    """In a process of its own: a library that is missing ends an import in ways of its own."""
    tried = subprocess.run([sys.executable, "-c", "import cv2"], capture_output=True, text=True, check=False)
    if tried.returncode == 0:
        return Check("ok", "opencv", "imports, so libGL is there")
    reason = (tried.stderr.strip().splitlines() or ["import failed"])[-1]
    return Check("fail", "opencv", reason, "apt-get install libgl1 libglib2.0-0")


def _memory() -> Check:
    import psutil  # type: ignore[import-untyped]

    free = psutil.virtual_memory().available / GIB
    if free >= MEMORY_GIB:
        return Check("ok", "memory", f"{free:.1f} GiB available")
    return Check(
        "warn", "memory", f"{free:.1f} GiB available", f"the demo takes about {MEMORY_GIB} GiB; close something"
    )


def _disk(profile: Profile) -> Iterator[Check]:
    shared = Path("/dev/shm")
    if shared.is_dir():
        yield _space("object store", shared, profile.ray.object_store_mb / 1024, "mount a larger /dev/shm")
    yield _space("model cache", default_cache(), CACHE_GIB, "set KOUBO_CACHE to a folder with room")
    sessions = Path(os.environ.get("RAY_TMPDIR") or "/tmp")
    usage = shutil.disk_usage(sessions)
    if usage.free < usage.total * 0.05:  # Ray's local_fs_capacity_threshold
        yield Check("fail", "disk", f"{sessions} is over 95% full", "Ray then refuses to store objects; make room")


def _space(what: str, folder: Path, gib: float, advice: str) -> Check:
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(existing).free / GIB
    if free >= gib:
        return Check("ok", what, f"{free:.1f} GiB free at {folder}")
    return Check("warn", what, f"{free:.1f} GiB free at {folder}, {gib:.1f} are needed", advice)


def _ports() -> Iterator[Check]:
    for port, use in PORTS.items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("", port))
            except OSError:
                yield Check("warn", f"port {port}", "taken", f"well if that is Ray; else the {use} takes another port")
                continue
        yield Check("ok", f"port {port}", f"free ({use})")
