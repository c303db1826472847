"""The metrics log of a run that was killed and resumed."""

from __future__ import annotations

from pathlib import Path

from train.metrics import METRICS, add_metrics, keep_metrics_until, read_metrics


def test_steps_that_are_done_again_are_there_once(tmp_path: Path) -> None:
    keep_metrics_until(tmp_path, 0)
    for step in (1, 2, 3):
        add_metrics(tmp_path, {"step": step, "loss": 1.0 / step})
    with (tmp_path / METRICS).open("a") as log:
        log.write('{"step": 4, "lo')
    keep_metrics_until(tmp_path, 2)
    add_metrics(tmp_path, {"step": 3, "loss": 0.5})
    assert [(entry["step"], entry["loss"]) for entry in read_metrics(tmp_path)] == [(1, 1.0), (2, 0.5), (3, 0.5)]
