"""Accuracy on labelled rows, by the rules of the scoring tool that stands beside the data."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Any

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


def canon(text: str) -> str:
    """Keep what scoring looks at."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).upper() if c.isalnum())


def right(row: dict[str, Any]) -> bool:
    """Say whether a row of spans is read as people accept it, and nothing else of it is changed."""
    at, pattern = 0, ""
    for span in row["spans"]:
        start = row["text"].index(span["s"], at)
        accepted = "|".join(sorted(map(canon, span["accept"]), key=len, reverse=True))
        pattern += re.escape(canon(row["text"][at:start])) + f"(?:{accepted})"
        at = start + len(span["s"])
    return re.fullmatch(pattern + re.escape(canon(row["text"][at:])), canon(read(row["text"]).spoken)) is not None


def test_own_rows() -> None:
    lines = (Path(__file__).parent / "gold" / "commerce.jsonl").read_text(encoding="utf-8").splitlines()
    wrong = [row["id"] for row in map(json.loads, lines) if not right(row)]
    assert len(wrong) <= 0.015 * len(lines), wrong
