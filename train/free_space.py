"""What this machine has left: memory within every limit that is set, and disk."""

from __future__ import annotations

import resource
import shutil
import sys
from pathlib import Path

MEMINFO, STATM = Path("/proc/meminfo"), Path("/proc/self/statm")
CGROUP = Path("/sys/fs/cgroup")
UNLIMITED = sys.maxsize


def free_memory() -> int:
    """Bytes that this process may still take: what the machine, its control group and its own limit leave."""
    return max(0, min(_machine_has(), _group_has(), _process_has()))


def free_disk(folder: Path) -> int:
    """Bytes that are free on the disk of a folder, or of its nearest parent that exists."""
    there = next(parent for parent in (folder, *folder.parents) if parent.is_dir())
    return shutil.disk_usage(there).free


def _machine_has() -> int:
    lines = dict(line.split(":", 1) for line in MEMINFO.read_text(encoding="ascii").splitlines())
    return int(lines["MemAvailable"].split()[0]) * 1024


def _group_has() -> int:
    """What control group v2 leaves; UNLIMITED where there is none or it sets no limit."""
    try:
        most = (CGROUP / "memory.max").read_text(encoding="ascii").strip()
        return UNLIMITED if most == "max" else int(most) - int((CGROUP / "memory.current").read_text("ascii"))
    except (OSError, ValueError):
        return UNLIMITED


def _process_has() -> int:
    """What RLIMIT_AS leaves of the address space."""
    most, _ = resource.getrlimit(resource.RLIMIT_AS)
    if most == resource.RLIM_INFINITY:
        return UNLIMITED
    return most - int(STATM.read_text(encoding="ascii").split()[0]) * resource.getpagesize()
