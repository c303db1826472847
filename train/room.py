"""Is there room for a run, on the disk under --out and in the memory of this machine? Told before anything starts.

Only what is clearly too little is refused: the bounds are from below (no activations, two workers may share pages).
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import ray

from train.free_space import free_disk, free_memory
from train.memory import GIB, RUNTIME, checkpoint_bytes
from train.plan import Plan
from train.settings import TrainError, TrainSettings
from train.shape import ModelShape


def check_disk(shape: ModelShape, settings: TrainSettings) -> None:
    """Raise TrainError where the kept checkpoints and the next one have no room under --out or in scratch."""
    each = checkpoint_bytes(shape, settings)
    missing = max(1, settings.keep + 1 - len(list(settings.out.glob("checkpoint-*"))))
    _check_folder(settings.out, missing * each, "--out {}", "give another folder or a smaller --keep")
    scratch = Path(tempfile.gettempdir())
    _check_folder(scratch, 2 * each, "{}, where a checkpoint is first written", "free some, or point TMPDIR elsewhere")


def check_memory(plan: Plan, available: int) -> None:
    """Raise TrainError where the states of CPU workers exceed the `available` bytes of a machine."""
    settings = plan.settings
    if settings.gpus_per_worker:
        return
    workers = settings.min_workers or settings.workers
    need = workers * (plan.memory(workers).states + RUNTIME / 4)
    if need > available:
        raise TrainError(
            f"{workers} workers need at least {need / GIB:.1f} GiB of memory for weights and optimizer states, and "
            f"{available / GIB:.1f} GiB are free; use fewer --workers or a smaller --base (see --plan)"
        )


def memory_of_cluster() -> int | None:
    """Bytes that are free on this machine, or None where the cluster has other machines, on which workers may run."""
    nodes = [node for node in ray.nodes() if node["Alive"]]
    here = ray.util.get_node_ip_address()
    alone = [node["NodeManagerAddress"] for node in nodes] == [here]
    return free_memory() if alone else None


def _check_folder(folder: Path, need: float, place: str, remedy: str) -> None:
    """`place` names the folder where its own path stands for {}."""
    free = free_disk(folder)
    if need > free:
        raise TrainError(
            f"{place.format(folder)}: {free / GIB:.2f} GiB of disk are free and checkpoints take {need / GIB:.2f} GiB; "
            f"{remedy}"
        )
