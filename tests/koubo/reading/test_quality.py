"""Accuracy on labelled rows, by the rules of the scoring tool that stands beside the data."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from koubo.reading import read

SHARED = Path(__file__).parents[4] / "shared"


def score(name: str, folder: Path) -> dict[str, float]:
    gold = SHARED / "data" / "tn" / f"{name}.jsonl"
    tool = SHARED / "tools" / "score_readings.py"
    if not gold.exists() or not tool.exists():
        pytest.skip(f"the labelled rows ../shared/data/tn/{name}.jsonl are not on this machine")
    said = folder / "said.jsonl"
    texts = [json.loads(line)["text"] for line in gold.read_text(encoding="utf-8").splitlines()]
    said.write_text("".join(json.dumps({"text": t, "spoken": read(t).spoken}) + "\n" for t in texts), encoding="utf-8")
    done = subprocess.run([sys.executable, tool, gold, said], capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def test_live_commerce_rows(tmp_path: Path) -> None:
    result = score("livecommerce_dev", tmp_path)
    assert result["sentence_accuracy"] >= 0.985 and result["span_accuracy"] >= 0.99


def test_encyclopaedia_rows(tmp_path: Path) -> None:
    assert score("flattn_dev", tmp_path)["sentence_accuracy"] >= 0.975
