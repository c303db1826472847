"""What a run survives: its whole process tree killed, a disk that fills up while it trains."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from ray.train import TrainingFailedError
from safetensors.torch import load_file

from tests.train.runs import ADAPTER_WEIGHTS, CURVES, GOLDEN, RATE, kill_a_worker, losses, once, small_run, steps_done
from tests.train.small_model import save_small_model
from train.checkpoints import SNAPSHOT, best_or_latest
from train.fit import fit
from train.lineage import Lineage
from train.tasks import SFT

pytestmark = [pytest.mark.train, pytest.mark.trouble]

CURVE = pytest.approx(CURVES["small"]["loss"], abs=1e-4)
WAIT_S = 180


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_small_model(tmp_path_factory.mktemp("model") / "small")


def command(base: Path, out: Path) -> subprocess.Popen[str]:
    """The command line of a small run, which starts a Ray cluster of its own."""
    given = {"rows": GOLDEN / "choice.jsonl", "base": base, "out": out, "batch": 4, "learning-rate": RATE}
    settings = {**given, "max-length": 64, "lora-rank": 8, "steps": 5, "save-steps": 2}
    flags = [part for name, value in settings.items() for part in (f"--{name}", str(value))]
    env = {**os.environ, "RAY_ADDRESS": "local"}
    arguments = [sys.executable, "-m", "train.sft", *flags]
    return subprocess.Popen(arguments, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def recorded(out: Path) -> bool:
    """Whether Ray Train has put a checkpoint of the run on record."""
    return (out / SNAPSHOT).is_file() and any(out.glob("checkpoint-*"))


def test_a_run_whose_whole_cluster_was_killed_goes_on_when_started_again(small: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    first = command(small, out)
    deadline = time.monotonic() + WAIT_S
    while not recorded(out) and time.monotonic() < deadline:
        time.sleep(0.05)
    tree = psutil.Process(first.pid)
    for process in [tree, *tree.children(recursive=True)]:
        process.kill()
    first.communicate()
    assert 2 <= steps_done(out) < 5, "it was killed in the middle"
    printed, _ = command(small, out).communicate(timeout=WAIT_S)
    assert re.search("resumes after step [24]", printed), printed
    assert losses(out) == CURVE


@pytest.mark.parametrize("deepspeed", ["zero2", "zero3"])
def test_a_run_in_shards_goes_on_by_itself_when_a_worker_is_killed(
    ray_cluster: str, small: Path, tmp_path: Path, deepspeed: str
) -> None:
    out = tmp_path / "run"
    with once(lambda: steps_done(out) >= 3, kill_a_worker):
        fit(SFT, small_run(small, out, deepspeed=deepspeed, max_failures=1))
    assert losses(out) == CURVE


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own in memory."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if shutil.which("mount") is None or os.geteuid() != 0:
        pytest.skip("mounting a file system needs root")
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400m", "tmpfs", str(disk)], check=False).returncode:
        pytest.skip("no tmpfs can be mounted here")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def fill(disk: Path) -> None:
    """Take the space that is left."""
    with (disk / "filler").open("wb", buffering=0) as filler:
        try:
            while filler.write(bytes(1 << 16)):
                pass
        except OSError:
            return


def test_a_full_disk_leaves_the_last_whole_checkpoint(ray_cluster: str, small: Path, small_disk: Path) -> None:
    out = small_disk / "run"
    settings = small_run(small, out, save_steps=2)
    with (
        once(lambda: recorded(out), lambda: fill(small_disk)),
        pytest.raises(TrainingFailedError, match="No space left"),
    ):
        fit(SFT, settings)
    kept = best_or_latest(out)
    assert Lineage.read(kept).step in (2, 4), "what was being written is not taken"
    load_file(kept / ADAPTER_WEIGHTS)
    (small_disk / "filler").unlink()
    fit(SFT, settings)
    assert losses(out) == CURVE
