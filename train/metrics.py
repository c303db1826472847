"""A run's metrics as JSON lines, one a logged step: `step`, `seconds` since its start or resumption, what TRL logs."""

from __future__ import annotations

import json
from pathlib import Path

METRICS = "metrics.jsonl"


def add_metrics(out: Path, entry: dict[str, float]) -> None:
    """Add a line to `OUT/metrics.jsonl`."""
    with (out / METRICS).open("a", encoding="utf8") as lines:
        lines.write(json.dumps(entry) + "\n")


def read_metrics(out: Path) -> list[dict[str, float]]:
    """The whole lines of `OUT/metrics.jsonl`; a last one that a killed run left unfinished is not among them."""
    lines = (out / METRICS).read_text(encoding="utf8").split("\n")[:-1]
    return [json.loads(line) for line in lines]


def keep_metrics_until(out: Path, step: int) -> None:
    """Drop the lines about later steps than `step`, which a resumed run does again, so that each step is there once."""
    if not (out / METRICS).is_file():
        return
    kept = [entry for entry in read_metrics(out) if entry["step"] <= step]
    (out / METRICS).write_text("".join(json.dumps(entry) + "\n" for entry in kept), encoding="utf8")
