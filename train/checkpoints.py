"""The checkpoints of a run's folder, as Ray Train's own record lists them: a half-written one is never among them."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from train.base_model import ADAPTER
from train.settings import TrainError

SCORE = "eval_loss"
"""Metric by which checkpoints are scored, lower is better; there only where a run had `evaluation` rows."""
SNAPSHOT = "checkpoint_manager_snapshot.json"


def checkpoint_at(place: Path) -> Path:
    """The checkpoint whose folder `place` is, or the best or latest one of the run whose folder it is.

    Raises:
        TrainError: neither a checkpoint nor a run with one.
    """
    return place if (place / ADAPTER).is_file() else best_or_latest(place)


def best_or_latest(run: Path) -> Path:
    """The checkpoint with the lowest evaluation loss, or the latest one of a run without evaluation.

    Raises:
        TrainError: the folder holds no run, or a run that was not yet saved.
    """
    kept = _kept(run)
    scored = [(metrics[SCORE], path) for path, metrics in kept if math.isfinite(metrics.get(SCORE, math.nan))]
    return min(scored)[1] if scored else kept[-1][0]


def _kept(run: Path) -> list[tuple[Path, dict[str, Any]]]:
    """Each whole checkpoint with the metrics it was reported with; the latest by step stands last."""
    if not (run / SNAPSHOT).is_file():
        raise TrainError(f"--checkpoint {run}: no run of train.sft or train.dpo there; give a run's folder")
    from ray.train import Result

    kept = Result.from_path(run).best_checkpoints or []
    if not kept:
        raise TrainError(f"--checkpoint {run}: the run has saved no checkpoint yet; run it on with the same --out")
    return sorted(((Path(c.path), m) for c, m in kept), key=lambda pair: pair[1]["step"])
